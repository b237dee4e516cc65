import { nameKey } from '../domain/consultant.ts';
import type { Outcome, Stage } from '../domain/lead.ts';
import type { TenantRows } from './database.ts';

/** What `GET /v1/leads` can be narrowed by; all of it optional. */
export type LeadFilter = {
  stage?: Stage;
  outcome?: Outcome;
  /** Consultant's name, or part of it. */
  consultant?: string;
  /** Those that came in at this instant or later, … */
  from?: Date;
  /** … and before this one. */
  until?: Date;
  attention?: boolean;
  /** Part of the name or e-mail, without regard to case and accents, or of a phone's digits, or of a CNPJ. */
  text?: string;
  after?: { createdAt: string; id: string };
  limit: number;
};

export type LeadLine = {
  id: string;
  name: string;
  phone: string;
  cnpj: string | null;
  stage: Stage;
  outcome: Outcome | null;
  origin: string;
  status_indicacao: string;
  consultant: string;
  consultant_known: boolean;
  attention: string | null;
  wake_at: Date | null;
  rework: { count: number; at: string | null };
  referral_count: number;
  converted_at: Date | null;
  created_at: Date;
  updated_at: Date;
  closed_at: Date | null;
};

/** SQL that writes an instant as JSON.stringify writes a Date: in UTC, with milliseconds. */
const instant = (sql: string) => `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const LINE = `
  l.id, p.name, r.phone, p.cnpj, l.stage, l.outcome, l.origin, l.status_value as status_indicacao,
  l.consultant_name as consultant, l.consultant_id is not null as consultant_known, l.attention, l.wake_at,
  jsonb_build_object('count', l.rework_count, 'at', ${instant('l.reworked_at')}) as rework,
  l.referral_count, l.converted_at, l.created_at, l.updated_at, l.closed_at`;

/** Leads from the newest on, one page; `next` is where the next one begins, null where there is none. */
export async function listLeads(
  { query }: TenantRows,
  filter: LeadFilter,
): Promise<{ leads: LeadLine[]; next: LeadFilter['after'] | null }> {
  const values: unknown[] = [];
  const where: string[] = [];
  const also = (value: unknown, condition: (placeholder: string) => string) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (filter.stage) also(filter.stage, (v) => `l.stage = ${v}`);
  if (filter.outcome) also(filter.outcome, (v) => `l.outcome = ${v}`);
  if (filter.consultant) also(likely(filter.consultant), (v) => `${plain('l.consultant_name')} like ${v}`);
  if (filter.from) also(filter.from, (v) => `l.created_at >= ${v}`);
  if (filter.until) also(filter.until, (v) => `l.created_at < ${v}`);
  if (filter.attention !== undefined) where.push(`l.attention is ${filter.attention ? 'not ' : ''}null`);
  if (filter.text) {
    const digits = filter.text.replace(/\D/g, '');
    const bare = filter.text.replace(/[^\da-z]/gi, '').toUpperCase();
    const [words, phone, cnpj] = [
      likely(filter.text),
      digits.length >= 4 ? `%${digits}%` : null,
      digits !== '' && bare.length >= 4 ? `%${bare}%` : null,
    ].map((pattern) => `$${values.push(pattern)}::text`);
    where.push(`(${plain('p.name')} like ${words} or ${plain('p.email')} like ${words} or p.cnpj like ${cnpj}
      or exists (select from person_identity i where i.person_id = p.id and i.kind = 'phone' and i.value like ${phone}))`);
  }
  if (filter.after) {
    values.push(filter.after.createdAt, filter.after.id);
    where.push(`(l.created_at, l.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(filter.limit + 1);
  // Two leads may share a millisecond: the place in the list has the microseconds that a Date would drop.
  const found = await query<LeadLine & { place: string }>(
    `select ${LINE}, to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
     from lead l join person p on p.id = l.person_id join referral r on r.id = l.referral_id
     ${where.length ? `where ${where.join(' and ')}` : ''}
     order by l.created_at desc, l.id desc limit $${values.length}`,
    values,
  );
  const page = found.slice(0, filter.limit);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    leads: page.map(({ place: _, ...lead }) => lead),
    next: last ? { createdAt: last.place, id: last.id } : null,
  };
}

