import { findPerson, type Identity, identitiesOf } from '../db/identities.ts';
import { recordConversion, recordOptOut } from '../db/journeys.ts';
import { leaveWord } from '../db/outbox.ts';
import { recognise } from '../db/people.ts';
import { addEvent } from '../db/steps.ts';
import { type ButtonMeaning, type PressedButton, readButton } from '../domain/button.ts';
import type { LeadHappening } from '../domain/happening.ts';
import { type MessagePayload, optOutOf, type PreferencePayload } from '../domain/whatsapp-webhook.ts';
import type { ApplyContext } from './context.ts';

/**
 * A person wrote or pressed a button: it joins the lead that the button was sent for, or else their newest one. A
 * stop counts whatever it was said with; of other buttons their meaning, and everything else is a reply.
 */
export async function applyMessage(context: ApplyContext, message: MessagePayload): Promise<string> {
  const { rows, sealing, settings } = context;
  const identities = identitiesOf(sealing, rows.tenantId, { waId: message.waId, bsuid: message.userId });
  const pressed = readButton(message.buttonPayload);
  const refers = message.contextWamid !== null || pressed?.leadId != null;
  // What somebody refers to tells who they are only where their own names do not: a known person may quote another's.
  const hint =
    refers && !(await findPerson(rows.query, identities))
      ? ((await whoWasSent(context, message.contextWamid)) ?? (await whoseLead(context, pressed)))
      : null;
  const { at, profileName: name } = message;
  const { personId, changedHands } = await recognise(rows, { identities, personId: hint, at, name });

  const stop = optOutOf(
    { kind: 'message', dedupeKey: '', phoneNumberId: null, payload: message },
    settings.optOutWords,
  );
  if (stop && !personId) {
    // Who has the phone that was written to says so, also where it is not who was known under it.
    await recordOptOut(rows, { identities, personId: hint, source: 'whatsapp_message' });
  }
  const source = stop ? 'whatsapp_message' : null;
  return takeIn(context, message, { personId, changedHands, identities, stop: source });
}

/**
 * What somebody said, by whichever provider: `wamid` names it once for all. `leadId` is the lead it belongs to, and
 * `channelId` the channel it came by, where those are known otherwise than by the button and the lead.
 */
export type Said = Pick<MessagePayload, 'wamid' | 'type' | 'text' | 'buttonPayload' | 'at'> & {
  leadId?: string | null;
  channelId?: string | null;
};

/**
 * Keeps what somebody said and does what it asks for; returns what came of it.
 *
 * @param who `stop`: what to record an opt-out under, where this was one
 */
export async function takeIn(
  context: ApplyContext,
  said: Said,
  who: {
    personId: string | null;
    changedHands?: boolean;
    identities: readonly Identity[];
    stop: string | null;
  },
): Promise<string> {
  const { personId, identities, stop } = who;
  const pressed = readButton(said.buttonPayload);
  const leadId = said.leadId ?? pressed?.leadId ?? null;
  const kept = personId ? await keepMessage(context, personId, { ...said, leadId }) : null;
  if (stop) {
    await recordOptOut(context.rows, { identities, personId, source: stop });
    return 'opted_out';
  }
  if (!kept) return who.changedHands ? 'phone_changed_hands' : 'no_lead';
  if (kept.messageId === null) return 'known';
  if (kept.event !== 'replied') return kept.event;
  return actUpon(context, { ...kept, messageId: kept.messageId }, said.at, pressed?.meaning ?? null);
}

/** WhatsApp's own switch for marketing messages. Turned on again it lifts nothing: an opt-out holds for ever. */
export async function applyPreference(context: ApplyContext, preference: PreferencePayload): Promise<string> {
  if (preference.value !== 'stop') return 'kept';
  const { rows, sealing } = context;
  const { waId, userId: bsuid, at } = preference;
  const identities = identitiesOf(sealing, rows.tenantId, { waId, bsuid });
  const { personId } = await recognise(rows, { identities, at });
  await recordOptOut(rows, { identities, personId, source: 'whatsapp_preference' });
  return 'opted_out';
}

async function whoWasSent({ rows }: ApplyContext, wamid: string | null): Promise<string | null> {
  if (!wamid) return null;
  const [sent] = await rows.query<{ person_id: string }>('select person_id from message where wamid = $1', [
    wamid,
  ]);
  return sent?.person_id ?? null;
}

