import type { Query } from '../db/database.ts';
import { identitiesOf } from '../db/identities.ts';
import { recordOptOut } from '../db/journeys.ts';
import { bringNews } from '../db/names.ts';
import { leaveWord } from '../db/outbox.ts';
import { recognise } from '../db/people.ts';
import { pauseChannel, stopTemplate } from '../db/sends.ts';
import { advance, type DeliveryState } from '../domain/delivery.ts';
import type { LeadHappening } from '../domain/happening.ts';
import { classOfCode } from '../domain/whatsapp-errors.ts';
import type { StatusPayload } from '../domain/whatsapp-webhook.ts';
import type { Applied, ApplyContext } from './context.ts';
import { findTargets, type Status, type Target } from './status-targets.ts';

/** One message and all that this batch says of it; the wamids of its attempts that are named, by their ids. */
type Progress = {
  target: Target;
  statuses: Status[];
  state: DeliveryState;
  attempts: Map<string, string>;
};

/**
 * Applies delivery statuses, any number and in any order: messages only move forward, attempts that were open
 * are settled, a stop is recorded, what WhatsApp refuses altogether is stopped. Workflows hear only what they act upon:
 * a failure, the arrival of a rework message or of one that had failed, the settlement of an open attempt; pages read
 * the rest from the tables.
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
  await showRecoveries(query, moved);
  await stopWhatFails(context, moved);
  await learnWho(context, moved);
  await leaveWord(
    context.rows,
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

/** A message that has come as far as `state`, by these statuses. */
export type Advanced = {
  target: { messageId: string };
  statuses: readonly Pick<StatusPayload, 'wamid' | 'status' | 'at' | 'errorCode' | 'errorText' | 'pricing'>[];
  state: DeliveryState;
};

