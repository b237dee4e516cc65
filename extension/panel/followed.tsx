import { stepsOf } from '../following/steps.ts';
import { outgoingWords } from '../following/words.ts';
import { ask } from '../messages.ts';
import type { Outgoing } from '../outbox/outgoing.ts';

type Props = { items: Outgoing[]; onCorrect: (item: Outgoing) => void };

/** The referrals of the last day, newest first, each with how far it has come. */
export function Followed({ items, onCorrect }: Props) {
  return (
    <section className="followed" aria-label="Indicações de hoje">
      <h2>Últimas indicações</h2>
      <ul>
        {items.map((item) => (
          <li key={item.key} className={item.state}>
            <div className="line">
              <strong>{item.body.nome}</strong>
              <time dateTime={new Date(item.at).toISOString()}>
                {new Date(item.at).toLocaleTimeString('pt-BR', { hour: '2-digit', minute: '2-digit' })}
              </time>
            </div>
            <p>{[reachedWords(item), outgoingWords(item)].filter(Boolean).join('. ')}</p>
            {item.state === 'refused' && (
              <div className="send">
                <button type="button" onClick={() => onCorrect(item)}>
                  Corrigir
                </button>
                <button type="button" onClick={() => void ask('discard', { key: item.key })}>
                  Descartar
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The last step a sent referral has come to: "Lido". */
function reachedWords({ state, lead, receipt }: Outgoing): string {
  if (state !== 'sent' || !lead || receipt?.status === 'opted_out') return '';
  const steps = stepsOf(lead);
  const name = steps.find((step) => step.state === 'failed')
    ? 'não entregue'
    : (steps.findLast((step) => step.state === 'done')?.name ?? 'recebida');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
