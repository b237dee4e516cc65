import {
  ACCOUNT,
  type AgentRecord,
  type ContactInboxRecord,
  type ContactRecord,
  type ConversationRecord,
  INBOX,
  type Json,
  type MessageRecord,
  TEAM,
  TOKEN_OWNER,
} from './records.ts';
import type { ChatwootStore } from './store.ts';

// The shapes of Chatwoot's REST answers: message types as integers, times as unix seconds.

/** A contact as `GET /contacts/{id}` gives it. */
export function contactShape(contact: ContactRecord): Json {
  return {
    additional_attributes: contact.additionalAttributes,
    availability_status: 'offline',
    email: contact.email,
    id: contact.id,
    name: contact.name,
    phone_number: contact.phone,
    blocked: false,
    identifier: contact.identifier,
    thumbnail: '',
    custom_attributes: contact.customAttributes,
    created_at: seconds(contact.createdAt),
    contact_inboxes: contact.inboxes.map(addressShape),
  };
}

/** A contact's address in an inbox. */
export function addressShape(address: ContactInboxRecord): Json {
  return {
    source_id: address.sourceId,
    inbox: {
      id: INBOX.id,
      avatar_url: '',
      channel_id: INBOX.channelId,
      name: INBOX.name,
      channel_type: 'Channel::Whatsapp',
      provider: 'whatsapp_cloud',
    },
  };
}

/** A conversation as the REST API gives it, with its last message. */
export function conversationShape(store: ChatwootStore, conversation: ConversationRecord): Json {
  const last = conversation.messages.at(-1);
  const assignee = store.agent(conversation.assigneeId);
  return {
    meta: {
      sender: senderShape(store.contacts.get(conversation.contactId)),
      channel: 'Channel::Whatsapp',
      ...(assignee === null ? {} : { assignee: agentShape(assignee), assignee_type: 'User' }),
      ...(conversation.teamId === null ? {} : { team: teamShape() }),
      hmac_verified: false,
    },
    id: conversation.id,
    messages: last === undefined ? [] : [messageShape(store, conversation, last)],
    account_id: ACCOUNT.id,
    uuid: conversation.uuid,
    additional_attributes: {},
    agent_last_seen_at: 0,
    assignee_last_seen_at: 0,
    can_reply: true,
    contact_last_seen_at: 0,
    custom_attributes: conversation.customAttributes,
    inbox_id: conversation.inboxId,
    labels: conversation.labels,
    muted: false,
    snoozed_until: null,
    status: conversation.status,
    created_at: seconds(conversation.createdAt),
    updated_at: conversation.updatedAt / 1000,
    timestamp: seconds(conversation.lastActivityAt),
    first_reply_created_at: 0,
    unread_count: 0,
    last_non_activity_message: last === undefined ? null : messageShape(store, conversation, last),
    last_activity_at: seconds(conversation.lastActivityAt),
    priority: null,
    waiting_since: 0,
    sla_policy_id: null,
  };
}

/** A message as the REST API gives it. */
export function messageShape(
  store: ChatwootStore,
  conversation: ConversationRecord,
  message: MessageRecord,
): Json {
  return {
    id: message.id,
    content: message.content,
    account_id: ACCOUNT.id,
    inbox_id: conversation.inboxId,
    conversation_id: conversation.id,
    message_type: message.messageType,
    created_at: seconds(message.createdAt),
    updated_at: new Date(message.createdAt).toISOString(),
    private: message.private,
    status: 'sent',
    source_id: message.sourceId,
    content_type: 'text',
    content_attributes: message.contentAttributes,
    sender_type: message.sender.type,
    sender_id: message.sender.id,
    external_source_ids: {},
    additional_attributes: {},
    processed_message_content: message.content,
    sentiment: {},
    conversation: {
      assignee_id: conversation.assigneeId,
      unread_count: 0,
      last_activity_at: seconds(conversation.lastActivityAt),
      contact_inbox: { source_id: conversation.sourceId },
    },
    sender:
      message.sender.type === 'Contact'
        ? senderShape(store.contacts.get(conversation.contactId))
        : userShape(store, message.sender.id),
  };
}

/** A contact as the sender of a message or conversation. */
export function senderShape(contact: ContactRecord): Json {
  return {
    additional_attributes: contact.additionalAttributes,
    custom_attributes: contact.customAttributes,
    email: contact.email,
    id: contact.id,
    identifier: contact.identifier,
    name: contact.name,
    phone_number: contact.phone,
    thumbnail: '',
    blocked: false,
    type: 'contact',
  };
}

/** An agent, or the token's owner, as the sender of a message. */
export function userShape(store: ChatwootStore, id: number): Json {
  const user = store.agent(id) ?? TOKEN_OWNER;
  return { id: user.id, name: user.name, email: user.email, type: 'user' };
}

/** An agent as `GET /agents` gives it. */
export function agentShape(agent: AgentRecord): Json {
  return {
    id: agent.id,
    account_id: ACCOUNT.id,
    availability_status: agent.availability,
    auto_offline: true,
    confirmed: true,
    email: agent.email,
    available_name: agent.name,
    name: agent.name,
    role: 'agent',
    thumbnail: '',
    custom_role_id: null,
  };
}

/** The team as `GET /teams` gives it. */
export function teamShape(): Json {
  return {
    id: TEAM.id,
    name: TEAM.name,
    description: null,
    allow_auto_assign: false,
    account_id: ACCOUNT.id,
    is_member: false,
  };
}

/** The inbox as `GET /inboxes` gives it. */
export function inboxShape(): Json {
  return {
    id: INBOX.id,
    avatar_url: '',
    channel_id: INBOX.channelId,
    name: INBOX.name,
    channel_type: 'Channel::Whatsapp',
    greeting_enabled: false,
    greeting_message: null,
    working_hours_enabled: false,
    enable_auto_assignment: false,
    lock_to_single_conversation: false,
    phone_number: INBOX.phone,
    provider: 'whatsapp_cloud',
  };
}

/** Unix milliseconds to whole seconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
