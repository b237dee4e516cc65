import { objectOf } from '../../domain/loose-json.ts';
import {
  type ChatwootConnection,
  call,
  dateOf,
  type Json,
  nullWhenNotFound,
  numberOf,
  textOf,
} from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** A conversation's state. */
export type ConversationStatus = 'open' | 'resolved' | 'pending' | 'snoozed';

/** A conversation. `id` is what the API and people call it: its display id, unique in the account. */
export type Conversation = {
  id: number;
  contactId: number | null;
  inboxId: number;
  status: ConversationStatus;
  labels: string[];
  customAttributes: Json;
  assigneeId: number | null;
  teamId: number | null;
  createdAt: Date | null;
  lastActivityAt: Date | null;
};

/** A new conversation. Without `sourceId` Chatwoot takes (or makes) the contact's address in the inbox. */
export type NewConversation = {
  sourceId?: string | null;
  inboxId: number;
  contactId: number;
  assigneeId?: number | null;
  teamId?: number | null;
  status?: ConversationStatus;
  customAttributes?: Json;
};

/**
 * The contact's conversations in all inboxes, newest first (Chatwoot gives the last 20).
 *
 * @throws ChatwootError `not_found` where the contact is gone
 */
export async function listContactConversations(
  c: ChatwootConnection,
  contactId: number,
  signal?: AbortSignal,
): Promise<Conversation[]> {
  const answer = await call(c, 'GET', `/contacts/${contactId}/conversations`, undefined, signal);
  const { payload } = objectOf(answer.body);
  if (!Array.isArray(payload)) throw errorOfOddAnswer(answer.status, 'payload');
  return payload.map((raw) => toConversation(raw, answer.status)).sort((a, b) => b.id - a.id);
}

/**
 * One conversation, or null where there is none (any more).
 *
 * @throws ChatwootError
 */
export async function getConversation(
  c: ChatwootConnection,
  id: number,
  signal?: AbortSignal,
): Promise<Conversation | null> {
  const answer = await nullWhenNotFound(call(c, 'GET', `/conversations/${id}`, undefined, signal));
  return answer === null ? null : toConversation(answer.body, answer.status);
}

/**
 * Opens a conversation: always a new one, unless the inbox locks people to one. After `unavailable`, look for your
 * own `customAttributes` in the contact's conversations before calling again.
 *
 * @throws ChatwootError
 */
export async function createConversation(
  c: ChatwootConnection,
  conversation: NewConversation,
  signal?: AbortSignal,
): Promise<{ id: number }> {
  const body = {
    source_id: conversation.sourceId ?? undefined,
    inbox_id: conversation.inboxId,
    contact_id: conversation.contactId,
    assignee_id: conversation.assigneeId ?? undefined,
    team_id: conversation.teamId ?? undefined,
    status: conversation.status,
    custom_attributes: conversation.customAttributes,
  };
  const answer = await call(c, 'POST', '/conversations', body, signal);
  const id = numberOf(objectOf(answer.body).id);
  if (id === null) throw errorOfOddAnswer(answer.status, 'conversation id');
  return { id };
}

const STATUSES: readonly string[] = ['open', 'resolved', 'pending', 'snoozed'];

/** A conversation from its REST shape; `status` is the HTTP status it came with. */
export function toConversation(value: unknown, status: number): Conversation {
  const raw = objectOf(value);
  const id = numberOf(raw.id);
  const inboxId = numberOf(raw.inbox_id);
  if (id === null || inboxId === null) throw errorOfOddAnswer(status, 'conversation id');
  const meta = objectOf(raw.meta);
  return {
    id,
    contactId: numberOf(objectOf(meta.sender).id),
    inboxId,
    status: STATUSES.includes(String(raw.status)) ? (raw.status as ConversationStatus) : 'open',
    labels: labelsOf(raw.labels),
    customAttributes: objectOf(raw.custom_attributes),
    assigneeId: numberOf(objectOf(meta.assignee).id),
    teamId: numberOf(objectOf(meta.team).id),
    createdAt: dateOf(raw.created_at),
    lastActivityAt: dateOf(raw.last_activity_at ?? raw.timestamp),
  };
}

/** The value as a list of labels. */
export function labelsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((label) => textOf(label) !== null).map(String) : [];
}
