/** Chatwoot over HTTP: one call, one function; typed errors; no retries. */
export * from './account.ts';
export { type ChatwootConnection, dateOf, type Json } from './call.ts';
export * from './changes.ts';
export * from './contacts.ts';
export {
  addLabels,
  assignAgent,
  assignTeam,
  getLabels,
  mergeCustomAttributes,
  removeLabels,
  setCustomAttributes,
  setLabels,
  setStatus,
} from './conversation-changes.ts';
export {
  type Conversation,
  type ConversationStatus,
  createConversation,
  getConversation,
  listContactConversations,
  type NewConversation,
} from './conversations.ts';
export { ChatwootError, type ChatwootErrorDetails, type ChatwootErrorKind } from './errors.ts';
export * from './messages.ts';
