import type { LeadInHand } from '../src/db/steps.ts';
import { formatCnpj } from '../src/domain/cnpj.ts';
import { formatPhone } from '../src/domain/phone.ts';
import {
  type Agent,
  addLabels,
  assignAgent,
  assignTeam,
  type ChatwootConnection,
  ChatwootError,
  createConversation,
  listAgents,
  listContactConversations,
} from '../src/providers/chatwoot/client.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { leaveNote } from './notes.ts';
import { type InHand, onceActivity, stepActivity } from './steps.ts';

/** The custom attribute by which a conversation of ours is found again after a time-out. */
const STEP_ATTRIBUTE = 'lead_flow_step';

/** Steps on the lead's conversation in Chatwoot. Notes are private: a public message would reach the person. */
export function conversationActivities(deps: Dependencies) {
  return {
    /**
     * Opens a new conversation, in rework too, that is the consultant's from its beginning; one that an earlier
     * run of this step made is taken instead. That of a first contact gets the referral's note.
     */
    createConversation: onceActivity(deps, 'create_conversation', async (hand, of) => {
      const { withoutAgent, ...opened } = await openConversation(hand, of);
      const { conversationId } = opened;
      const first = of.stage === 'main';
      if (first)
        await leaveNote({ ...hand, lead: { ...hand.lead, conversationId } }, referralNote(hand.lead));
      return {
        kind: 'conversation_created',
        ...(first ? { besides: 'referral_noted' } : {}),
        result: opened,
        conversationId,
        assigned: true,
        withoutAgent,
      };
    }),

    /** Takes up the contact's newest unresolved conversation in the channel's inbox, or else opens one. */
    adoptConversation: onceActivity(deps, 'adopt_conversation', async (hand, of) => {
      const { lead, chatwoot } = hand;
      const unresolved = (await conversationsOf(chatwoot, lead)).find(
        (conversation) => conversation.inboxId === lead.inboxId && conversation.status !== 'resolved',
      );
      const conversationId = unresolved?.id ?? (await openConversation(hand, of)).conversationId;
      return {
        kind: unresolved ? 'conversation_adopted' : 'conversation_created',
        result: { conversationId },
        conversationId,
      };
    }),

    /** The initial message: what the referral says, for whoever opens the conversation. */
    noteReferral: onceActivity(deps, 'note_referral', async (hand) => {
      await leaveNote(hand, referralNote(hand.lead));
      return { kind: 'referral_noted', result: {} };
    }),

    /**
     * Gives the conversation to the consultant's agent, or to the team where there is no such agent or they are
     * offline. `formerConsultant`: somebody else had it before.
     */
    assignConsultant: stepActivity(deps, 'assign_consultant', async ({ lead, chatwoot }) => {
      const assignee = await assigneeOf(chatwoot, lead);
      await assign(chatwoot, lead, assignee);
      const formerConsultant =
        lead.assignedConsultantName !== null && lead.assignedConsultantName !== lead.consultantName;
      return {
        kind: 'assigned',
        result: { assignedTo: assignee.to, formerConsultant },
        assigned: !formerConsultant,
        withoutAgent: assignee.withoutAgent,
      };
    }),

    /** Tells the consultant who had the conversation that it went to another. */
    tellFormerConsultant: onceActivity(deps, 'tell_former_consultant', async (hand) => {
      const { lead } = hand;
      await leaveNote(
        hand,
        `Nova indicação: a conversa passou de ${lead.assignedConsultantName ?? 'sem consultor'} para ` +
          `${lead.consultantName || 'a equipe'}.`,
      );
      return { kind: 'former_consultant_told', result: {}, assigned: true };
    }),

    /** Tells the consultant that nothing will reach the person at this number. */
    tellNoWhatsApp: onceActivity(deps, 'tell_no_whatsapp', async (hand) => {
      const phone = formatPhone(hand.lead.phone);
      await leaveNote(
        hand,
        `O número ${phone} não tem WhatsApp ou não pode receber mensagens: o lead foi encerrado sem retrabalho. ` +
          'Confira o telefone com a pessoa e faça uma nova indicação.',
      );
      return { kind: 'no_whatsapp_told', result: {} };
    }),

    /** Marks the conversation as reworked. */
    labelRework: stepActivity(deps, 'label_rework', async ({ lead, chatwoot }, of) => {
      const { reworkLabel } = await deps.settingsOf(of.tenantId);
      if (lead.conversationId !== null) await addLabels(chatwoot, lead.conversationId, [reworkLabel]);
      return { kind: 'rework_labelled', result: {} };
    }),

    /** Shows in Chatwoot that the person wants no more messages. */
    labelOptOut: onceActivity(deps, 'label_opt_out', async (hand, of) => {
      const { lead, chatwoot } = hand;
      const { optOutLabel } = await deps.settingsOf(of.tenantId);
      if (lead.conversationId !== null) {
        await addLabels(chatwoot, lead.conversationId, [optOutLabel]);
        await leaveNote(hand, 'A pessoa pediu descadastro. O Lead Flow não enviará mais mensagens a ela.');
      }
      return { kind: 'opt_out_labelled', result: {} };
    }),
  };
}

