import { IconAlertCircleFilled, IconCheck, IconChecks, IconClock } from '@tabler/icons-react';
import type { MessageLine } from '../../src/contract/lead.ts';
import { MESSAGE_STATES } from '../words/sending.ts';
import classes from './message-ticks.module.css';

const PICTURES = {
  queued: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircleFilled,
} as const;

/** How far a message to the person came, as WhatsApp shows it; nothing for one of theirs. */
export function MessageTicks({ state, size = 16 }: { state: MessageLine['state']; size?: number }) {
  if (state === 'received') return null;
  const Picture = PICTURES[state];
  const name = MESSAGE_STATES[state];
  // Lists draw hundreds of these: the browser's own hint costs nothing.
  return (
    <span
      className={classes.ticks}
      data-state={state}
      role="img"
      aria-label={`Mensagem: ${name}`}
      title={name}
    >
      <Picture size={size} stroke={2} aria-hidden />
    </span>
  );
}
