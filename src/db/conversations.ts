import type { Stage } from '../domain/lead.ts';
import type { TenantRows } from './database.ts';

/** A lead that has, or had, a conversation. */
export type LeadOfConversation = { id: string; personId: string; stage: Stage; converted: boolean };

/** Where in Chatwoot: ids mean something only within one connection. */
export type ConversationAt = { connectionId: string; conversationId: number | null };

/** The leads that a conversation belongs to, the newest first; more than one where it was taken up again. */
export async function leadsOfConversation(
  { query }: TenantRows,
  { connectionId, conversationId }: ConversationAt,
): Promise<LeadOfConversation[]> {
  return query<LeadOfConversation>(
    `select l.id, l.person_id as "personId", l.stage, l.converted_at is not null as converted
     from lead l join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
     where l.chatwoot_conversation_id = $2 and v.chatwoot_connection_id = $1 order by l.created_at desc`,
    [connectionId, conversationId],
  );
}

/** The conversations of leads that were sold before this one: their label tells nothing of it. */
export async function conversationsSoldBefore({ query }: TenantRows, leadId: string): Promise<number[]> {
  const sold = await query<{ id: number }>(
    `select s.chatwoot_conversation_id as id from lead l
     join lead s on s.person_id = l.person_id and s.id <> l.id
     where l.id = $1 and s.stage = 'closed' and s.converted_at < l.created_at
       and s.chatwoot_conversation_id is not null`,
    [leadId],
  );
  return sold.map((conversation) => conversation.id);
}

/** The person's open leads. */
export async function openLeadsOf({ query }: TenantRows, personId: string): Promise<string[]> {
  const leads = await query<{ id: string }>(
    `select id from lead where person_id = $1 and stage <> 'closed' order by created_at`,
    [personId],
  );
  return leads.map((lead) => lead.id);
}

/** Whether an inbox of Chatwoot is that of one of our numbers. */
export async function isOurInbox(
  { query }: TenantRows,
  connectionId: string,
  inboxId: number | null,
): Promise<boolean> {
  const [found] = await query(
    `select from flow_version v join channel ch on ch.id = v.channel_id
     where v.chatwoot_connection_id = $1 and ch.chatwoot_inbox_id = $2 limit 1`,
    [connectionId, inboxId],
  );
  return found !== undefined;
}

/**
 * Keeps when an agent last wrote to the person, for leads that are open; the timeline shows it once for each day
 * on the clocks of `zone`.
 *
 * @param wrote `agentId` is Chatwoot's; null: on the phone that shares the number
 */
export async function noteAgentWrote(
  { query }: TenantRows,
  leadIds: readonly string[],
  wrote: { at: string | null; agentId: number | null; zone: string },
): Promise<void> {
  await query(
    `with wrote as (
       select least(coalesce($2::timestamptz, now()), now()) as at),
     noted as (
       update lead set agent_wrote_at = greatest(agent_wrote_at, wrote.at) from wrote
       where id = any ($1) and stage <> 'closed' returning id, referral_id, rework_count, wrote.at)
     insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, step, detail, at)
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'agent_wrote', 'agent_wrote:' || to_char(at at time zone $4::text, 'YYYY-MM-DD'),
       jsonb_build_object('agent_id', $3::bigint), at from noted
     on conflict (tenant_id, lead_id, step) where step is not null do nothing`,
    [leadIds, wrote.at, wrote.agentId, wrote.zone],
  );
}

/** Somebody wrote to the person at `at`: whoever asked before for a talk, in whichever lead, is being seen to. */
export async function settleTalk({ query }: TenantRows, personId: string, at: string | null): Promise<void> {
  await query(
    `update lead set attention = null, attention_at = null where person_id = $1 and attention = 'wants_to_talk'
     and attention_at <= coalesce($2::timestamptz, now())`,
    [personId, at],
  );
}
