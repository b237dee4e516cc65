import type { TenantRows } from './database.ts';
import { isSuppressed } from './identities.ts';
import { leaveWord } from './outbox.ts';
import { addEvent } from './steps.ts';

/**
 * Changes the referral status that the rework will be judged by, of a merged lead also where it goes on; the same
 * again, or no such lead, changes nothing.
 */
export async function changeStatus({ query }: TenantRows, leadId: string, status: string): Promise<void> {
  await query(
    `with changed as (
       update lead set status_value = $2, updated_at = now()
       where id in (select unnest(array[l.id, l.merged_into]) from lead l where l.id = $1) and status_value <> $2
       returning id, referral_id, rework_count)
     insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'status_changed', jsonb_build_object('status', $2::text), now() from changed`,
    [leadId, status],
  );
}

/** Why a lead is not reworked, whoever asks for it. */
export type NoRework =
  | 'erased'
  | 'opted_out'
  | 'converted'
  | 'closed'
  | 'in_rework'
  | 'not_qualified'
  /** Somebody has labelled the conversation so. */
  | 'no_rework_label'
  /** The phone is somebody else's now, and no other number of the person is known. */
  | 'phone_changed_hands';

/**
 * Asks the lead's workflow to rework it now, where it would; else says why not, and nothing is written. Null where
 * there is no such lead.
 *
 * @param by which values of the referral status count as qualified, and whether a label forbids the rework
 */
export async function askForRework(
  rows: TenantRows,
  leadId: string,
  by: { qualified: readonly string[]; forbidden: boolean },
): Promise<{ askedIn: 'main' | 'waiting' } | { refused: NoRework } | null> {
  const [lead] = await rows.query<{ stage: 'main' | 'waiting'; refused: NoRework | null }>(
    `select l.stage, case
       when l.outcome = 'erased' then 'erased'
       when l.outcome = 'opted_out' or ${isSuppressed('l')} then 'opted_out'
       when l.converted_at is not null or l.outcome = 'converted' then 'converted'
       when l.stage = 'closed' then 'closed'
       when l.stage = 'rework' then 'in_rework'
       when l.status_value <> all ($2) then 'not_qualified'
       when not exists (
         select from person_identity i where i.person_id = l.person_id and (i.kind = 'wa_id' or i.kind = 'phone'
           and i.value = (select r.phone from referral r where r.id = l.referral_id))) then 'phone_changed_hands'
       when $3 then 'no_rework_label'
       end as refused
     from lead l where l.id = $1 for no key update`,
    [leadId, by.qualified, by.forbidden],
  );
  if (!lead) return null;
  if (lead.refused) return { refused: lead.refused };
  await addEvent(rows, leadId, { stage: 'rework', kind: 'rework_asked_for' });
  await leaveWord(rows, [{ leadId, kind: 'signal', payload: { type: 'rework_now' } }]);
  return { askedIn: lead.stage };
}

/** A person has seen to what the lead asked attention for; the timeline keeps what it was. */
export async function clearAttention({ query }: TenantRows, leadId: string): Promise<void> {
  await query(
    `with cleared as (
       update lead set attention = null, attention_at = null where id = $1 and attention is not null
       returning id, referral_id, rework_count, old.attention as code)
     insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'attention_cleared', jsonb_build_object('code', code), now() from cleared`,
    [leadId],
  );
}
