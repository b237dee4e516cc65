import { addIdentities, findPerson, type Identity, identitiesOf } from '../db/identities.ts';
import { recordOptOut } from '../db/journeys.ts';
import { leaveWord } from '../db/outbox.ts';
import { type MessagePayload, optOutOf, type PreferencePayload } from '../domain/whatsapp-webhook.ts';
import type { ApplyContext } from './context.ts';

/** A person wrote or pressed a button: it joins their newest lead, whose workflow hears of it; or it is a stop. */
export async function applyMessage(context: ApplyContext, message: MessagePayload): Promise<string> {
  const { rows, sealing, settings } = context;
  const identities = identitiesOf(sealing, rows.tenantId, { waId: message.waId, bsuid: message.userId });
  const personId =
    (await findPerson(rows.query, identities)) ?? (await whoWasSent(context, message.contextWamid));
  if (personId) await addIdentities(rows.query, personId, identities);

  const stop = optOutOf(
    { kind: 'message', dedupeKey: '', phoneNumberId: null, payload: message },
    settings.optOutWords,
  );
  const kept = personId ? await keepMessage(context, personId, message) : null;
  if (stop) {
    await recordOptOut(rows, { identities, personId, source: 'whatsapp_message' });
    return 'opted_out';
  }
  if (!kept) return 'no_lead';
  if (kept.open) {
    await leaveWord(rows.query, [
      { leadId: kept.leadId, kind: 'signal', payload: { type: 'reply', messageId: kept.messageId } },
    ]);
  }
  return 'replied';
}

/** WhatsApp's own switch for marketing messages. Turned on again it lifts nothing: an opt-out holds for ever. */
export async function applyPreference(context: ApplyContext, preference: PreferencePayload): Promise<string> {
  if (preference.value !== 'stop') return 'kept';
  const { rows, sealing } = context;
  const identities: Identity[] = identitiesOf(sealing, rows.tenantId, {
    waId: preference.waId,
    bsuid: preference.userId,
  });
  const personId = await findPerson(rows.query, identities);
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

async function keepMessage(
  { rows }: ApplyContext,
  personId: string,
  message: MessagePayload,
): Promise<{ leadId: string; messageId: string; open: boolean } | null> {
  const [kept] = await rows.query<{ leadId: string; messageId: string; open: boolean }>(
    `with newest as (
       select l.id, l.referral_id, l.stage, l.rework_count, v.channel_id from lead l
       join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
       where l.person_id = $1 order by l.stage = 'closed', l.created_at desc limit 1),
     kept as (
       insert into message (tenant_id, lead_id, referral_id, person_id, channel_id, direction, stage, kind, body,
         button_payload, wamid, state, sent_at)
       select current_tenant(), id, referral_id, $1, channel_id, 'in',
         case when rework_count > 0 then 'rework' else 'main' end, $2, $3, $4, $5, 'received', $6 from newest
       on conflict (tenant_id, wamid) where wamid is not null do nothing returning id, lead_id, stage),
     noted as (
       insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
       select current_tenant(), n.id, n.referral_id, k.stage, 'replied',
         jsonb_build_object('kind', $2::text, 'button', $4::text), now()
       from kept k join newest n on n.id = k.lead_id)
     select k.lead_id as "leadId", k.id as "messageId", n.stage <> 'closed' as open
     from kept k join newest n on n.id = k.lead_id`,
    [personId, message.type, message.text, message.buttonPayload, message.wamid, message.at],
  );
  return kept ?? null;
}
