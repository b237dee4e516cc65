import { randomUUID } from 'node:crypto';
import { Refusal } from '../endpoint.ts';
import { ContactBook, type ContactFields } from './contact-book.ts';
import { ManyIndex } from './many-index.ts';
import {
  AGENTS,
  type AgentRecord,
  type ChatwootBehaviour,
  type ContactInboxRecord,
  type ContactRecord,
  type ConversationRecord,
  INBOX,
  type Json,
  type MessageRecord,
  type Status,
  TEAM,
  TOKEN_OWNER,
} from './records.ts';

/** What changed, as a webhook tells it: attribute, before, after. */
export type Change = Record<string, { previous_value: unknown; current_value: unknown }>;

/** Something happened that Chatwoot has a webhook for. */
export type Happening =
  | { event: 'contact_created'; contact: ContactRecord }
  | { event: 'contact_updated'; contact: ContactRecord; changed: Change[] }
  | { event: 'conversation_created'; conversation: ConversationRecord }
  | {
      event: 'conversation_updated' | 'conversation_status_changed';
      conversation: ConversationRecord;
      changed: Change[];
    }
  | { event: 'message_created'; conversation: ConversationRecord; message: MessageRecord };

/** What is kept over a restart. */
export type ChatwootSnapshot = {
  counters: Record<Counter, number>;
  contacts: ContactRecord[];
  conversations: ConversationRecord[];
  agents: AgentRecord[];
  behaviour: ChatwootBehaviour;
};

type Counter = 'contact' | 'contactInbox' | 'conversation' | 'message';

/** One Chatwoot account: what is in it and the rules it has. Calls `happened` for each change. */
export class ChatwootStore {
  readonly contacts: ContactBook;
  readonly agents: AgentRecord[];
  readonly behaviour: ChatwootBehaviour;
  #conversations = new Map<number, ConversationRecord>();
  #byLabel = new ManyIndex();
  #counters: Record<Counter, number>;
  #happened: (happening: Happening) => void;

  /** New ids are above `idsAbove`, whatever the snapshot says: it may be older than what was given out last. */
  constructor(snapshot: ChatwootSnapshot | null, happened: (happening: Happening) => void, idsAbove = 0) {
    this.#happened = happened;
    this.behaviour = snapshot?.behaviour ?? {
      allowDuplicatePhones: false,
      unknownAssignee: 'not_found',
      signWebhooks: true,
    };
    this.agents = snapshot?.agents ?? AGENTS.map((agent) => ({ ...agent }));
    // Apart from each other, so that one id taken for another shows.
    this.#counters = snapshot?.counters ?? {
      contact: idsAbove + 1000,
      contactInbox: idsAbove + 3000,
      conversation: idsAbove,
      message: idsAbove + 50_000,
    };
    for (const kind of ['contact', 'conversation'] as const) {
      this.#counters[kind] = Math.max(this.#counters[kind], idsAbove);
    }
    this.contacts = new ContactBook(this.behaviour, (kind) => this.#next(kind));
    for (const contact of snapshot?.contacts ?? []) this.contacts.restore(contact);
    for (const conversation of snapshot?.conversations ?? []) {
      this.#conversations.set(conversation.id, conversation);
      for (const label of conversation.labels) this.#byLabel.add(label, conversation.id);
    }
  }

