import type { TenantRows } from './database.ts';
import { instant, LEAD_LINE, LEAD_TABLES, type LeadRow } from './lead-lines.ts';

/** A message of a lead; what more there is of it is only shown. */
export type MessageRow = Record<string, unknown> & { pricing: Record<string, unknown> | null };

export type LeadPageRow = LeadRow & {
  email: string | null;
  /** The lead that goes on in place of this one, where two people turned out to be one. */
  merged_into: string | null;
  /** The leads that this one goes on for; their referrals count here too. */
  merged_leads: string[];
  /** Until when WhatsApp takes free text to the person; null where it does not. */
  window_until: Date | null;
  referrals: unknown[];
  messages: MessageRow[];
  timeline: unknown[];
};

/** WhatsApp takes free text for so long after the person last wrote. */
const WINDOW = `interval '24 hours'`;

/**
 * One lead with its referrals, messages with their attempts, and whole timeline, deliveries among it; null where
 * there is none.
 */
export async function readLeadPage({ query }: TenantRows, leadId: string): Promise<LeadPageRow | null> {
  const [line, referrals, messages, timeline] = await Promise.all([
    query<Omit<LeadPageRow, 'referrals' | 'messages' | 'timeline'>>(
      // The window is the person's with the number, whichever of their leads they wrote in.
      `select ${LEAD_LINE}, p.email, l.merged_into,
         array(select y.id from lead y where y.person_id = l.person_id and y.merged_into = l.id order by y.id)
           as merged_leads,
         (select max(m.sent_at) + ${WINDOW} from lead t join message m on m.lead_id = t.id
          where t.person_id = l.person_id and m.direction = 'in' and m.channel_id = v.channel_id
            and m.sent_at > now() - ${WINDOW}) as window_until
       from ${LEAD_TABLES} where l.id = $1`,
      [leadId],
    ),
    query(
      `select id, number, origin, name, phone, cnpj, email, notes, status_value as status_indicacao,
         consultant_name as consultant, created_at from referral
       where lead_id = $1 or lead_id = any (array(
         select y.id from lead l join lead y on y.person_id = l.person_id and y.merged_into = l.id where l.id = $1))
       order by lead_id <> $1, lead_id, number`,
      [leadId],
    ),
    query<MessageRow>(
      `select m.id, m.referral_id, m.direction, m.stage, m.kind, m.template, m.body, m.button_payload, m.wamid,
         m.state, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.error_code, m.error_text, m.pricing,
         m.created_at,
         coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'try', a.try, 'state', a.state,
           'error_class', a.error_class, 'error_code', a.error_code, 'settled_by', a.settled_by,
           'begun_at', ${instant('a.begun_at')}, 'ended_at', ${instant('a.ended_at')}) order by a.try)
           from send_attempt a where a.referral_id = m.referral_id and a.stage = m.stage and a.message_id = m.id), '[]') as attempts
       from message m where m.lead_id = $1 order by m.created_at, m.id`,
      [leadId],
    ),
    query(
      `select kind, stage, referral_id, detail, at from (
       select id, kind, stage, referral_id, detail, at from lead_event where lead_id = $1 and at is not null
       union all
       select null, s.kind, m.stage, m.referral_id,
         case when s.kind = 'failed' then jsonb_build_object('code', m.error_code, 'text', m.error_text) else '{}' end,
         s.at
       from message m
       cross join lateral (values ('delivered', m.delivered_at), ('read', m.read_at), ('failed', m.failed_at)) s(kind, at)
       where m.lead_id = $1 and m.direction = 'out' and s.at is not null) t
       order by at, id nulls last, kind`,
      [leadId],
    ),
  ]);
  return line[0] ? { ...line[0], referrals, messages, timeline } : null;
}
