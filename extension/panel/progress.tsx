import { stepsOf } from '../following/steps.ts';
import type { Outgoing } from '../outbox/outgoing.ts';
import { Icon, PATHS } from './icons.tsx';

const SPOKEN = { done: 'feito', next: 'em andamento', open: 'ainda não', failed: 'falhou' } as const;

/** How far a referral's message has come. */
export function Progress({ item }: { item: Outgoing }) {
  return (
    <ol className="steps">
      {stepsOf(item.lead).map(({ name, state }) => (
        <li key={name} className={state}>
          <span className="dot">
            {state === 'done' && <Icon path={PATHS.check} />}
            {state === 'failed' && <Icon path={PATHS.close} />}
          </span>
          <span>{name}</span>
          <span className="unseen">: {SPOKEN[state]}</span>
        </li>
      ))}
    </ol>
  );
}
