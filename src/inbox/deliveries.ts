import type { Query } from '../db/database.ts';
import { addIdentities, identitiesOf } from '../db/identities.ts';
import { recordOptOut } from '../db/journeys.ts';
import { leaveWord } from '../db/outbox.ts';
import { advance, type DeliveryState } from '../domain/delivery.ts';
import type { LeadHappening } from '../domain/happening.ts';
import { classOfCode } from '../domain/whatsapp-errors.ts';
import type { StatusPayload } from '../domain/whatsapp-webhook.ts';
import type { Applied, ApplyContext } from './context.ts';

type Status = StatusPayload & { id: number };

/** The message that a status speaks of, as it stands. */
type Target = {
  eventId: number;
  messageId: string;
  attemptId: string;
  attemptState: string;
  personId: string;
  leadId: string;
  leadStage: string;
  referralId: string;
  stage: 'main' | 'rework';
  state: DeliveryState;
};

/** One message and all that this batch says of it; the wamids of its attempts that are named, by their ids. */
type Progress = {
  target: Target;
  statuses: Status[];
  state: DeliveryState;
  attempts: Map<string, string>;
};

/**
 * Applies delivery statuses, any number and in any order: messages only move forward, attempts that were open
 * are settled, a stop is recorded. Workflows hear only what they act upon: a failure, the arrival of a rework
 * message, the settlement of an open attempt; pages read the rest from the tables.
 */
export async function applyStatuses(context: ApplyContext, statuses: readonly Status[]): Promise<Applied[]> {
  if (statuses.length === 0) return [];
  const { query } = context.rows;
  const targets = await findTargets(query, statuses);
  const progress = new Map<string, Progress>();
  for (const status of statuses) {
    const target = targets.get(status.id);
    if (!target) continue;
    const known = progress.get(target.messageId) ?? {
      target,
      statuses: [],
      state: target.state,
      attempts: new Map<string, string>(),
    };
    known.statuses.push(status);
    known.attempts.set(target.attemptId, status.wamid);
    known.state = advance(known.state, status.status);
    progress.set(target.messageId, known);
  }
  const moved = [...progress.values()];
  await saveMessages(query, moved);
  const settled = await saveAttempts(query, moved);
  await showFailures(query, moved);
  for (const { target, statuses: heard } of moved) await learnWho(context, target, heard);
  await leaveWord(
    query,
    moved.flatMap((message) =>
      happenings(message, settled).map((payload) => ({
        leadId: message.target.leadId,
        kind: 'signal' as const,
        payload,
      })),
    ),
  );
  return statuses.map(({ id }) => ({ id, outcome: targets.has(id) ? 'updated' : 'unknown_message' }));
}

async function findTargets(query: Query, statuses: readonly Status[]): Promise<Map<number, Target>> {
  // In the order of the messages' ids, as everybody locks them.
  const targets = await query<Target>(
    `with found as materialized (
       select s.event_id, a.id, a.message_id, a.state
       from unnest($1::bigint[], $2::uuid[], $3::text[]) as s(event_id, attempt_id, wamid)
       cross join lateral (
         select a.id, a.message_id, a.state from send_attempt a where a.id = s.attempt_id
         union all
         select a.id, a.message_id, a.state from send_attempt a
         where s.attempt_id is null and a.wamid = s.wamid
           and a.message_id = (select w.id from message w where w.wamid = s.wamid)
         limit 1) a),
     locked as materialized (
       select m.* from message m where m.id = any (array(select message_id from found)) order by m.id for update)
     select f.event_id as "eventId", m.id as "messageId", f.id as "attemptId", f.state as "attemptState",
       m.person_id as "personId", m.lead_id as "leadId",
       (select l.stage from lead l where l.id = m.lead_id) as "leadStage", m.referral_id as "referralId",
       m.stage, m.state
     from found f join locked m on m.id = f.message_id order by m.id`,
    [statuses.map((s) => s.id), statuses.map((s) => s.attemptId), statuses.map((s) => s.wamid)],
  );
  return new Map(targets.map((target) => [target.eventId, target]));
}

