import {
  IconAlertTriangleFilled,
  IconHourglass,
  IconMessageReply,
  IconMoon,
  IconUser,
  IconUserQuestion,
} from '@tabler/icons-react';
import { memo, useState } from 'react';
import { Link } from 'react-router';
import type { LeadLine } from '../../../src/contract/lead.ts';
import { MessageTicks } from '../../elements/message-ticks.tsx';
import { useQualified } from '../../elements/use-qualified.ts';
import { hasMoved } from '../../live/told-leads.ts';
import { attentionWords } from '../../words/attention.ts';
import { ago, fullWhen, phone, shortWhen } from '../../words/formatting.ts';
import { heldWords } from '../../words/held.ts';
import classes from './lead-card.module.css';

/** A lead on the board; one that moved here just now is lit for a moment. */
export const LeadCard = memo(function LeadCard({
  lead,
  now,
  zone,
}: {
  lead: LeadLine;
  now: number;
  zone: string;
}) {
  const [isArriving] = useState(() => hasMoved(lead.id));
  const since = lead.closed_at ?? lead.created_at;
  return (
    <Link to={`/leads/${lead.id}`} className={classes.card} data-card data-arriving={isArriving || undefined}>
      <span className={classes.row}>
        <span className={classes.name}>{lead.name}</span>
        <time className={classes.since} dateTime={since} title={fullWhen(since, zone)}>
          {ago(since, now)}
        </time>
      </span>
      <span className={classes.row}>
        <span className={classes.phone}>{phone(lead.phone)}</span>
        {lead.message_state && <MessageTicks state={lead.message_state} />}
      </span>
      <span className={classes.row}>
        <span className={classes.consultant}>
          {lead.consultant_known ? (
            <IconUser size={13} stroke={1.8} aria-hidden />
          ) : (
            <IconUserQuestion size={13} stroke={1.8} aria-label="Consultor desconhecido" />
          )}
          <span>{lead.consultant || 'Sem consultor'}</span>
        </span>
      </span>
      <Marks lead={lead} zone={zone} now={now} />
    </Link>
  );
});

function Marks({ lead, zone, now }: { lead: LeadLine; zone: string; now: number }) {
  const isQualified = useQualified();
  const wakes = lead.stage === 'waiting' && lead.wake_at !== null;
  if (!lead.attention && !lead.held && !wakes && !lead.replied_at && lead.referral_count < 2) return null;
  return (
    <span className={classes.marks}>
      {lead.attention && (
        <span className={classes.mark} data-tone="warn">
          <IconAlertTriangleFilled size={12} aria-hidden />
          {attentionWords(lead.attention).name}
        </span>
      )}
      {lead.held && (
        <span className={classes.mark} data-tone="warn">
          <IconHourglass size={12} stroke={2} aria-hidden />
          {heldWords(lead.held, zone, now).name}
        </span>
      )}
      {wakes && lead.wake_at && (
        <span className={classes.mark} data-tone="rest">
          <IconMoon size={12} stroke={2} aria-hidden />
          {isQualified(lead) ? 'retrabalho' : 'encerra'} {shortWhen(lead.wake_at, zone, now)}
        </span>
      )}
      {lead.replied_at && (
        <span className={classes.mark} data-tone="good">
          <IconMessageReply size={12} stroke={2} aria-hidden />
          respondeu
        </span>
      )}
      {lead.referral_count > 1 && <span className={classes.mark}>{lead.referral_count} indicações</span>}
    </span>
  );
}
