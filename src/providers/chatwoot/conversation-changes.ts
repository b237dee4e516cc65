import { objectOf } from '../../domain/loose-json.ts';
import { type ChatwootConnection, call, type Json, numberOf } from './call.ts';
import { type ConversationStatus, labelsOf, toConversation } from './conversations.ts';
import { ChatwootError } from './errors.ts';

/**
 * Gives the conversation to an agent, or with null to nobody.
 *
 * @throws ChatwootError `not_found` for an unknown agent: some versions answer 404, others take the conversation
 * from whoever had it and answer nothing
 */
export async function assignAgent(
  c: ChatwootConnection,
  conversationId: number,
  agentId: number | null,
  signal?: AbortSignal,
): Promise<void> {
  await assign(c, conversationId, { assignee_id: agentId }, agentId, signal);
}

/**
 * Gives the conversation to a team, or with null to none.
 *
 * @throws ChatwootError `not_found` for an unknown team (see {@link assignAgent})
 */
export async function assignTeam(
  c: ChatwootConnection,
  conversationId: number,
  teamId: number | null,
  signal?: AbortSignal,
): Promise<void> {
  await assign(c, conversationId, { team_id: teamId }, teamId, signal);
}

async function assign(
  c: ChatwootConnection,
  conversationId: number,
  body: Json,
  expected: number | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await call(c, 'POST', `/conversations/${conversationId}/assignments`, body, signal);
  if (expected !== null && numberOf(objectOf(answer.body).id) !== expected) {
    throw new ChatwootError({ kind: 'not_found', status: answer.status, reason: 'nobody was assigned' });
  }
}

/**
 * Sets the conversation's status. Opened with an agent's token (not an administrator's), recent versions also
 * assign it to that agent: set the status before assigning.
 *
 * @throws ChatwootError
 */
export async function setStatus(
  c: ChatwootConnection,
  conversationId: number,
  status: ConversationStatus,
  signal?: AbortSignal,
): Promise<void> {
  await call(c, 'POST', `/conversations/${conversationId}/toggle_status`, { status }, signal);
}

/**
 * The conversation's labels.
 *
 * @throws ChatwootError
 */
export async function getLabels(
  c: ChatwootConnection,
  conversationId: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const answer = await call(c, 'GET', `/conversations/${conversationId}/labels`, undefined, signal);
  return labelsOf(objectOf(answer.body).payload);
}

/**
 * **Replaces** the conversation's labels: those not given are removed. To add some, use {@link addLabels}.
 *
 * @throws ChatwootError
 */
export async function setLabels(
  c: ChatwootConnection,
  conversationId: number,
  labels: string[],
  signal?: AbortSignal,
): Promise<void> {
  await call(c, 'POST', `/conversations/${conversationId}/labels`, { labels }, signal);
}

/**
 * **Replaces** the conversation's custom attributes: those not given are removed. To add some, use
 * {@link mergeCustomAttributes}.
 *
 * @throws ChatwootError
 */
export async function setCustomAttributes(
  c: ChatwootConnection,
  conversationId: number,
  customAttributes: Json,
  signal?: AbortSignal,
): Promise<void> {
  const body = { custom_attributes: customAttributes };
  await call(c, 'POST', `/conversations/${conversationId}/custom_attributes`, body, signal);
}

/**
 * Adds labels to those the conversation has: reads, merges, writes (not where nothing is new).
 *
 * @returns the labels it then has
 * @throws ChatwootError
 */
export async function addLabels(
  c: ChatwootConnection,
  conversationId: number,
  labels: string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const before = await getLabels(c, conversationId, signal);
  const after = [...new Set([...before, ...labels])];
  if (after.length > before.length) await setLabels(c, conversationId, after, signal);
  return after;
}

/**
 * Takes labels off a conversation and keeps the others: reads, then writes where there is something to take off.
 *
 * @throws ChatwootError
 */
export async function removeLabels(
  c: ChatwootConnection,
  conversationId: number,
  labels: string[],
  signal?: AbortSignal,
): Promise<void> {
  const before = await getLabels(c, conversationId, signal);
  const after = before.filter((label) => !labels.includes(label));
  if (after.length < before.length) await setLabels(c, conversationId, after, signal);
}

/**
 * Sets some custom attributes and keeps the others: reads, merges, writes (not where nothing changes).
 *
 * @returns the attributes it then has
 * @throws ChatwootError `not_found` where the conversation is gone
 */
export async function mergeCustomAttributes(
  c: ChatwootConnection,
  conversationId: number,
  customAttributes: Json,
  signal?: AbortSignal,
): Promise<Json> {
  const answer = await call(c, 'GET', `/conversations/${conversationId}`, undefined, signal);
  const before = toConversation(answer.body, answer.status).customAttributes;
  const after = { ...before, ...customAttributes };
  const changed = Object.keys(customAttributes).some(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  if (changed) await setCustomAttributes(c, conversationId, after, signal);
  return after;
}
