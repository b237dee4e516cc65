import { type Field, FIELD_NAMES, FIELDS } from '../fields.ts';
import { ask } from '../messages.ts';
import type { Reading } from '../reading/reading.ts';
import type { Site } from '../stored.ts';

type Props = { tabId: number; site: Site; reading: Reading };

/** Where this site shows each field: picked by clicking it on the page. */
export function FieldsView({ tabId, site, reading }: Props) {
  return (
    <section className="picking">
      <p>
        Mostre onde <strong>{new URL(site.origin).host}</strong> traz cada campo. Nome, telefone e CNPJ são
        procurados na tela enquanto você não escolhe.
      </p>
      <ul>
        {FIELDS.map((field) => (
          <li key={field} className="place">
            <div>
              <strong>{FIELD_NAMES[field]}</strong>
              <span className="reading">{readingWords(reading, site, field)}</span>
            </div>
            <button
              type="button"
              aria-label={`Escolher ${FIELD_NAMES[field]} na tela`}
              onClick={() => void ask('pick', { tabId, field })}
            >
              Escolher
            </button>
            {site.selectors[field] !== undefined && (
              <button
                type="button"
                className="plain"
                aria-label={`Não ler ${FIELD_NAMES[field]} deste lugar`}
                onClick={() => void ask('set_selector', { origin: site.origin, field, selector: null })}
              >
                Limpar
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is read for a field at present, or why nothing is. */
export function readingWords(reading: Reading, site: Site, field: Field): string {
  const found = reading[field];
  if (found) return found.by === 'guess' ? `${found.value} (achado na tela)` : found.value;
  if (site.selectors[field] !== undefined) return 'O lugar escolhido está vazio nesta tela.';
  return 'Não escolhido';
}
