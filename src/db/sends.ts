import type { Hold } from '../domain/lead.ts';
import { mayTryAgain } from '../domain/whatsapp-errors.ts';
import { isPaused } from './channels.ts';
import type { TenantRows } from './database.ts';
import { isSuppressed } from './identities.ts';

export type SendStage = 'main' | 'rework';

/** Why a message may not leave, for good. */
export type Refusal =
  | 'closed'
  | 'opted_out'
  | 'converted'
  /** The phone is somebody else's now. */
  | 'phone_changed_hands'
  | 'not_qualified'
  | 'recently_sent';

export type Gate =
  | { kind: 'go'; attemptId: string; try: number; message: OutgoingMessage }
  /** An earlier run of this step sent it already. */
  | { kind: 'accepted'; attemptId: string }
  /** An earlier run began the call, and nobody knows how it ended. */
  | { kind: 'unknown'; attemptId: string }
  /** An earlier try was turned down for good by WhatsApp. */
  | { kind: 'turned_down'; attemptId: string; errorClass: string }
  | { kind: 'refused'; reason: Refusal }
  /** `until` where it is known when the hold ends. */
  | { kind: 'hold'; reason: Hold; until: Date | null };

export type OutgoingMessage = {
  channelId: string;
  waId: string | null;
  phone: string;
  personId: string;
  name: string;
  template: string;
  language: string;
  buttons: string[];
};

/** SQL that ends a hold, where there is one. */
const released = (leadId: string) => `
    update lead set held_reason = null, held_since = null, held_until = null
    where id = ${leadId} and held_reason is not null`;

/**
 * The gate before every send, to be run in one transaction: locks person and lead, checks that the message may
 * leave, and writes down the attempt. What it lets through has its attempt on record before the call is made;
 * an attempt found begun is never begun again.
 *
 * @param qualified which values of the referral status count as qualified
 * @param resendAfterHours a first message is not repeated for a joining referral within so many hours
 * @param weeklyMessages a person gets no more than so many in seven days, over all flows
 * @param quietUntil when the quiet hours end that it is now; null outside of them
 */
export async function openGate(
  { query }: TenantRows,
  send: { leadId: string; referralId: string; stage: SendStage },
  rules: {
    qualified: readonly string[];
    resendAfterHours: number;
    weeklyMessages: number;
    quietUntil: Date | null;
  },
): Promise<Gate> {
  // Locked first and read in a statement of its own, which then sees what was committed while it waited.
  const lockAndRead = () =>
    Promise.all([
      query(`select from person p join lead l on l.person_id = p.id where l.id = $1 for no key update`, [
        send.leadId,
      ]),
      query<GateRow>(GATE, [
        send.leadId,
        send.referralId,
        send.stage,
        rules.resendAfterHours,
        rules.weeklyMessages,
      ]),
    ]);
  let [locked, [lead]] = await lockAndRead();
  // Nothing is locked where the person was merged meanwhile: the lead is another's now.
  while (lead && locked.length === 0) [locked, [lead]] = await lockAndRead();
  if (!lead) throw new Error(`lead ${send.leadId} is not there`);

  if (lead.attempt_id) {
    const attemptId = lead.attempt_id;
    if (lead.attempt_state === 'accepted') return { kind: 'accepted', attemptId };
    if (lead.attempt_state === 'begun') return { kind: 'unknown', attemptId };
    if (lead.attempt_state === 'refused' && !mayTryAgain(lead.error_class ?? '')) {
      return { kind: 'turned_down', attemptId, errorClass: lead.error_class ?? 'final' };
    }
  }
  if (lead.stage === 'closed') return { kind: 'refused', reason: 'closed' };
  if (lead.opted_out) return { kind: 'refused', reason: 'opted_out' };
  if (lead.converted) return { kind: 'refused', reason: 'converted' };
  if (!lead.reachable) return { kind: 'refused', reason: 'phone_changed_hands' };
  if (send.stage === 'rework' && !rules.qualified.includes(lead.status_value)) {
    return { kind: 'refused', reason: 'not_qualified' };
  }
  if (send.stage === 'main' && lead.recently_sent) return { kind: 'refused', reason: 'recently_sent' };
  if (lead.channel_state !== 'active') {
    return { kind: 'hold', reason: 'channel_paused', until: null };
  }
  if (lead.template_stopped) return { kind: 'hold', reason: 'template_stopped', until: null };
  if (rules.quietUntil) return { kind: 'hold', reason: 'quiet_hours', until: rules.quietUntil };
  if (lead.weekly_limit_until) {
    return { kind: 'hold', reason: 'weekly_limit', until: lead.weekly_limit_until };
  }

  const [attempt] = await query<{ id: string; try: number }>(BEGIN_ATTEMPT, [
    send.leadId,
    send.referralId,
    send.stage,
    (lead.attempt_try ?? 0) + 1,
    lead.template,
  ]);
  if (!attempt) throw new Error('the attempt was not written down');
  return {
    kind: 'go',
    attemptId: attempt.id,
    try: attempt.try,
    message: {
      channelId: lead.channel_id,
      waId: lead.wa_id,
      phone: lead.phone,
      personId: lead.person_id,
      name: lead.name,
      template: lead.template,
      language: lead.language,
      buttons: lead.buttons,
    },
  };
}

