import type { LeadInHand } from '../src/db/steps.ts';
import { formatCnpj } from '../src/domain/cnpj.ts';
import { formatPhone } from '../src/domain/phone.ts';
import {
  addLabels,
  assignAgent,
  assignTeam,
  type ChatwootConnection,
  ChatwootError,
  createConversation,
  listAgents,
  listContactConversations,
  listMessages,
  postMessage,
} from '../src/providers/chatwoot/client.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { type InHand, onceActivity, stepActivity } from './steps.ts';

/** The custom attribute by which a conversation of ours is found again after a time-out. */
const STEP_ATTRIBUTE = 'lead_flow_step';

/** Steps on the lead's conversation in Chatwoot. Notes are private: a public message would reach the person. */
export function conversationActivities(deps: Dependencies) {
  return {
    /**
     * Opens a new conversation, in rework too, that is the consultant's from its beginning; one that an earlier
     * run of this step made is taken instead.
     */
    createConversation: onceActivity(deps, 'create_conversation', async (hand, of) => {
      const opened = await openConversation(hand, of);
      return {
        kind: 'conversation_created',
        result: opened,
        conversationId: opened.conversationId,
        assigned: true,
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
): Promise<{ conversationId: number; assignedTo: Assignee['to'] }> {
  if (lead.contactId === null) throw new Error('the lead has no contact yet');
  const assignee = await assigneeOf(chatwoot, lead);
  if (repeated) {
    const ours = (await conversationsOf(chatwoot, lead)).find(
      (conversation) => conversation.customAttributes[STEP_ATTRIBUTE] === key,
    );
    if (ours) return { conversationId: ours.id, assignedTo: assignee.to };
  }
  const conversation = {
    inboxId: lead.inboxId,
    contactId: lead.contactId,
    status: 'open' as const,
    customAttributes: { [STEP_ATTRIBUTE]: key, lead_flow_lead: of.leadId },
  };
  try {
    const { id } = await createConversation(chatwoot, { ...conversation, ...assignee.address });
    return { conversationId: id, assignedTo: assignee.to };
  } catch (error) {
    // The agent or team is gone, which Chatwoot may say by refusing the whole conversation.
    if (!(error instanceof ChatwootError) || (error.kind !== 'not_found' && error.kind !== 'refused'))
      throw error;
    const { id } = await createConversation(chatwoot, conversation);
    return { conversationId: id, assignedTo: 'nobody' };
  }
}

/** Who gets a conversation. */
type Assignee = { to: 'agent' | 'team' | 'nobody'; address: { assigneeId?: number; teamId?: number } };

/** The consultant's agent; the team where there is no such agent or they are offline. */
async function assigneeOf(chatwoot: ChatwootConnection, lead: LeadInHand): Promise<Assignee> {
  const agentId = await agentOf(chatwoot, lead);
  if (agentId !== null) return { to: 'agent', address: { assigneeId: agentId } };
  if (lead.teamId !== null) return { to: 'team', address: { teamId: lead.teamId } };
  return { to: 'nobody', address: {} };
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

async function leaveNote({ lead, chatwoot, repeated, key }: InHand, content: string): Promise<void> {
  if (lead.conversationId === null) return;
  if (repeated) {
    const notes = await listMessages(chatwoot, lead.conversationId);
    if (notes.some((note) => note.sourceId === key || note.content === content)) return;
  }
  await postMessage(chatwoot, lead.conversationId, {
    content,
    private: true,
    contentAttributes: { lead_flow: key },
    sourceId: key,
  });
}

async function agentOf(chatwoot: ChatwootConnection, lead: LeadInHand): Promise<number | null> {
  if (lead.consultantId === null || (lead.agentId === null && lead.consultantEmail === null)) return null;
  const email = lead.consultantEmail?.toLowerCase();
  const agent = (await agentsOf(chatwoot)).find(
    (candidate) => candidate.id === lead.agentId || (email && candidate.email?.toLowerCase() === email),
  );
  return agent && agent.availability !== 'offline' ? agent.id : null;
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
