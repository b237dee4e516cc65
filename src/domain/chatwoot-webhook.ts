import { isOwnSourceId, OWN_MESSAGE_MARK } from './chatwoot-marks.ts';
import {
  idOf,
  integerOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  storable,
  textOf,
} from './loose-json.ts';
import { phoneFromWaId } from './phone.ts';

/** A message in a Chatwoot webhook. */
export type ChatwootMessage = {
  id: number;
  /** `other`: activity lines and templates sent by Chatwoot itself. */
  direction: 'incoming' | 'outgoing' | 'other';
  /** A private note, which the person never sees. */
  private: boolean;
  text: string | null;
  /**
   * Written by a program: marked as ours, or sent by a bot, a rule or a campaign of Chatwoot's own. What another
   * program posts with an agent's token looks like that agent's.
   */
  fromApi: boolean;
  /** The agent who wrote it; null for the person's own messages and for bots. */
  agentId: number | null;
  /** The provider's id, for WhatsApp the wamid. */
  sourceId: string | null;
  createdAt: string | null;
};

/**
 * One Chatwoot webhook. `conversationId` is the display id, as the API uses it; `agentId` and `teamId`
 * are the conversation's assignees. Whatever the webhook does not say is null.
 */
export type ChatwootEvent = {
  event: string;
  accountId: number | null;
  inboxId: number | null;
  conversationId: number | null;
  contactId: number | null;
  contactIdentifier: string | null;
  /** The contact's own number, E.164 in its canonical form. */
  contactPhone: string | null;
  /** Under which digits the inbox writes to the contact, where it is a WhatsApp inbox. */
  waId: string | null;
  agentId: number | null;
  teamId: number | null;
  labels: string[] | null;
  /** Those of them that this event added; null where it does not say what it changed. */
  addedLabels: string[] | null;
  status: string | null;
  message: ChatwootMessage | null;
};

/**
 * Reads a Chatwoot webhook body (parsed JSON); null if it is none. Takes webhook shapes (texts, ISO) and
 * REST shapes (integers, unix seconds) alike. Never throws.
 */
export function parseChatwootWebhook(body: unknown): ChatwootEvent | null {
  const root = objectOf(storable(body));
  const event = idOf(root.event);
  if (event === null) return null;

  const conversation = conversationOf(event, root);
  const meta = objectOf(conversation.meta);
  const contactInbox = objectOf(conversation.contact_inbox);
  const message = event.startsWith('message_') ? messageOf(root) : null;
  const contact = contactOf(event, root, message);
  const isWhatsApp = (textOf(conversation.channel) ?? textOf(meta.channel)) === 'Channel::Whatsapp';
  const labels = labelsOf(conversation.labels);
  return {
    event,
    accountId: integerOf(
      objectOf(root.account).id ?? objectOf(conversation.account).id ?? conversation.account_id,
    ),
    inboxId: integerOf(conversation.inbox_id ?? objectOf(root.inbox).id ?? contactInbox.inbox_id),
    conversationId: integerOf(conversation.id),
    contactId: integerOf(contact.id) ?? integerOf(contactInbox.contact_id),
    contactIdentifier: idOf(contact.identifier),
    contactPhone: phoneFromWaId(textOf(contact.phone_number) ?? ''),
    waId: isWhatsApp ? digitsOf(contactInbox.source_id) : null,
    agentId: integerOf(objectOf(meta.assignee).id),
    teamId: integerOf(objectOf(meta.team).id),
    labels,
    addedLabels: labels && addedOf(root.changed_attributes, labels),
    status: statusOf(conversation.status),
    message,
  };
}

function contactOf(event: string, root: JsonObject, message: ChatwootMessage | null): JsonObject {
  if (event.startsWith('contact_')) return root;
  const { sender } = objectOf(conversationOf(event, root).meta);
  if (isObject(sender)) return sender;
  return message?.direction === 'incoming' ? objectOf(root.sender) : {};
}

function conversationOf(event: string, root: JsonObject): JsonObject {
  // Typing events carry the conversation inside, the other conversation events are one.
  if (isObject(root.conversation)) return root.conversation;
  return event.startsWith('conversation_') ? root : {};
}

function messageOf(root: JsonObject): ChatwootMessage | null {
  const id = integerOf(root.id);
  if (id === null) return null;
  const direction = directionOf(root.message_type);
  const sender = objectOf(root.sender);
  const senderType = (textOf(sender.type) ?? textOf(root.sender_type) ?? '').toLowerCase();
  const sourceId = idOf(root.source_id);
  const attributes = objectOf(root.content_attributes);
  const ours = Object.hasOwn(attributes, OWN_MESSAGE_MARK) || isOwnSourceId(sourceId);
  const automatic =
    isSaid(attributes.automation_rule_id) || isSaid(objectOf(root.additional_attributes).campaign_id);
  const bot = senderType === 'agent_bot' || senderType === 'agentbot';
  return {
    id,
    direction,
    private: root.private === true || root.private === 'true',
    text: textOf(root.content),
    fromApi: ours || automatic || bot,
    agentId: direction === 'outgoing' && senderType === 'user' ? integerOf(sender.id) : null,
    sourceId,
    createdAt: createdAtOf(root.created_at),
  };
}

const isSaid = (value: unknown) => value !== undefined && value !== null;

function directionOf(type: unknown): ChatwootMessage['direction'] {
  if (type === 'incoming' || integerOf(type) === 0) return 'incoming';
  if (type === 'outgoing' || integerOf(type) === 1) return 'outgoing';
  return 'other';
}

const STATUSES = ['open', 'resolved', 'pending', 'snoozed'];

function statusOf(status: unknown): string | null {
  const number = integerOf(status);
  return number === null ? textOf(status) : (STATUSES[number] ?? null);
}

function labelsOf(labels: unknown): string[] | null {
  if (!Array.isArray(labels)) return null;
  return listOf(labels)
    .map((label) => textOf(label) ?? textOf(objectOf(label).title))
    .filter((label) => label !== null);
}

/** The labels that were not there before the change; all of it as little to be relied on as any webhook. */
function addedOf(changed: unknown, labels: readonly string[]): string[] | null {
  const changes = (Array.isArray(changed) ? changed : [changed]).filter(isObject);
  if (changes.length === 0) return null;
  const change = changes.map((one) => one.label_list).find((one) => one !== undefined);
  if (change === undefined) return [];
  const before = labelsOf(objectOf(change).previous_value);
  return before && labels.filter((label) => !before.includes(label));
}

function digitsOf(value: unknown): string | null {
  return /^\+?(\d{7,15})$/.exec(textOf(value) ?? '')?.[1] ?? null;
}

function createdAtOf(value: unknown): string | null {
  const seconds = integerOf(value);
  const date = new Date(seconds === null ? (textOf(value) ?? Number.NaN) : seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? date.toISOString() : null;
}
