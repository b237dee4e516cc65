import type { Stage } from '../domain/lead.ts';
import type { TenantRows } from './database.ts';

/** All that a step of a lead's journey works with. Personal data: never to be returned to a workflow. */
export type LeadInHand = {
  leadId: string;
  personId: string;
  name: string;
  email: string | null;
  cnpj: string | null;
  /** E.164 of the current referral. */
  phone: string;
  notes: string | null;
  origin: string;
  statusValue: string;
  stage: Stage;
  referralId: string;
  referralCount: number;
  referredAt: Date;
  consultantId: string | null;
  consultantName: string;
  consultantEmail: string | null;
  agentId: number | null;
  assignedConsultantId: string | null;
  assignedConsultantName: string | null;
  contactId: number | null;
  conversationId: number | null;
  channelId: string;
  chatwootConnectionId: string;
  inboxId: number;
  teamId: number | null;
  convertedAt: Date | null;
  wakeAt: Date | null;
  definition: FlowDefinition;
};

/** What a flow's version says: one template for each stage, with the meanings of its buttons in order. */
export type FlowDefinition = Record<
  'main' | 'rework',
  { template: string; language: string; buttons: string[] }
>;

/** One step of a lead's journey; `key` names it among all steps of the lead. */
export type Step = { kind: string; key: string; stage: 'main' | 'rework'; referralId: string };

export type StepResult = Record<string, string | number | boolean | null>;

/**
 * Opens a step of a lead's journey in its ledger and reads the lead.
 *
 * `done` is the result where the step was finished before. `repeated` is true where it was begun before and
 * nobody knows how it ended: then look whether it was done before doing it.
 */
export async function beginStep(
  { query }: TenantRows,
  leadId: string,
  step: Step,
): Promise<{ lead: LeadInHand; done: StepResult | null; repeated: boolean }> {
  const [begun, found] = await Promise.all([
    query<{ repeated: boolean; done: StepResult | null }>(
      `insert into lead_event (tenant_id, lead_id, stage, kind, step, referral_id)
       values (current_tenant(), $1, $2, $3, $4, $5)
       on conflict (tenant_id, lead_id, step) where step is not null do update set kind = lead_event.kind
       returning xmax <> 0 as repeated, case when at is not null then detail end as done`,
      [leadId, step.stage, step.kind, step.key, step.referralId],
    ),
    query<LeadInHand>(LEAD_IN_HAND, [leadId]),
  ]);
  if (!begun[0] || !found[0]) throw new Error(`lead ${leadId} is not there`);
  return { lead: found[0], ...begun[0] };
}

/** Reads the lead for a step that does no harm when it is done twice, and the step's result where it was done. */
export async function lookAtStep(
  { query }: TenantRows,
  leadId: string,
  step: Step,
): Promise<{ lead: LeadInHand; done: StepResult | null }> {
  const [finished, found] = await Promise.all([
    query<{ done: StepResult }>(
      'select detail as done from lead_event where lead_id = $1 and step = $2 and at is not null',
      [leadId, step.key],
    ),
    query<LeadInHand>(LEAD_IN_HAND, [leadId]),
  ]);
  if (!found[0]) throw new Error(`lead ${leadId} is not there`);
  return { lead: found[0], done: finished[0]?.done ?? null };
}

/** What asked for attention while a step did not succeed, and needs none once one has. */
const OVER_WHEN_DONE = ['chatwoot_unauthorized', 'chatwoot_unavailable', 'step_failing'];

/** What a step found out about its lead; what is left out stays as it was. */
export type StepFindings = {
  contactId?: number | null;
  conversationId?: number | null;
  /** The lead's present consultant now has the conversation. */
  assigned?: boolean;
  /** Whether Chatwoot has no agent for the lead's consultant, whom we know: somebody has to see to it. */
  withoutAgent?: boolean;
};

