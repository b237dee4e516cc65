import { fullerName } from '../domain/person-name.ts';
import type { TenantRows } from './database.ts';
import { leaveWord, type OutboxEntry } from './outbox.ts';

/**
 * Makes two people one: everything of the younger's is the older's from now on. Where both have an open lead in one
 * flow, the older lead goes on as if the other's referrals had joined it, and the younger is closed as merged.
 *
 * Both people must be locked. To be called by `recognise` alone, which finds out that they are one.
 */
export async function mergePeople(rows: TenantRows, keptId: string, goneId: string): Promise<void> {
  const { query } = rows;
  const open = await query<{ id: string; flow_id: string }>(
    `select id, flow_id from lead where person_id in ($1, $2) and stage <> 'closed'
     order by created_at, id for no key update`,
    [keptId, goneId],
  );
  for (const [older, younger] of Map.groupBy(open, (lead) => lead.flow_id).values()) {
    if (older && younger) await mergeLeads(rows, [keptId, goneId], older.id, younger.id);
  }
  const names = await query<{ id: string; name: string }>(
    'select id, name from person where id in ($1, $2)',
    [keptId, goneId],
  );
  const nameOf = (id: string) => names.find((person) => person.id === id)?.name ?? '';
  await Promise.all([
    query('update person_identity set person_id = $1 where person_id = $2', [keptId, goneId]),
    query(
      `with led as (
         update lead set person_id = $1 where person_id = $2 returning id),
       referred as (
         update referral set person_id = $1 where lead_id = any (array(select id from led)))
       update message set person_id = $1 where lead_id = any (array(select id from led))`,
      [keptId, goneId],
    ),
    query(
      `with gone as (
         update person set merged_into = $1, updated_at = now() where id = $2 returning email, cnpj)
       update person p set name = $3, email = coalesce(p.email, gone.email), cnpj = coalesce(p.cnpj, gone.cnpj),
         updated_at = now()
       from gone where p.id = $1`,
      [keptId, goneId, fullerName(nameOf(goneId), nameOf(keptId))],
    ),
  ]);
}

/**
 * The referrals of the younger lead stay where they are and count for the older one, too: the newest of all says
 * whose lead it is and how it stands. What became of the younger besides is not lost either.
 */
async function mergeLeads(
  rows: TenantRows,
  people: readonly string[],
  olderId: string,
  youngerId: string,
): Promise<void> {
  const { query } = rows;
  const [joined] = await query<{ referral_id: string; taken_over: boolean; converted: boolean }>(
    `update lead o set
       referral_count = o.referral_count + y.referral_count, updated_at = now(),
       referral_id = newest.referral_id, status_value = newest.status_value,
       consultant_id = newest.consultant_id, consultant_name = newest.consultant_name,
       converted_at = coalesce(o.converted_at, y.converted_at),
       agent_wrote_at = greatest(o.agent_wrote_at, y.agent_wrote_at),
       replied_at = greatest(o.replied_at, y.replied_at), messaged_at = least(o.messaged_at, y.messaged_at),
       chatwoot_contact_id = talk.chatwoot_contact_id, chatwoot_conversation_id = talk.chatwoot_conversation_id,
       assigned_consultant_id = talk.assigned_consultant_id,
       assigned_consultant_name = talk.assigned_consultant_name,
       attention = case when newest.id = y.id then coalesce(y.attention,
           case when o.attention not in ('consultant_unknown', 'consultant_without_agent') then o.attention end)
         else coalesce(o.attention, y.attention) end,
       attention_at = coalesce(y.attention_at, o.attention_at)
     from lead y, referral ry, lead was, referral ro, lead newest, lead talk
     where o.id = $1 and y.id = $2 and was.id = o.id and ry.id = y.referral_id and ro.id = was.referral_id
       and newest.id = case when (ry.created_at, ry.id) > (ro.created_at, ro.id) then y.id else was.id end
       and talk.id = case when was.chatwoot_conversation_id is null and y.chatwoot_conversation_id is not null
         then y.id else was.id end
     returning o.referral_id, newest.id = y.id as taken_over, was.converted_at is null and y.converted_at is not null
       as converted`,
    [olderId, youngerId],
  );
  if (!joined) throw new Error(`lead ${youngerId} could not be merged`);
  await query(
    `with closed as (
       update lead set stage = 'closed', outcome = 'merged', merged_into = $1, closed_at = now(), updated_at = now(),
         wake_at = null, attention = null where id = $2 returning id, referral_id, rework_count),
     earlier as (
       update lead set merged_into = $1 where person_id = any ($3) and merged_into = $2)
     insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'closed', jsonb_build_object('outcome', 'merged', 'merged_into', $1::text), now() from closed
     union all
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'merged', jsonb_build_object('lead_id', $2::text, 'consultant', consultant_name, 'status', status_value), now()
     from lead where id = $1`,
    [olderId, youngerId, people],
  );
  const { referral_id: referralId, taken_over, converted } = joined;
  const words: { leadId: string; kind: OutboxEntry['kind']; payload: OutboxEntry['payload'] }[] = [
    { leadId: youngerId, kind: 'cancel', payload: {} },
  ];
  if (taken_over) words.push({ leadId: olderId, kind: 'signal', payload: { type: 'referred', referralId } });
  if (converted) words.push({ leadId: olderId, kind: 'signal', payload: { type: 'conversion' } });
  await leaveWord(rows, words);
}
