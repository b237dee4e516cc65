import { IconAlertTriangleFilled } from '@tabler/icons-react';
import { memo } from 'react';
import { Link } from 'react-router';
import type { LeadLine } from '../../../src/contract/lead.ts';
import { ColumnBadge } from '../../elements/column-badge.tsx';
import { MessageTicks } from '../../elements/message-ticks.tsx';
import { useQualified } from '../../elements/use-qualified.ts';
import { attentionWords } from '../../words/attention.ts';
import { cnpj, fullWhen, phone, shortWhen } from '../../words/formatting.ts';
import { MESSAGE_STATES } from '../../words/sending.ts';
import classes from './leads.module.css';

/** The cells of a lead's row; its link covers the row. */
export const LeadRow = memo(function LeadRow({
  lead,
  now,
  zone,
}: {
  lead: LeadLine;
  now: number;
  zone: string;
}) {
  return (
    <>
      <td className={classes.who}>
        <Link to={`/leads/${lead.id}`} className={classes.link} data-row-link>
          {lead.name}
        </Link>
        {lead.cnpj && <span className={classes.second}>{cnpj(lead.cnpj)}</span>}
      </td>
      <td className="tabular">{phone(lead.phone)}</td>
      <td className={classes.standing}>
        <ColumnBadge lead={lead} />
      </td>
      <td className={classes.cut}>{lead.consultant || <span className={classes.dim}>Sem consultor</span>}</td>
      <td className={classes.message}>
        {lead.replied_at ? (
          'Respondeu'
        ) : lead.message_state ? (
          <>
            <MessageTicks state={lead.message_state} />
            {MESSAGE_STATES[lead.message_state]}
          </>
        ) : (
          <span className={`${classes.dim} ${classes.none}`}>–</span>
        )}
      </td>
      <td className={`${classes.cut} ${classes.next}`}>
        <NextStep lead={lead} zone={zone} now={now} />
      </td>
      <td className={classes.when}>
        <time dateTime={lead.created_at} title={fullWhen(lead.created_at, zone)}>
          {shortWhen(lead.created_at, zone, now)}
        </time>
      </td>
    </>
  );
});

function NextStep({ lead, zone, now }: { lead: LeadLine; zone: string; now: number }) {
  const isQualified = useQualified();
  if (lead.attention) {
    return (
      <span className={classes.attention}>
        <IconAlertTriangleFilled size={13} aria-hidden />
        {attentionWords(lead.attention).name}
      </span>
    );
  }
  if (lead.stage === 'waiting' && lead.wake_at) {
    return `${isQualified(lead) ? 'Retrabalho' : 'Encerra'} ${shortWhen(lead.wake_at, zone, now)}`;
  }
  return <span className={`${classes.dim} ${classes.none}`}>–</span>;
}
