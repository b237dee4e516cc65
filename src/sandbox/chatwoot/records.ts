/** Any JSON object. */
export type Json = Record<string, unknown>;

/** Times are unix milliseconds in all records. */
export type ContactInboxRecord = {
  id: number;
  contactId: number;
  inboxId: number;
  sourceId: string;
  createdAt: number;
};

/** A contact; `phone` is E.164 with `+`. */
export type ContactRecord = {
  id: number;
  name: string;
  phone: string | null;
  email: string | null;
  identifier: string | null;
  customAttributes: Json;
  additionalAttributes: Json;
  createdAt: number;
  inboxes: ContactInboxRecord[];
  conversationIds: number[];
};

/** A message; `messageType` 0 incoming, 1 outgoing, 2 activity, 3 template, as over REST. */
export type MessageRecord = {
  id: number;
  conversationId: number;
  content: string;
  messageType: 0 | 1;
  private: boolean;
  contentAttributes: Json;
  sourceId: string | null;
  sender: { type: 'Contact' | 'User'; id: number };
  createdAt: number;
};

/** A conversation's states. */
export const STATUSES = ['open', 'resolved', 'pending', 'snoozed'] as const;

/** One of them. */
export type Status = (typeof STATUSES)[number];

/** A conversation; `id` is its display id. */
export type ConversationRecord = {
  id: number;
  uuid: string;
  contactId: number;
  contactInboxId: number;
  sourceId: string;
  inboxId: number;
  status: Status;
  labels: string[];
  customAttributes: Json;
  assigneeId: number | null;
  teamId: number | null;
  messages: MessageRecord[];
  createdAt: number;
  updatedAt: number;
  lastActivityAt: number;
};

/** Somebody who works in Chatwoot. */
export type AgentRecord = {
  id: number;
  name: string;
  email: string;
  availability: 'online' | 'busy' | 'offline';
};

/** What may be set differently from the ordinary Chatwoot. */
export type ChatwootBehaviour = {
  /** Two contacts may hold the same phone, as its database allows. */
  allowDuplicatePhones: boolean;
  /** An agent or team that does not exist: 404, or (as some versions do) taken from everybody, with answer null. */
  unknownAssignee: 'not_found' | 'unassign';
  /** Webhooks carry a signature, as from 4.11.2 on. */
  signWebhooks: boolean;
};

/** The account that is there from the start. */
export const ACCOUNT = { id: 1, name: 'Loja Exemplo' };

/** Its WhatsApp inbox. */
export const INBOX = { id: 3, channelId: 2, name: 'WhatsApp Vendas', phone: '+5511940000001' };

/** Its team; all agents are in it. */
export const TEAM = { id: 7, name: 'vendas' };

/** The user whose token it is. */
export const TOKEN_OWNER = { id: 10, name: 'Lead Flow', email: 'lead-flow@exemplo.com.br' };

/** The agents as they are at the start. */
export const AGENTS: readonly AgentRecord[] = [
  { id: 11, name: 'Ana Martins', email: 'ana@exemplo.com.br', availability: 'online' },
  { id: 12, name: 'Bruno Alves', email: 'bruno@exemplo.com.br', availability: 'online' },
  { id: 13, name: 'Carla Nunes', email: 'carla@exemplo.com.br', availability: 'online' },
];
