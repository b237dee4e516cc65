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

/**
 * Key that this product puts into the `content_attributes` of every message it creates in Chatwoot:
 * nothing else tells such a message from an agent's own when it comes back as a webhook.
 */
export const OWN_MESSAGE_MARK = 'lead_flow';

/** A message in a Chatwoot webhook. */
export type ChatwootMessage = {
  id: number;
  /** `other`: activity lines and templates sent by Chatwoot itself. */
  direction: 'incoming' | 'outgoing' | 'other';
  /** A private note, which the person never sees. */
  private: boolean;
  text: string | null;
  /** Written by a program: marked as ours, or sent by an agent bot. Unmarked API messages look like an agent's. */
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
  agentId: number | null;
  teamId: number | null;
  labels: string[] | null;
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
  return {
    event,
    accountId: integerOf(
      objectOf(root.account).id ?? objectOf(conversation.account).id ?? conversation.account_id,
    ),
    inboxId: integerOf(conversation.inbox_id ?? objectOf(root.inbox).id ?? contactInbox.inbox_id),
    conversationId: integerOf(conversation.id),
    contactId: event.startsWith('contact_')
      ? integerOf(root.id)
      : (integerOf(objectOf(meta.sender).id) ??
        integerOf(contactInbox.contact_id) ??
        (message?.direction === 'incoming' ? integerOf(objectOf(root.sender).id) : null)),
    agentId: integerOf(objectOf(meta.assignee).id),
    teamId: integerOf(objectOf(meta.team).id),
    labels: labelsOf(conversation.labels),
    status: statusOf(conversation.status),
    message,
  };
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
  const marked = Object.hasOwn(objectOf(root.content_attributes), OWN_MESSAGE_MARK);
  return {
    id,
    direction,
    private: root.private === true || root.private === 'true',
    text: textOf(root.content),
    fromApi: marked || senderType === 'agent_bot' || senderType === 'agentbot',
    agentId: direction === 'outgoing' && senderType === 'user' ? integerOf(sender.id) : null,
    sourceId: idOf(root.source_id),
    createdAt: createdAtOf(root.created_at),
  };
}

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

function createdAtOf(value: unknown): string | null {
  const seconds = integerOf(value);
  const date = new Date(seconds === null ? (textOf(value) ?? Number.NaN) : seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? date.toISOString() : null;
}