/** Our button can only be pressed by whom its template was sent to. */
async function whoseLead({ rows }: ApplyContext, pressed: PressedButton | null): Promise<string | null> {
  if (!pressed?.leadId) return null;
  const [lead] = await rows.query<{ person_id: string }>('select person_id from lead where id = $1', [
    pressed.leadId,
  ]);
  return lead?.person_id ?? null;
}

/** A message of the lead's; `messageId` is null where it was kept before, `event` what the timeline calls it. */
type Kept = {
  leadId: string;
  stage: 'main' | 'rework';
  open: boolean;
  messageId: string | null;
  event: string;
};

/** What people do to a message without saying anything: no reply that a journey would end with. */
const NO_REPLIES: Readonly<Record<string, string>> = {
  reaction: 'reacted',
  edit: 'edited',
  revoke: 'revoked',
};

/** Does what a reply, or the button's meaning, asks for; returns what came of it. */
async function actUpon(
  { rows }: ApplyContext,
  { leadId, stage, open, messageId }: Kept & { messageId: string },
  at: string,
  meaning: ButtonMeaning | null,
): Promise<string> {
  const tell = async (payload: LeadHappening) => {
    if (open) await leaveWord(rows, [{ leadId, kind: 'signal', payload }]);
  };
  switch (meaning) {
    case 'convert':
      return (await recordConversion(rows, [leadId], 'button')).length > 0 ? 'converted' : 'known';
    case 'not_interested':
      await addEvent(rows, leadId, { stage, kind: 'not_interested' });
      await tell({ type: 'not_interested' });
      return 'not_interested';
    case 'talk':
      await askForTalk(rows, leadId, at);
      await tell({ type: 'reply', messageId });
      return 'wants_to_talk';
    default:
      await tell({ type: 'reply', messageId });
      return 'replied';
  }
}

/**
 * Somebody is to talk to the person, also where the lead is closed: a rework is closed as soon as it is read. Not
 * where an agent has written since.
 */
async function askForTalk({ query }: ApplyContext['rows'], leadId: string, at: string): Promise<void> {
  await query(
    `update lead set attention = 'wants_to_talk', attention_at = least($2::timestamptz, now())
     where id = $1 and (agent_wrote_at is null or agent_wrote_at < $2)`,
    [leadId, at],
  );
}

/**
 * Keeps a message with the lead it belongs to: that of the button, or the open one of the same flow where that is
 * closed; else the person's newest, an open one first.
 */
async function keepMessage({ rows }: ApplyContext, personId: string, message: Said): Promise<Kept | null> {
  const event = (Object.hasOwn(NO_REPLIES, message.type) && NO_REPLIES[message.type]) || 'replied';
  const detail =
    event === 'reacted' ? { emoji: message.text } : { kind: message.type, button: message.buttonPayload };
  const [kept] = await rows.query<Omit<Kept, 'event'>>(
    `with named as (
       select t.id, t.flow_id from lead l join lead t on t.id = coalesce(l.merged_into, l.id)
       where l.id = $2 and t.person_id = $1),
     chosen as (
       select l.id, l.referral_id, l.stage, l.rework_count, v.channel_id from lead l
       join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
       left join named n on true
       where l.person_id = $1 and l.merged_into is null
       order by coalesce(l.flow_id = n.flow_id and l.stage <> 'closed', false) desc,
         coalesce(l.id = n.id, false) desc, l.stage = 'closed', l.created_at desc limit 1),
     kept as (
       insert into message (tenant_id, lead_id, referral_id, person_id, channel_id, direction, stage, kind, body,
         button_payload, wamid, state, sent_at)
       select current_tenant(), id, referral_id, $1, coalesce($10, channel_id), 'in',
         case when rework_count > 0 then 'rework' else 'main' end, $3, $4, $5, $6, 'received', $7 from chosen
       on conflict (tenant_id, wamid) where wamid is not null do nothing returning id, stage),
     noted as (
       insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
       select current_tenant(), c.id, c.referral_id, k.stage, $8, $9, now() from kept k cross join chosen c)
     select c.id as "leadId", case when c.rework_count > 0 then 'rework' else 'main' end as stage,
       c.stage <> 'closed' as open, k.id as "messageId"
     from chosen c left join kept k on true`,
    [
      personId,
      message.leadId ?? null,
      message.type,
      message.text,
      message.buttonPayload,
      message.wamid,
      message.at,
      event,
      JSON.stringify(detail),
      message.channelId ?? null,
    ],
  );
  return kept ? { ...kept, event } : null;
}