async function conversationsOf(chatwoot: ChatwootConnection, lead: LeadInHand) {
  return lead.contactId === null ? [] : listContactConversations(chatwoot, lead.contactId);
}

async function openConversation(
  { lead, chatwoot, repeated, key }: InHand,
  of: StepOf,
): Promise<{ conversationId: number; assignedTo: Assignee['to']; withoutAgent: boolean }> {
  if (lead.contactId === null) throw new Error('the lead has no contact yet');
  const assignee = await assigneeOf(chatwoot, lead);
  const { withoutAgent } = assignee;
  if (repeated) {
    const ours = (await conversationsOf(chatwoot, lead)).find(
      (conversation) => conversation.customAttributes[STEP_ATTRIBUTE] === key,
    );
    if (ours) return { conversationId: ours.id, assignedTo: assignee.to, withoutAgent };
  }
  const conversation = {
    inboxId: lead.inboxId,
    contactId: lead.contactId,
    status: 'open' as const,
    customAttributes: { [STEP_ATTRIBUTE]: key, lead_flow_lead: of.leadId },
  };
  const team = lead.teamId === null ? [] : [{ to: 'team' as const, address: { teamId: lead.teamId } }];
  // An agent or a team may just have gone, which Chatwoot may say by refusing the whole conversation.
  for (const { to, address } of [assignee, ...(assignee.to === 'agent' ? team : [])]) {
    try {
      const { id } = await createConversation(chatwoot, { ...conversation, ...address });
      return { conversationId: id, assignedTo: to, withoutAgent };
    } catch (error) {
      if (!(error instanceof ChatwootError) || (error.kind !== 'not_found' && error.kind !== 'refused'))
        throw error;
    }
  }
  const { id } = await createConversation(chatwoot, conversation);
  return { conversationId: id, assignedTo: 'nobody', withoutAgent };
}

/** Who gets a conversation. `withoutAgent`: we know the consultant, and Chatwoot has no agent for them. */
type Assignee = {
  to: 'agent' | 'team' | 'nobody';
  address: { assigneeId?: number; teamId?: number };
  withoutAgent: boolean;
};

/** The consultant's agent; the team where there is no such agent or they are offline. */
async function assigneeOf(chatwoot: ChatwootConnection, lead: LeadInHand): Promise<Assignee> {
  const agent = await agentOf(chatwoot, lead);
  const withoutAgent = lead.consultantId !== null && agent === null;
  if (agent && agent.availability !== 'offline') {
    return { to: 'agent', address: { assigneeId: agent.id }, withoutAgent };
  }
  if (lead.teamId !== null) return { to: 'team', address: { teamId: lead.teamId }, withoutAgent };
  return { to: 'nobody', address: {}, withoutAgent };
}

/** The agent, or the team where Chatwoot does not know the agent any more. */
async function assign(chatwoot: ChatwootConnection, lead: LeadInHand, { address }: Assignee): Promise<void> {
  const { conversationId, teamId } = lead;
  if (conversationId === null) return;
  if (address.assigneeId !== undefined) {
    try {
      return await assignAgent(chatwoot, conversationId, address.assigneeId);
    } catch (error) {
      if (!(error instanceof ChatwootError) || error.kind !== 'not_found') throw error;
    }
  }
  if (teamId !== null) await assignTeam(chatwoot, conversationId, teamId);
}

async function agentOf(chatwoot: ChatwootConnection, lead: LeadInHand): Promise<Agent | null> {
  if (lead.consultantId === null || (lead.agentId === null && lead.consultantEmail === null)) return null;
  const email = lead.consultantEmail?.toLowerCase();
  const agents = await agentsOf(chatwoot);
  const byId = agents.find((agent) => agent.id === lead.agentId);
  return byId ?? agents.find((agent) => email && agent.email?.toLowerCase() === email) ?? null;
}

/** How long the list of agents, and who of them is there, is used again, in milliseconds. */
const AGENTS_MS = 15_000;
const agentLists = new Map<string, { agents: ReturnType<typeof listAgents>; until: number }>();

function agentsOf(chatwoot: ChatwootConnection): ReturnType<typeof listAgents> {
  const key = `${chatwoot.baseUrl} ${chatwoot.accountId}`;
  const held = agentLists.get(key);
  if (held && held.until > Date.now()) return held.agents;
  const agents = listAgents(chatwoot);
  agentLists.set(key, { agents, until: Date.now() + AGENTS_MS });
  agents.catch(() => agentLists.delete(key));
  return agents;
}

function referralNote(lead: LeadInHand): string {
  return [
    `Indicação recebida${lead.consultantName ? ` de ${lead.consultantName}` : ''}`,
    `Nome: ${lead.name}`,
    `Telefone: ${formatPhone(lead.phone)}`,
    lead.cnpj ? `CNPJ: ${formatCnpj(lead.cnpj)}` : null,
    lead.email ? `E-mail: ${lead.email}` : null,
    `Status da indicação: ${lead.statusValue}`,
    lead.notes ? `Observações: ${lead.notes}` : null,
    'O modelo oficial do WhatsApp sai em seguida pelo Lead Flow.',
  ]
    .filter((line) => line !== null)
    .join('\n');
}