  snapshot(): ChatwootSnapshot {
    return {
      counters: this.#counters,
      contacts: [...this.contacts.all()],
      conversations: [...this.#conversations.values()],
      agents: this.agents,
      behaviour: this.behaviour,
    };
  }

  conversations(): IterableIterator<ConversationRecord> {
    return this.#conversations.values();
  }

  /** @throws Refusal 404 */
  conversation(id: number): ConversationRecord {
    const conversation = this.#conversations.get(id);
    if (conversation === undefined) throw new Refusal(404, { error: 'Resource could not be found' });
    return conversation;
  }

  conversationsWithLabel(label: string): ConversationRecord[] {
    return [...this.#byLabel.get(label)].map((id) => this.conversation(id));
  }

  agent(id: number | null): AgentRecord | null {
    return this.agents.find((agent) => agent.id === id) ?? null;
  }

  createContact(
    fields: ContactFields,
    inbox: { inboxId: number; sourceId: string | null } | null,
  ): { contact: ContactRecord; address: ContactInboxRecord | null } {
    if (inbox !== null) inboxMustExist(inbox.inboxId);
    if (inbox !== null && inbox.sourceId === null && !fields.phone) {
      // All or nothing, as in Chatwoot's transaction.
      throw new Refusal(422, { error: 'param is missing or the value is empty: contact phone number' });
    }
    const contact = this.contacts.create(fields);
    const address = inbox === null ? null : this.contacts.address(contact, inbox.sourceId);
    this.#happened({ event: 'contact_created', contact });
    return { contact, address };
  }

  updateContact(id: number, fields: ContactFields): ContactRecord {
    const contact = this.contacts.get(id);
    const before = { ...contact };
    this.contacts.update(contact, fields);
    const changed: Change[] = [];
    const told = { name: 'name', phone: 'phone_number', email: 'email', identifier: 'identifier' } as const;
    for (const [key, name] of Object.entries(told) as [keyof typeof told, string][]) {
      if (before[key] !== contact[key]) changed.push(change(name, before[key], contact[key]));
    }
    if (fields.customAttributes !== undefined) {
      changed.push(change('custom_attributes', before.customAttributes, contact.customAttributes));
    }
    if (changed.length > 0) this.#happened({ event: 'contact_updated', contact, changed });
    return contact;
  }

  /** Its conversations go with it. @throws Refusal 404 */
  deleteContact(id: number): void {
    const contact = this.contacts.get(id);
    for (const conversationId of contact.conversationIds) {
      for (const label of this.conversation(conversationId).labels)
        this.#byLabel.delete(label, conversationId);
      this.#conversations.delete(conversationId);
    }
    this.contacts.delete(contact);
  }

  addAddress(contactId: number, inboxId: number, sourceId: string | null): ContactInboxRecord {
    inboxMustExist(inboxId);
    return this.contacts.address(this.contacts.get(contactId), sourceId);
  }

  mergeContacts(baseId: number, mergedId: number): ContactRecord {
    const base = this.contacts.get(baseId);
    const merged = this.contacts.get(mergedId);
    if (base === merged) return base;
    this.contacts.merge(base, merged);
    for (const id of base.conversationIds) this.conversation(id).contactId = base.id;
    this.#happened({ event: 'contact_updated', contact: base, changed: [] });
    return base;
  }

  createConversation(fields: {
    contactId: number;
    inboxId: number;
    sourceId: string | null;
    assigneeId: number | null;
    teamId: number | null;
    status: Status;
    customAttributes: Json;
  }): ConversationRecord {
    inboxMustExist(fields.inboxId);
    const contact = this.contacts.get(fields.contactId);
    const assigneeId = this.#assignee(fields.assigneeId);
    const teamId = this.#team(fields.teamId);
    const address = this.contacts.address(contact, fields.sourceId);
    const now = Date.now();
    const conversation: ConversationRecord = {
      id: this.#next('conversation'),
      uuid: randomUUID(),
      contactId: contact.id,
      contactInboxId: address.id,
      sourceId: address.sourceId,
      inboxId: fields.inboxId,
      status: fields.status,
      labels: [],
      customAttributes: fields.customAttributes,
      assigneeId,
      teamId,
      messages: [],
      createdAt: now,
      updatedAt: now,
      lastActivityAt: now,
    };
    this.#conversations.set(conversation.id, conversation);
    contact.conversationIds.push(conversation.id);
    this.#happened({ event: 'conversation_created', conversation });
    return conversation;
  }

  addMessage(
    conversation: ConversationRecord,
    fields: Pick<MessageRecord, 'content' | 'messageType' | 'private' | 'contentAttributes' | 'sourceId'> & {
      senderId?: number;
    },
  ): MessageRecord {
    const { senderId, ...rest } = fields;
    const message: MessageRecord = {
      id: this.#next('message'),
      conversationId: conversation.id,
      ...rest,
      sender:
        fields.messageType === 0
          ? { type: 'Contact', id: conversation.contactId }
          : { type: 'User', id: senderId ?? TOKEN_OWNER.id },
      createdAt: Date.now(),
    };
    conversation.messages.push(message);
    conversation.lastActivityAt = message.createdAt;
    conversation.updatedAt = message.createdAt;
    this.#happened({ event: 'message_created', conversation, message });
    return message;
  }

  assignAgent(conversation: ConversationRecord, agentId: number | null): AgentRecord | null {
    const before = conversation.assigneeId;
    conversation.assigneeId = this.#assignee(agentId);
    this.#updated(conversation, 'assignee_id', before, conversation.assigneeId);
    return this.agent(conversation.assigneeId);
  }

  assignTeam(conversation: ConversationRecord, teamId: number | null): number | null {
    const before = conversation.teamId;
    conversation.teamId = this.#team(teamId);
    this.#updated(conversation, 'team_id', before, conversation.teamId);
    return conversation.teamId;
  }

  setStatus(conversation: ConversationRecord, status: Status): void {
    const before = conversation.status;
    conversation.status = status;
    if (before === status) return;
    const changed = [change('status', before, status)];
    this.#happened({ event: 'conversation_status_changed', conversation, changed });
    this.#updated(conversation, 'status', before, status);
  }

  setLabels(conversation: ConversationRecord, labels: string[]): void {
    const before = conversation.labels;
    // Chatwoot keeps a tag once, in lower case.
    conversation.labels = [...new Set(labels.map((label) => label.trim().toLowerCase()).filter(Boolean))];
    for (const label of before) this.#byLabel.delete(label, conversation.id);
    for (const label of conversation.labels) this.#byLabel.add(label, conversation.id);
    this.#updated(conversation, 'label_list', before, conversation.labels);
  }

  setCustomAttributes(conversation: ConversationRecord, customAttributes: Json): void {
    const before = conversation.customAttributes;
    conversation.customAttributes = customAttributes;
    this.#updated(conversation, 'custom_attributes', before, customAttributes);
  }

  setAvailability(agentId: number, availability: AgentRecord['availability']): AgentRecord {
    const agent = this.agent(agentId);
    if (agent === null) throw new Refusal(404, { error: 'Resource could not be found' });
    agent.availability = availability;
    return agent;
  }

  #updated(conversation: ConversationRecord, attribute: string, before: unknown, after: unknown): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    conversation.updatedAt = Date.now();
    const changed = [change(attribute, before, after)];
    this.#happened({ event: 'conversation_updated', conversation, changed });
  }

  #assignee(id: number | null): number | null {
    if (id === null || this.agent(id) !== null) return id;
    return this.#unknown();
  }

  #team(id: number | null): number | null {
    if (id === null || id === TEAM.id) return id;
    return this.#unknown();
  }

  #unknown(): null {
    if (this.behaviour.unknownAssignee === 'unassign') return null;
    throw new Refusal(404, { error: 'Resource could not be found' });
  }

  #next(counter: Counter): number {
    this.#counters[counter]++;
    return this.#counters[counter];
  }
}

function change(attribute: string, before: unknown, after: unknown): Change {
  return { [attribute]: { previous_value: before, current_value: after } };
}

function inboxMustExist(id: number): void {
  if (id !== INBOX.id) throw new Refusal(404, { error: 'Resource could not be found' });
}
