import type { Outcome, Stage } from '../domain/lead.ts';
import type { TenantRows } from './database.ts';
import { type Identity, isSuppressed, livingPerson, suppress } from './identities.ts';
import { leaveWord } from './outbox.ts';

/** Where a lead stands when its workflow turns to it. */
export type Standing = {
  outcome: Outcome | null;
  referralId: string;
  referralCount: number;
  optedOut: boolean;
  converted: boolean;
  consultantId: string | null;
  channelId: string;
  messagesPerSecond: number;
  stage: Stage;
  /** It was decided already when the newest referral wakes. */
  wakePlanned: boolean;
};

/** The step in which it is decided when a referral wakes. */
export const wakeStepOf = (referralId: string) => `plan_wake:${referralId}`;

export async function readStanding({ query }: TenantRows, leadId: string): Promise<Standing> {
  const [row] = await query<Standing>(
    `select l.outcome, l.referral_id as "referralId", l.referral_count as "referralCount",
       ${isSuppressed('l')} as "optedOut", l.converted_at is not null as converted,
       l.consultant_id as "consultantId", ch.id as "channelId",
       ch.messages_per_second as "messagesPerSecond", l.stage,
       exists (select from lead_event e where e.lead_id = l.id and e.at is not null
               and e.step = 'plan_wake:' || l.referral_id) as "wakePlanned"
     from lead l
     join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
     join channel ch on ch.id = v.channel_id
     where l.id = $1`,
    [leadId],
  );
  if (!row) throw new Error(`lead ${leadId} is not there`);
  return row;
}

/** Moves an open lead to a stage of its journey; a closed one stays closed. */
export async function enterStage(
  { query }: TenantRows,
  leadId: string,
  stage: 'main' | 'waiting' | 'rework',
): Promise<void> {
  await query(
    `update lead set stage = $2, updated_at = now(),
       rework_count = rework_count + (case when $2 = 'rework' and stage <> 'rework' then 1 else 0 end),
       reworked_at = case when $2 = 'rework' and stage <> 'rework' then now() else reworked_at end
     where id = $1 and stage <> 'closed'`,
    [leadId, stage],
  );
}

/** When the referral's first message left, where that was so much later than the referral itself; else null. */
export async function leftLaterThan(
  { query }: TenantRows,
  referralId: string,
  late: string,
): Promise<Date | null> {
  const [left] = await query<{ at: Date | null }>(
    `select min(a.begun_at) as at from send_attempt a join referral r on r.id = a.referral_id
     where a.referral_id = $1 and a.begun_at > r.created_at + $2::interval`,
    [referralId, late],
  );
  return left?.at ?? null;
}

/** Whether the person or an agent wrote within so many hours. */
export async function conversedSince({ query }: TenantRows, leadId: string, hours: number): Promise<boolean> {
  const [found] = await query<{ active: boolean }>(
    `select coalesce(l.agent_wrote_at > now() - make_interval(hours => $2), false) or exists (
       select from message m where m.lead_id = l.id and m.direction = 'in'
       and m.created_at > now() - make_interval(hours => $2)) as active
     from lead l where l.id = $1`,
    [leadId, hours],
  );
  return found?.active ?? false;
}

/** Writes down when the lead wakes; it then waits. */
export async function planWake({ query }: TenantRows, leadId: string, wakeAt: Date): Promise<void> {
  await query(
    `update lead set wake_at = $2, stage = 'waiting', updated_at = now() where id = $1 and stage <> 'closed'`,
    [leadId, wakeAt],
  );
}

/**
 * Closes a lead if no referral has joined it since `referralCount` was read. Returns the outcome it is closed
 * with, which is an earlier one where it was closed before, or null where a referral came in between. A person who
 * asked for a talk and has not bought still waits for it.
 */
export async function closeLead(
  { query }: TenantRows,
  leadId: string,
  outcome: Outcome,
  referralCount: number | null,
): Promise<Outcome | null> {
  const closed = await query<{ stage: 'main' | 'rework' }>(
    `update lead set stage = 'closed', outcome = $2, closed_at = now(), updated_at = now(), wake_at = null,
       attention = case when $2 = 'not_converted' and attention = 'wants_to_talk' then attention end
     where id = $1 and stage <> 'closed' and ($3::int is null or referral_count = $3)
     returning case when rework_count > 0 then 'rework' else 'main' end as stage`,
    [leadId, outcome, referralCount],
  );
  if (closed[0]) {
    await query(
      `insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
       select current_tenant(), id, referral_id, $2, 'closed', jsonb_build_object('outcome', $3::text), now()
       from lead where id = $1`,
      [leadId, closed[0].stage, outcome],
    );
    return outcome;
  }
  const [lead] = await query<{ outcome: Outcome | null }>('select outcome from lead where id = $1', [leadId]);
  return lead?.outcome ?? null;
}

/** Records a conversion and tells the open leads' workflows. Returns the leads it counted for. */
export async function recordConversion(
  rows: TenantRows,
  leadIds: readonly string[],
  source: string,
): Promise<string[]> {
  const converted = await rows.query<{ id: string; stage: string }>(
    `with converted as (
       update lead set converted_at = now(), updated_at = now(),
         outcome = case when outcome in ('not_converted', 'no_whatsapp') then 'converted' else outcome end
       where id = any ($1) and converted_at is null returning id, referral_id, stage, rework_count),
     noted as (
       insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
       select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
         'converted', jsonb_build_object('source', $2::text), now() from converted)
     select id, stage from converted`,
    [leadIds, source],
  );
  await leaveWord(
    rows,
    converted
      .filter((lead) => lead.stage !== 'closed')
      .map((lead) => ({ leadId: lead.id, kind: 'signal', payload: { type: 'conversion' } })),
  );
  return converted.map((lead) => lead.id);
}

/**
 * Records that a person wants no more messages: on the list first, then every open journey of theirs is
 * cancelled. Returns the leads that were cancelled.
 */
export async function recordOptOut(
  rows: TenantRows,
  person: { identities: readonly Identity[]; personId: string | null; source: string },
): Promise<string[]> {
  const { query } = rows;
  const { identities, source } = person;
  // Locked, so that nobody is merged away from it: their open leads could not be found then.
  const [, personId] = person.personId
    ? await Promise.all([
        query('select from person where id = $1 for key share', [person.personId]),
        livingPerson(query, person.personId),
      ])
    : [[], null];
  await suppress(query, identities, personId, source);
  // The gate may have closed one for it already, by the list alone; its timeline is to say so all the same.
  const leads = await query<{ id: string }>(
    `with stopped as (
       select id, referral_id, rework_count, stage <> 'closed' as open from lead
       where person_id = $1 and (stage <> 'closed' or outcome = 'opted_out')),
     noted as (
       insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, step, detail, at)
       select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
         'opted_out', 'opted_out', jsonb_build_object('source', $2::text), now() from stopped
       on conflict (tenant_id, lead_id, step) where step is not null do nothing)
     select id from stopped where open`,
    [personId, source],
  );
  await leaveWord(
    rows,
    leads.map((lead) => ({ leadId: lead.id, kind: 'cancel', payload: {} })),
  );
  return leads.map((lead) => lead.id);
}