/** WhatsApp tells whole seconds: what came later never shows as earlier than what came before. */
async function saveMessages(query: Query, moved: readonly Progress[]): Promise<void> {
  const at = ({ statuses }: Progress, ...states: DeliveryState[]) =>
    statuses
      .filter((s) => states.includes(s.status))
      .map((s) => s.at)
      .sort()[0] ?? null;
  const failure = ({ statuses }: Progress) => statuses.find((s) => s.status === 'failed');
  await query(
    `update message m set state = p.state, wamid = coalesce(m.wamid, p.wamid),
       sent_at = coalesce(m.sent_at, p.sent_at, p.delivered_at, p.read_at),
       delivered_at = coalesce(m.delivered_at, case when coalesce(p.delivered_at, p.read_at) is not null
           then greatest(coalesce(p.delivered_at, p.read_at), m.sent_at) end),
       read_at = coalesce(m.read_at, case when p.read_at is not null then greatest(p.read_at, m.delivered_at, p.delivered_at, m.sent_at) end),
       failed_at = coalesce(m.failed_at, p.failed_at), error_code = coalesce(p.error_code, m.error_code),
       error_text = coalesce(p.error_text, m.error_text), pricing = coalesce(p.pricing, m.pricing)
     from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
       $7::timestamptz[], $8::int[], $9::text[], $10::jsonb[])
       as p(id, state, wamid, sent_at, delivered_at, read_at, failed_at, error_code, error_text, pricing)
     where m.id = p.id`,
    [
      moved.map((p) => p.target.messageId),
      moved.map((p) => p.state),
      moved.map((p) => p.statuses[0]?.wamid ?? null),
      moved.map((p) => at(p, 'sent')),
      moved.map((p) => at(p, 'delivered')),
      moved.map((p) => at(p, 'read')),
      moved.map((p) => at(p, 'failed')),
      moved.map((p) => failure(p)?.errorCode ?? null),
      moved.map((p) => failure(p)?.errorText ?? null),
      moved.map((p) => {
        const { pricing } = p.statuses.find((s) => s.pricing) ?? { pricing: null };
        return pricing ? JSON.stringify(pricing) : null;
      }),
    ],
  );
}

/** A status names its attempt: it was sent, whatever was thought of it. Returns the attempts that were open. */
async function saveAttempts(query: Query, moved: readonly Progress[]): Promise<Set<string>> {
  const named = moved.flatMap(({ attempts }) => [...attempts]);
  const rows = await query<{ id: string; was_open: boolean }>(
    `with named as (
       select a.id, a.state, n.wamid from unnest($1::uuid[], $2::text[]) as n(id, wamid)
       join send_attempt a on a.id = n.id order by a.id for update of a)
     update send_attempt a set reported_at = coalesce(a.reported_at, now()), wamid = coalesce(a.wamid, named.wamid),
       state = 'accepted', ended_at = coalesce(a.ended_at, now()),
       settled_by = case when named.state <> 'accepted' then 'status' else a.settled_by end
     from named where a.id = named.id
     returning a.id, named.state = 'begun' as was_open`,
    [named.map(([id]) => id), named.map(([, wamid]) => wamid)],
  );
  return new Set(rows.filter((row) => row.was_open).map((row) => row.id));
}

/** A message that could not be delivered is for people to see. */
async function showFailures(query: Query, moved: readonly Progress[]): Promise<void> {
  const failed = moved.filter(({ target, state }) => state === 'failed' && target.state !== 'failed');
  if (failed.length === 0) return;
  await query(
    `update lead set attention = 'send_failed', attention_at = now() where id = any ($1) and stage <> 'closed'`,
    [failed.map(({ target }) => target.leadId)],
  );
}

function happenings(
  { target, state, statuses, attempts }: Progress,
  settled: ReadonlySet<string>,
): LeadHappening[] {
  if (target.leadStage === 'closed') return [];
  const { referralId, stage } = target;
  const heard: LeadHappening[] = [...attempts.keys()]
    .filter((attemptId) => settled.has(attemptId))
    .map((attemptId) => ({ type: 'settled', attemptId }));
  if (state === target.state) return heard;
  if (state === 'failed') {
    const code = statuses.find((s) => s.status === 'failed')?.errorCode ?? null;
    heard.push({
      type: 'failed',
      referralId,
      stage,
      errorClass: code === null ? 'final' : classOfCode(code),
    });
  }
  if (stage === 'rework' && (state === 'delivered' || state === 'read')) {
    heard.push({ type: 'delivery', referralId, stage, state });
  }
  return heard;
}

/** A status may tell a number's other form, and 131050 that the person has stopped such messages. */
async function learnWho(
  { rows, sealing }: ApplyContext,
  target: Target,
  statuses: readonly Status[],
): Promise<void> {
  for (const { waId, userId, status, errorCode } of statuses) {
    const failed = status === 'failed' && errorCode !== null ? classOfCode(errorCode) : null;
    if (failed !== 'opted_out' && !userId) continue;
    const identities = identitiesOf(sealing, rows.tenantId, { waId, bsuid: userId });
    await addIdentities(rows.query, target.personId, identities);
    if (failed === 'opted_out') {
      await recordOptOut(rows, { identities, personId: target.personId, source: 'whatsapp_131050' });
    }
  }
}
