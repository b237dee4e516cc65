import { useState } from 'react';
import { FIELD_NAMES, FIELDS } from '../fields.ts';
import { ask } from '../messages.ts';
import { readingWords } from '../panel/fields-view.tsx';
import { Notice } from '../panel/notice.tsx';
import type { Reading } from '../reading/reading.ts';
import type { Site } from '../stored.ts';

/** A site: where its fields are, and what is read there now. */
export function SiteCard({ site }: { site: Site }) {
  const [reading, setReading] = useState<Reading | null>();
  const { host } = new URL(site.origin);
  const test = async () => setReading(await ask('test_site', { origin: site.origin }));
  return (
    <li>
      <div className="line">
        <h3>{host}</h3>
        <div className="send">
          <button type="button" onClick={() => void ask('show_fields', { origin: site.origin })}>
            Escolher campos
          </button>
          <button type="button" onClick={() => void test()}>
            Testar leitura
          </button>
          <button
            type="button"
            aria-label={`Remover ${host}`}
            onClick={() => void ask('remove_site', { origin: site.origin })}
          >
            Remover
          </button>
        </div>
      </div>
      {reading === null && (
        <Notice kind="warning">
          Nenhuma página deste site está aberta. Abra a tela da chamada e teste de novo.
        </Notice>
      )}
      <dl>
        {FIELDS.map((field) => (
          <div key={field}>
            <dt>{FIELD_NAMES[field]}</dt>
            <dd>
              {reading ? (
                <strong>{readingWords(reading, site, field)}</strong>
              ) : (
                <code>{site.selectors[field] ?? '–'}</code>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
