import { objectOf } from '../../domain/loose-json.ts';
import { type ChatwootConnection, call, dateOf, type Json, numberOf, textOf } from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** A message of a conversation; `private` ones are notes that only agents see. */
export type ConversationMessage = {
  id: number;
  content: string | null;
  private: boolean;
  messageType: 'incoming' | 'outgoing' | 'activity' | 'template';
  contentAttributes: Json;
  sourceId: string | null;
  createdAt: Date | null;
};

/**
 * A message to post. In a WhatsApp inbox one that is not `private` **is sent to the person**. Of `contentAttributes`
 * Chatwoot keeps `in_reply_to` and `items` and drops keys of one's own; `sourceId` is kept by recent versions.
 */
export type NewMessage = {
  content: string;
  private: boolean;
  contentAttributes?: Json;
  sourceId?: string;
};

/**
 * Posts an outgoing message or a private note. Not idempotent: after `unavailable`, look in
 * {@link listMessages} first.
 *
 * @throws ChatwootError
 */
export async function postMessage(
  c: ChatwootConnection,
  conversationId: number,
  message: NewMessage,
  signal?: AbortSignal,
): Promise<{ id: number }> {
  const body = {
    content: message.content,
    message_type: 'outgoing',
    private: message.private,
    content_attributes: message.contentAttributes,
    source_id: message.sourceId,
  };
  const answer = await call(c, 'POST', `/conversations/${conversationId}/messages`, body, signal);
  const id = numberOf(objectOf(answer.body).id);
  if (id === null) throw errorOfOddAnswer(answer.status, 'message id');
  return { id };
}

const MESSAGE_TYPES = ['incoming', 'outgoing', 'activity', 'template'] as const;

/**
 * Messages of a conversation, oldest first: the last 20, or those `before` / `after` a message id.
 *
 * @throws ChatwootError
 */
export async function listMessages(
  c: ChatwootConnection,
  conversationId: number,
  options: { before?: number; after?: number; signal?: AbortSignal } = {},
): Promise<ConversationMessage[]> {
  const query = new URLSearchParams();
  if (options.before !== undefined) query.set('before', String(options.before));
  if (options.after !== undefined) query.set('after', String(options.after));
  const path = `/conversations/${conversationId}/messages${query.size > 0 ? `?${query}` : ''}`;
  const answer = await call(c, 'GET', path, undefined, options.signal);
  const { payload } = objectOf(answer.body);
  if (!Array.isArray(payload)) throw errorOfOddAnswer(answer.status, 'payload');
  const messages = payload.map((raw) => toMessage(raw, answer.status));
  return messages.sort((a, b) => a.id - b.id);
}

function toMessage(value: unknown, status: number): ConversationMessage {
  const raw = objectOf(value);
  const id = numberOf(raw.id);
  if (id === null) throw errorOfOddAnswer(status, 'message id');
  return {
    id,
    content: textOf(raw.content),
    private: raw.private === true,
    messageType: MESSAGE_TYPES[numberOf(raw.message_type) ?? 2] ?? 'activity',
    contentAttributes: objectOf(raw.content_attributes),
    sourceId: textOf(raw.source_id),
    createdAt: dateOf(raw.created_at),
  };
}