/** WhatsApp tells whole seconds: what came later never shows as earlier than what came before. */
export async function saveMessages(query: Query, moved: readonly Advanced[]): Promise<void> {
  const at = ({ statuses }: Advanced, ...states: DeliveryState[]) =>
    statuses
      .filter((s) => states.includes(s.status))
      .map((s) => s.at)
      .sort()[0] ?? null;
  const failure = ({ statuses }: Advanced) => statuses.find((s) => s.status === 'failed');
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
     where m.id = p.id and m.id = any ($1)`,
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
  const ids = named.map(([id]) => id);
  const [, rows] = await Promise.all([
    query('select from send_attempt where id = any ($1) order by id for update', [ids]),
    query<{ id: string; lead_id: string; was_open: boolean; was_given_up: boolean }>(
      `update send_attempt a set reported_at = coalesce(a.reported_at, now()),
         wamid = coalesce(a.wamid, $2::jsonb ->> a.id::text), state = 'accepted',
         ended_at = coalesce(a.ended_at, now()),
         settled_by = case when a.state <> 'accepted' then 'status' else a.settled_by end
       where a.id = any ($1)
       returning a.id, a.lead_id, old.state = 'begun' as was_open, old.state = 'not_sent' as was_given_up`,
      [ids, JSON.stringify(Object.fromEntries(named))],
    ),
  ]);
  const givenUp = rows.filter((row) => row.was_given_up).map((row) => row.lead_id);
  if (givenUp.length > 0) {
    await query(
      `update lead set attention = 'sent_twice', attention_at = now() where id = any ($1) and stage <> 'closed'`,
      [givenUp],
    );
  }
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

/** Told as failed, and proved to have arrived since: WhatsApp tries again by itself, and says both. */
const isRecovered = ({ target, state }: Progress) =>
  target.state === 'failed' && (state === 'delivered' || state === 'read');

/**
 * What arrived after all needs nobody any more, unless another message of the lead failed. A lead that was closed
 * because the number had no WhatsApp stays closed, as one that did not convert; its timeline says why.
 */
async function showRecoveries(query: Query, moved: readonly Progress[]): Promise<void> {
  const recovered = moved.filter(isRecovered);
  if (recovered.length === 0) return;
  await query(
    `with arrived as (
       select distinct on (lead_id) * from unnest($1::uuid[], $2::uuid[], $3::text[]) as a(lead_id, referral_id, stage)
       order by lead_id),
     mended as (
       update lead l set updated_at = now(),
         outcome = case when l.outcome = 'no_whatsapp' then 'not_converted' else l.outcome end,
         attention = case when l.attention = 'send_failed' and not exists (
           select from message m where m.lead_id = l.id and m.direction = 'out' and m.state = 'failed')
           then null else l.attention end
       from arrived a where l.id = a.lead_id returning l.id, a.referral_id, a.stage, old.outcome)
     insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
     select current_tenant(), id, referral_id, stage, 'arrived_after_all',
       case when outcome = 'no_whatsapp' then jsonb_build_object('closed_as', outcome) else '{}' end, now() from mended`,
    [
      recovered.map(({ target }) => target.leadId),
      recovered.map(({ target }) => target.referralId),
      recovered.map(({ target }) => target.stage),
    ],
  );
}

/** Older failures stop nothing: a person may have seen to them, and what still fails will say so again. */
const RECENT_MS = 15 * 60_000;

/** A refusal that comes by status stops the channel or the template as one that comes by answer does. */
async function stopWhatFails({ rows }: ApplyContext, moved: readonly Progress[]): Promise<void> {
  for (const { target, state, statuses } of moved) {
    const failed = statuses.find((s) => s.status === 'failed');
    if (state !== 'failed' || target.state === 'failed' || !failed || failed.errorCode === null) continue;
    const errorClass = classOfCode(failed.errorCode);
    if (errorClass !== 'channel_stop' && errorClass !== 'template_stop') continue;
    if (Date.parse(failed.at) < Date.now() - RECENT_MS) continue;
    const reason = `WhatsApp: ${errorClass} (code ${failed.errorCode})`;
    const [sent] = await rows.query<{ channelId: string; template: string; language: string }>(
      `select m.channel_id as "channelId", m.template, v.definition -> m.stage ->> 'language' as language
       from message m join lead l on l.id = m.lead_id
       join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version where m.id = $1`,
      [target.messageId],
    );
    if (sent && errorClass === 'channel_stop') await pauseChannel(rows, sent.channelId, reason);
    if (sent && errorClass === 'template_stop') await stopTemplate(rows, { ...sent, reason });
  }
}

function happenings(progress: Progress, settled: ReadonlySet<string>): LeadHappening[] {
  const { target, state, statuses, attempts } = progress;
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
  const recovered = isRecovered(progress);
  if ((stage === 'rework' || recovered) && (state === 'delivered' || state === 'read')) {
    heard.push({ type: 'delivery', referralId, stage, state, ...(recovered ? { recovered } : {}) });
  }
  return heard;
}

/** A status may tell whose the number is, and 131050 that the person has stopped such messages. */
async function learnWho({ rows, sealing }: ApplyContext, moved: readonly Progress[]): Promise<void> {
  const seen = moved.flatMap(({ target: { personId }, statuses }) =>
    statuses.flatMap(({ waId, userId, at, status, errorCode }) => {
      const stopped = status === 'failed' && errorCode !== null && classOfCode(errorCode) === 'opted_out';
      if (!stopped && !userId) return [];
      const identities = identitiesOf(sealing, rows.tenantId, { waId, bsuid: userId });
      return [{ personId, identities, at, stopped }];
    }),
  );
  const news = await bringNews(rows.query, seen);
  for (const sighting of seen) {
    const { identities, stopped } = sighting;
    if (!stopped && !news.has(sighting)) continue;
    const known = await recognise(rows, sighting);
    if (!stopped) continue;
    const personId = known.personId ?? sighting.personId;
    await recordOptOut(rows, { identities, personId, source: 'whatsapp_131050' });
  }
}