/** The lines of these leads, in no order; a lead that is not there has none. */
export async function readLeadLines({ query }: TenantRows, ids: readonly string[]): Promise<LeadLine[]> {
  return query<LeadLine>(
    `select ${LINE} from lead l join person p on p.id = l.person_id join referral r on r.id = l.referral_id
     where l.id = any ($1)`,
    [ids],
  );
}

/** A text as a pattern that finds its words anywhere, in what `plain` makes of a column. */
const likely = (text: string) =>
  `%${nameKey(text)
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll(' ', '%')}%`;

/** SQL for a text without accents and case; said whole, as the database's own collation may know ASCII alone. */
const plain = (column: string) =>
  `lower(regexp_replace(normalize(${column}, nfd), '[\\u0300-\\u036f]', '', 'g') collate pg_c_utf8)`;

export type LeadPage = LeadLine & {
  chatwoot: { contact_id: number | null; conversation_id: number | null };
  /** The lead that goes on in place of this one, where two people turned out to be one. */
  merged_into: string | null;
  /** The leads that this one goes on for; their referrals count here too. */
  merged_leads: string[];
  referrals: unknown[];
  messages: unknown[];
  timeline: unknown[];
};

/**
 * One lead with its referrals, messages with their attempts, and whole timeline, deliveries among it; null where
 * there is none.
 */
export async function readLeadPage({ query }: TenantRows, leadId: string): Promise<LeadPage | null> {
  const [line, referrals, messages, timeline] = await Promise.all([
    query<LeadPage>(
      `select ${LINE}, jsonb_build_object('contact_id', l.chatwoot_contact_id,
         'conversation_id', l.chatwoot_conversation_id) as chatwoot, l.merged_into,
         array(select y.id from lead y where y.person_id = l.person_id and y.merged_into = l.id order by y.id)
           as merged_leads
       from lead l join person p on p.id = l.person_id join referral r on r.id = l.referral_id where l.id = $1`,
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
    query(
      `select m.id, m.referral_id, m.direction, m.stage, m.kind, m.template, m.body, m.button_payload, m.wamid,
         m.state, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.error_code, m.error_text, m.pricing,
         m.created_at,
         coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'try', a.try, 'state', a.state,
           'error_class', a.error_class, 'error_code', a.error_code, 'settled_by', a.settled_by,
           'begun_at', ${instant('a.begun_at')}, 'ended_at', ${instant('a.ended_at')}) order by a.try)
           from send_attempt a where a.message_id = m.id), '[]') as attempts
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

/** The lead that goes on for this one where it was merged; else the same. */
export async function leadInPlaceOf({ query }: TenantRows, leadId: string): Promise<string> {
  const [lead] = await query<{ id: string }>('select merged_into as id from lead where id = $1', [leadId]);
  return lead?.id ?? leadId;
}

/** The person's open lead, or else their newest one, by CNPJ or by person; empty where there is none. */
export async function leadsOf(
  { query }: TenantRows,
  whose: { personId?: string | null; cnpj?: string | null },
): Promise<string[]> {
  const leads = await query<{ id: string; stage: Stage }>(
    `select l.id, l.stage from lead l join person p on p.id = l.person_id
     where (l.person_id = $1 or p.cnpj = $2) and l.merged_into is null order by l.stage = 'closed', l.created_at desc`,
    [whose.personId ?? null, whose.cnpj ?? null],
  );
  const open = leads.filter((lead) => lead.stage !== 'closed');
  return (open.length > 0 ? open : leads.slice(0, 1)).map((lead) => lead.id);
}

/**
 * Whose a lead is, and which of what is said of the person besides does not fit: a phone by which another person or
 * nobody is known, a CNPJ where the person's referrals name others. Null where there is no such lead.
 */
export async function leadAgrees(
  { query }: TenantRows,
  leadId: string,
  said: { phones: readonly string[] | null; cnpj: string | null },
): Promise<{ phone: boolean; cnpj: boolean } | null> {
  const [lead] = await query<{ phone: boolean; cnpj: boolean }>(
    `select $2::text[] is null or exists (select from person_identity i
         where i.person_id = l.person_id and i.kind = 'phone' and i.value = any ($2)) as phone,
       $3::text is null or p.cnpj is null or p.cnpj = $3
         or exists (select from referral r where r.person_id = l.person_id and r.cnpj = $3) as cnpj
     from lead l join person p on p.id = l.person_id where l.id = $1`,
    [leadId, said.phones, said.cnpj],
  );
  return lead ?? null;
}
