import { useEffect, useRef } from 'react';
import { outgoingWords } from '../following/words.ts';
import type { Outgoing } from '../outbox/outgoing.ts';
import { shownPhone } from '../reading/reading.ts';
import { Icon, PATHS } from './icons.tsx';
import { Progress } from './progress.tsx';

const TITLES = {
  waiting: 'Indicação guardada',
  refused: 'O servidor não aceitou a indicação',
  sent: 'Indicação enviada',
} as const;

const ICONS = { waiting: PATHS.clock, refused: PATHS.alert, sent: PATHS.check } as const;

type Props = { item: Outgoing; onNew: () => void; onCorrect: (item: Outgoing) => void };

/** What became of the referral that was just sent. */
export function Sent({ item, onNew, onCorrect }: Props) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), []);
  const words =
    item.state === 'waiting'
      ? 'Será enviada assim que possível, mesmo que você feche o navegador.'
      : outgoingWords(item);
  return (
    <section className={`result ${item.state}`} aria-label="Indicação">
      <div role="status">
        <h2>
          <span className="mark">
            <Icon path={ICONS[item.state]} />
          </span>
          {TITLES[item.state]}
        </h2>
        <p className="who">
          {item.body.nome} <span>{shownPhone(item.body.telefone)}</span>
        </p>
        {words !== '' && <p>{words}</p>}
      </div>
      {item.state === 'sent' && item.receipt && item.receipt.status !== 'opted_out' && (
        <Progress item={item} />
      )}
      <div className="send">
        {item.state === 'refused' && (
          <button type="button" className="primary" onClick={() => onCorrect(item)}>
            Corrigir
          </button>
        )}
        <button type="button" ref={next} onClick={onNew}>
          Nova indicação
        </button>
      </div>
    </section>
  );
}
