import {
  isOurInbox,
  type LeadOfConversation,
  leadsOfConversation,
  noteAgentWrote,
  openLeadsOf,
  settleTalk,
} from '../db/conversations.ts';
import { findPerson, identitiesOf, livingPerson } from '../db/identities.ts';
import { recordConversion, recordOptOut } from '../db/journeys.ts';
import { leadsOf } from '../db/leads.ts';
import { noteIdentities } from '../db/names.ts';
import { leaveWord } from '../db/outbox.ts';
import { personOfIdentifier } from '../domain/chatwoot-marks.ts';
import type { ChatwootEvent, ChatwootMessage } from '../domain/chatwoot-webhook.ts';
import { isOptOut } from '../domain/opt-out.ts';
import type { ApplyContext } from './context.ts';

/** An event of Chatwoot, and the connection it came by. */
type Heard = { event: ChatwootEvent; connectionId: string };

/**
 * Applies what Chatwoot tells: labels that mean something, agents who write, people who say stop, contacts of ours.
 * Everything else is kept, and has no effect; a conversation merely resolved among it. The same told twice has one
 * effect, as Chatwoot may repeat itself and the sweep asks again.
 */
export async function applyChatwootEvent(
  context: ApplyContext,
  event: ChatwootEvent,
  connectionId: string,
): Promise<string> {
  const heard = { event, connectionId };
  switch (event.event) {
    case 'conversation_updated':
      return applyLabels(context, heard);
    case 'message_created':
      return event.message ? applyMessage(context, heard, event.message) : 'kept';
    case 'contact_created':
    case 'contact_updated':
      return linkContact(context, event);
    default:
      return 'kept';
  }
}

/**
 * The label that means a sale, on any of the person's conversations, converts their open leads. One that postpones
 * or forbids the rework is told to the workflow, which reads the labels itself.
 */
async function applyLabels(context: ApplyContext, { event, connectionId }: Heard): Promise<string> {
  const { rows, settings } = context;
  const { convertedLabel, postponeLabel, noReworkLabel } = settings;
  const fresh = event.addedLabels ?? event.labels ?? [];
  const sold = fresh.includes(convertedLabel);
  const steers = fresh.includes(postponeLabel) || fresh.includes(noReworkLabel);
  if (!sold && !steers) return 'kept';
  const whose = await whoseConversation(context, { event, connectionId });
  if (!whose) return 'no_lead';

  // Where nobody says that the label is new, it may stand there since an earlier lead was sold by it.
  const counted = !event.addedLabels && whose.leads.some((lead) => lead.stage === 'closed' && lead.converted);
  if (sold && !counted) {
    const leads = await leadsOf(rows, { personId: whose.personId });
    if ((await recordConversion(rows, leads, 'chatwoot_label')).length > 0) return 'converted';
  }
  if (!steers) return 'known';
  const open = await openLeads(context, whose);
  const labelled = { kind: 'signal' as const, payload: { type: 'labelled' as const } };
  await leaveWord(
    rows,
    open.map((leadId) => ({ leadId, ...labelled })),
  );
  return open.length > 0 ? 'labelled' : 'known';
}

/** Replies come from WhatsApp itself; of what Chatwoot shows of them only a stop counts. */
async function applyMessage(context: ApplyContext, heard: Heard, message: ChatwootMessage): Promise<string> {
  if (message.private || message.fromApi) return 'kept';
  if (message.direction === 'incoming') return applyStop(context, heard, message.text ?? '');
  if (message.direction !== 'outgoing' || message.agentId === null) return 'kept';

  const whose = await whoseConversation(context, heard);
  if (whose) await settleTalk(context.rows, whose.personId, message.createdAt);
  const open = whose ? await openLeads(context, whose) : [];
  if (open.length === 0) return 'no_lead';
  const { zone } = context.settings;
  await noteAgentWrote(context.rows, open, { at: message.createdAt, agentId: message.agentId, zone });
  return 'agent_wrote';
}

/** A stop counts in the conversations of our leads and in our numbers' inboxes: elsewhere the word means other things. */
async function applyStop(context: ApplyContext, heard: Heard, text: string): Promise<string> {
  const { rows, sealing, settings } = context;
  const { event, connectionId } = heard;
  if (!isOptOut(text, settings.optOutWords)) return 'kept';
  const whose = await whoseConversation(context, heard);
  const ours = whose?.leads.length || (await isOurInbox(rows, connectionId, event.inboxId));
  const names = event.waId ? { waId: event.waId } : { phone: event.contactPhone };
  const identities = identitiesOf(sealing, rows.tenantId, names);
  if (!ours || (!whose && identities.length === 0)) return 'no_lead';
  await recordOptOut(rows, { identities, personId: whose?.personId ?? null, source: 'chatwoot_message' });
  return 'opted_out';
}

/** A contact is somebody's where it carries our own identifier; a phone alone may be typed by anybody. */
async function linkContact({ rows, sealing }: ApplyContext, event: ChatwootEvent): Promise<string> {
  const named = personOfIdentifier(event.contactIdentifier);
  const personId = named && (await livingPerson(rows.query, named));
  const identities = identitiesOf(sealing, rows.tenantId, { chatwootContact: event.contactId });
  if (!personId || (await findPerson(rows.query, identities))) return 'kept';
  return (await noteIdentities(rows.query, personId, identities)) ? 'linked' : 'kept';
}

type Whose = { personId: string; leads: LeadOfConversation[] };

/** Whose conversation it is: that of a lead's person, of a known contact, or of somebody with the contact's number. */
async function whoseConversation(
  { rows, sealing }: ApplyContext,
  { event, connectionId }: Heard,
): Promise<Whose | null> {
  const leads = await leadsOfConversation(rows, { connectionId, conversationId: event.conversationId });
  const named = (names: Parameters<typeof identitiesOf>[2]) =>
    findPerson(rows.query, identitiesOf(sealing, rows.tenantId, names));
  const personId =
    leads[0]?.personId ??
    (await named({ chatwootContact: event.contactId })) ??
    (await named({ waId: event.waId, phone: event.contactPhone }));
  return personId ? { personId, leads } : null;
}

/** The open leads of the conversation, or else all the open ones of the person. */
async function openLeads({ rows }: ApplyContext, { personId, leads }: Whose): Promise<string[]> {
  const here = leads.filter((lead) => lead.stage !== 'closed').map((lead) => lead.id);
  return here.length > 0 ? here : openLeadsOf(rows, personId);
}
