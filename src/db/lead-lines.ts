import type { Hold, Outcome, Stage } from '../domain/lead.ts';
import type { TenantRows } from './database.ts';

/** A lead as lists, the board and the stream show it; `chatwoot_url` is where Chatwoot is, its account included. */
export type LeadRow = {
  id: string;
  name: string;
  phone: string;
  cnpj: string | null;
  stage: Stage;
  outcome: Outcome | null;
  /** The board's column that it stands in, as the table keeps it. */
  column: string | null;
  origin: string;
  status_indicacao: string;
  consultant: string;
  consultant_known: boolean;
  attention: string | null;
  held: { reason: Hold; since: string; until: string | null } | null;
  wake_at: Date | null;
  rework: { count: number; at: string | null };
  referral_count: number;
  message_state: string | null;
  replied_at: Date | null;
  chatwoot: { contact_id: number | null; conversation_id: number | null };
  chatwoot_url: string;
  converted_at: Date | null;
  created_at: Date;
  updated_at: Date;
  closed_at: Date | null;
};

/** SQL that writes an instant as JSON.stringify writes a Date: in UTC, with milliseconds. */
export const instant = (sql: string) => `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** SQL for whether the message of a lead `l` waits: what a closed one waited for no longer counts. */
export const HELD = `(l.held_reason is not null and l.stage <> 'closed')`;

/** SQL for the columns of a {@link LeadRow}, to be read from {@link LEAD_TABLES}. */
export const LEAD_LINE = `
  l.id, p.name, r.phone, p.cnpj, l.stage, l.outcome, l.board_column as "column", l.origin,
  l.status_value as status_indicacao, l.consultant_name as consultant,
  l.consultant_id is not null as consultant_known, l.attention,
  case when ${HELD} then jsonb_build_object('reason', l.held_reason, 'since', ${instant('l.held_since')},
    'until', ${instant('l.held_until')}) end as held,
  l.wake_at,
  jsonb_build_object('count', l.rework_count, 'at', ${instant('l.reworked_at')}) as rework, l.referral_count,
  (select m.state from message m where m.lead_id = l.id and m.direction = 'out'
   order by m.created_at desc limit 1) as message_state,
  l.replied_at,
  jsonb_build_object('contact_id', l.chatwoot_contact_id, 'conversation_id', l.chatwoot_conversation_id) as chatwoot,
  rtrim(cw.base_url, '/') || '/app/accounts/' || cw.account_id as chatwoot_url,
  l.converted_at, l.created_at, l.updated_at, l.closed_at`;

/** SQL for the tables of {@link LEAD_LINE}; `l` is the lead. */
export const LEAD_TABLES = `
  lead l
  join person p on p.id = l.person_id
  join referral r on r.id = l.referral_id
  join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
  join chatwoot_connection cw on cw.id = v.chatwoot_connection_id`;

/** Leads by their ids, in the order of `ids`; those that are not there are left out. */
export function readLeadLines({ query }: TenantRows, ids: readonly string[]): Promise<LeadRow[]> {
  return query<LeadRow>(
    `select line.* from unnest($1::uuid[]) with ordinality as asked(id, place)
     cross join lateral (select ${LEAD_LINE} from ${LEAD_TABLES} where l.id = asked.id limit 1) line
     order by asked.place`,
    [ids],
  );
}