/** Finishes a step: its result stands in the ledger, and the timeline shows it under `kind`. */
export async function finishStep(
  { query }: TenantRows,
  leadId: string,
  step: Step,
  result: StepResult,
  lead: StepFindings = {},
): Promise<void> {
  await Promise.all([
    query(
      `insert into lead_event as e (tenant_id, lead_id, stage, kind, step, referral_id, detail, at)
       values (current_tenant(), $1, $2, $3, $4, $5, $6, now())
       on conflict (tenant_id, lead_id, step) where step is not null
       do update set kind = excluded.kind, detail = excluded.detail, at = excluded.at where e.at is null`,
      [leadId, step.stage, step.kind, step.key, step.referralId, JSON.stringify(result)],
    ),
    query(
      `update lead set updated_at = now(),
         chatwoot_contact_id = coalesce($2, chatwoot_contact_id),
         chatwoot_conversation_id = coalesce($3, chatwoot_conversation_id),
         assigned_consultant_id = case when $4 then consultant_id else assigned_consultant_id end,
         assigned_consultant_name = case when $4 then consultant_name else assigned_consultant_name end,
         attention = case
           when $5 and stage <> 'closed' and coalesce(attention, 'step_failing') = any ($6)
             then 'consultant_without_agent'
           when attention = any ($6) or (not $5 and attention = 'consultant_without_agent') then null
           else attention end,
         attention_at = case when $5 and stage <> 'closed' and coalesce(attention, 'step_failing') = any ($6)
           then now() else attention_at end
       where id = $1`,
      [
        leadId,
        lead.contactId ?? null,
        lead.conversationId ?? null,
        lead.assigned ?? false,
        lead.withoutAgent ?? null,
        OVER_WHEN_DONE,
      ],
    ),
  ]);
}

/** Reads a lead for work that needs no ledger. */
export async function readLead({ query }: TenantRows, leadId: string): Promise<LeadInHand> {
  const [lead] = await query<LeadInHand>(LEAD_IN_HAND, [leadId]);
  if (!lead) throw new Error(`lead ${leadId} is not there`);
  return lead;
}

/** Says on the lead that a person must look, by a code (`chatwoot_unauthorized`, `send_unknown` …). */
export async function askForAttention({ query }: TenantRows, leadId: string, code: string): Promise<void> {
  await query(`update lead set attention = $2, attention_at = now() where id = $1 and stage <> 'closed'`, [
    leadId,
    code,
  ]);
}

/** Writes one line into the timeline, where no line of the same step stands yet. */
export async function addEvent(
  { query }: TenantRows,
  leadId: string,
  event: { stage: 'main' | 'rework'; kind: string; detail?: Record<string, unknown> },
): Promise<void> {
  await query(
    `insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
     select current_tenant(), id, referral_id, $2, $3, $4, now() from lead where id = $1`,
    [leadId, event.stage, event.kind, JSON.stringify(event.detail ?? {})],
  );
}

const LEAD_IN_HAND = `
  select l.id as "leadId", l.person_id as "personId", p.name, p.email, p.cnpj, r.phone, r.notes, l.origin,
    l.status_value as "statusValue", l.stage, l.referral_id as "referralId", l.referral_count as "referralCount",
    r.created_at as "referredAt", l.consultant_id as "consultantId", l.consultant_name as "consultantName",
    c.email as "consultantEmail", c.chatwoot_agent_id as "agentId",
    l.assigned_consultant_id as "assignedConsultantId", l.assigned_consultant_name as "assignedConsultantName",
    l.chatwoot_contact_id as "contactId", l.chatwoot_conversation_id as "conversationId",
    v.channel_id as "channelId", v.chatwoot_connection_id as "chatwootConnectionId",
    ch.chatwoot_inbox_id as "inboxId", cw.team_id as "teamId", l.converted_at as "convertedAt", l.wake_at as "wakeAt",
    v.definition
  from lead l
  join person p on p.id = l.person_id
  join referral r on r.id = l.referral_id
  join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
  join channel ch on ch.id = v.channel_id
  join chatwoot_connection cw on cw.id = v.chatwoot_connection_id
  left join consultant c on c.id = l.consultant_id
  where l.id = $1`;