type GateRow = {
  person_id: string;
  name: string;
  stage: string;
  status_value: string;
  converted: boolean;
  opted_out: boolean;
  recently_sent: boolean;
  phone: string;
  wa_id: string | null;
  reachable: boolean;
  channel_id: string;
  channel_state: string;
  template: string;
  language: string;
  buttons: string[];
  template_stopped: boolean;
  weekly_limit_until: Date | null;
  attempt_id: string | null;
  attempt_try: number | null;
  attempt_state: string | null;
  error_class: string | null;
};

const GATE = `
  select l.person_id, p.name, l.stage, l.status_value, l.converted_at is not null as converted,
    ${isSuppressed('l')} as opted_out,
    exists (select from referral o join send_attempt s on s.referral_id = o.id
            where o.lead_id = l.id and o.id <> $2 and s.state in ('begun', 'accepted')
            and s.begun_at > now() - make_interval(hours => $4)) as recently_sent,
    (select s.begun_at + interval '7 days' from lead pl join referral o on o.lead_id = pl.id
       join send_attempt s on s.referral_id = o.id
     where pl.person_id = l.person_id and s.state in ('begun', 'accepted')
       and s.begun_at > now() - interval '7 days'
     order by s.begun_at desc offset $5 - 1 limit 1) as weekly_limit_until,
    r.phone, w.value as wa_id, ph.person_id is not null or w.value is not null as reachable, ch.id as channel_id,
    case when ${isPaused('ch')} then 'paused' else 'active' end as channel_state,
    t.template, t.language, t.buttons,
    exists (select from template_stop ts where ts.channel_id = ch.id and ts.template = t.template
            and ts.language = t.language) as template_stopped,
    a.id as attempt_id, a.try as attempt_try, a.state as attempt_state, a.error_class
  from lead l
  join person p on p.id = l.person_id
  join referral r on r.id = $2
  join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
  join channel ch on ch.id = v.channel_id
  cross join lateral jsonb_to_record(v.definition -> $3) as t(template text, language text, buttons text[])
  left join person_identity ph on ph.kind = 'phone' and ph.value = r.phone and ph.person_id = l.person_id
  -- The newest number of theirs on WhatsApp, unless the referral's is newer and not known there yet.
  left join lateral (select value from person_identity i where i.person_id = l.person_id and i.kind = 'wa_id'
                     and (i.hash = ph.hash or i.created_at >= coalesce(ph.created_at, r.created_at))
                     order by i.created_at desc limit 1) w on true
  left join lateral (select id, try, state, error_class from send_attempt s
                     where s.referral_id = $2 and s.stage = $3 order by try desc limit 1) a on true
  where l.id = $1`;

const BEGIN_ATTEMPT = `
  with m as (
    insert into message (tenant_id, lead_id, referral_id, person_id, channel_id, direction, stage, kind, template, state)
    select current_tenant(), l.id, $2, l.person_id, v.channel_id, 'out', $3, 'template', $5, 'queued'
    from lead l join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version where l.id = $1
    on conflict (tenant_id, referral_id, stage) where direction = 'out'
    do update set state = 'queued', failed_at = null, error_code = null, error_text = null
    returning id, channel_id),
  released as (${released('$1')})
  insert into send_attempt (tenant_id, message_id, lead_id, referral_id, channel_id, stage, try)
  select current_tenant(), m.id, $1, $2, m.channel_id, $3, $4 from m
  returning id, try`;

/**
 * Records that WhatsApp took the message; what its sending waited for needs no attention any more. One that
 * WhatsApp keeps back for now (`held`) does not count as sent until a status says so.
 */
export async function attemptAccepted(
  { query }: TenantRows,
  attemptId: string,
  wamid: string,
  held = false,
): Promise<void> {
  await query(
    `with a as (
       update send_attempt set state = 'accepted', wamid = $2, ended_at = coalesce(ended_at, now())
       where id = $1 returning message_id, lead_id),
     l as (
       update lead set attention = null from a where lead.id = a.lead_id
         and attention in ('channel_paused', 'template_stopped', 'weekly_limit', 'send_unknown', 'step_failing'))
     update message m set wamid = $2,
       sent_at = case when $3 then m.sent_at else coalesce(m.sent_at, now()) end,
       state = case when m.state = 'queued' and not $3 then 'sent' else m.state end
     from a where m.id = a.message_id`,
    [attemptId, wamid, held],
  );
}

/**
 * Writes down what the lead's message waits for: since its first reason, until that of now ends. A person is asked
 * for once a reason; the quiet hours of every day need nobody.
 */
export async function holdLead(
  { query }: TenantRows,
  leadId: string,
  hold: { reason: Hold; until: Date | null },
): Promise<void> {
  await query(
    `update lead set held_reason = $2, held_since = coalesce(held_since, now()), held_until = $3,
       attention = case
         when held_reason is not distinct from $2 then attention
         when $2 <> 'quiet_hours' then $2
         when attention = held_reason then null
         else attention end,
       attention_at = case when $2 <> 'quiet_hours' and held_reason is distinct from $2 then now() else attention_at end
     where id = $1 and stage <> 'closed' and (held_reason, held_until) is distinct from ($2, $3::timestamptz)`,
    [leadId, hold.reason, hold.until],
  );
}

/** The lead's message waits no longer, as it will not leave. */
export async function releaseLead({ query }: TenantRows, leadId: string): Promise<void> {
  await query(released('$1'), [leadId]);
}

/** Records that WhatsApp turned the message down, clearly: it did not leave. */
export async function attemptRefused(
  { query }: TenantRows,
  attemptId: string,
  error: { class: string; code: number | null; text: string },
): Promise<void> {
  await query(
    `with a as (
       update send_attempt set state = 'refused', error_class = $2, error_code = $3, error_text = $4, ended_at = now()
       where id = $1 and state = 'begun' returning message_id)
     update message m set state = 'failed', failed_at = now(), error_code = $3, error_text = $4
     from a where m.id = a.message_id and m.state = 'queued'`,
    [attemptId, error.class, error.code, error.text],
  );
}

/** From the gate to the end of the call; an attempt that is younger, and not known to have ended, may still leave. */
export const LONGEST_CALL_SECONDS = 20;

/** Records that the call ended without an answer that tells whether the message left. */
export async function attemptUnanswered({ query }: TenantRows, attemptId: string): Promise<void> {
  await query(`update send_attempt set ended_at = now() where id = $1 and state = 'begun'`, [attemptId]);
}

export type Settlement = 'accepted' | 'not_sent' | 'refused' | 'undecided';

/**
 * Settles an attempt of which nobody knows whether it left. A status webhook that named it has settled it
 * already; otherwise, where the grace time is over although a message sent later on the same channel has had
 * its status for half of it, this one was not sent: after an outage of ours, statuses come again in any order. While
 * the channel is silent altogether, or a status that names the attempt has come and is not applied, it stays
 * undecided.
 */
export async function settleAttempt(
  { query }: TenantRows,
  attemptId: string,
  graceSeconds: number,
): Promise<Settlement> {
  const [attempt] = await query<{ state: string; missed: boolean }>(
    `select a.state,
       a.begun_at < now() - make_interval(secs => case when a.ended_at is null then greatest($2::float8, $3) else $2::float8 end)
       and exists (
         select from send_attempt later where later.channel_id = a.channel_id
         and later.begun_at > a.begun_at and later.reported_at < now() - make_interval(secs => $2::float8 / 2))
       and not exists (
         select from inbox_event e where e.state in ('pending', 'dead')
         and e.source = 'whatsapp' and e.kind = 'status' and e.payload ->> 'attemptId' = a.id::text) as missed
     from send_attempt a where a.id = $1 for update`,
    [attemptId, graceSeconds, LONGEST_CALL_SECONDS],
  );
  if (!attempt) throw new Error(`attempt ${attemptId} is not there`);
  if (attempt.state === 'begun' && !attempt.missed) return 'undecided';
  if (attempt.state !== 'begun') return attempt.state as Settlement;
  await decideAttempt({ query }, attemptId, 'not_sent', 'silence');
  return 'not_sent';
}

/** Writes down how an open attempt ended, and who found out. Returns false where it was settled before. */
export async function decideAttempt(
  { query }: Pick<TenantRows, 'query'>,
  attemptId: string,
  ended: 'accepted' | 'not_sent',
  by: 'status' | 'silence' | 'person',
): Promise<boolean> {
  const settled = await query<{ message_id: string }>(
    `update send_attempt set state = $2, settled_by = $3, ended_at = now()
     where id = $1 and state = 'begun' returning message_id`,
    [attemptId, ended, by],
  );
  if (settled[0] && ended === 'accepted') {
    await query(
      `update message set state = case when state = 'queued' then 'sent' else state end,
         sent_at = coalesce(sent_at, now()) where id = $1`,
      [settled[0].message_id],
    );
  }
  return settled.length > 0;
}

/** Stops a channel: its leads wait until a person lifts the stop. */
export async function pauseChannel({ query }: TenantRows, channelId: string, reason: string): Promise<void> {
  await query(
    `update channel c set state = 'paused', pause_reason = $2, paused_by = 'error', paused_until = null
     where id = $1 and not ${isPaused('c')}`,
    [channelId, reason],
  );
}

/** Stops one template of a channel: what would send it waits until the stop is lifted. */
export async function stopTemplate(
  { query }: TenantRows,
  stop: { channelId: string; template: string; language: string; reason: string },
): Promise<void> {
  await query(
    `insert into template_stop (tenant_id, channel_id, template, language, reason)
     values (current_tenant(), $1, $2, $3, $4) on conflict do nothing`,
    [stop.channelId, stop.template, stop.language, stop.reason],
  );
}
