import {
  ACCOUNT,
  type ContactRecord,
  type ConversationRecord,
  INBOX,
  type Json,
  type MessageRecord,
  TEAM,
} from './records.ts';
import { messageShape, seconds, senderShape, userShape } from './shapes.ts';
import type { ChatwootStore, Happening } from './store.ts';

// The shapes of Chatwoot's webhooks. They differ from REST: message_type is a text, created_at of a message ISO.

/** The body of the webhook for something that happened. */
export function webhookShape(store: ChatwootStore, happening: Happening): Json {
  const { event } = happening;
  switch (event) {
    case 'contact_created':
      return { ...contactWebhook(happening.contact), event };
    case 'contact_updated':
      return { ...contactWebhook(happening.contact), event, changed_attributes: happening.changed };
    case 'conversation_created':
      return { ...conversationWebhook(store, happening.conversation), event };
    case 'conversation_updated':
    case 'conversation_status_changed':
      return {
        ...conversationWebhook(store, happening.conversation),
        event,
        changed_attributes: happening.changed,
      };
    case 'message_created':
      return { ...messageWebhook(store, happening.conversation, happening.message), event };
  }
}

function contactWebhook(contact: ContactRecord): Json {
  return {
    account: ACCOUNT,
    additional_attributes: contact.additionalAttributes,
    avatar: '',
    custom_attributes: contact.customAttributes,
    email: contact.email,
    id: contact.id,
    identifier: contact.identifier,
    name: contact.name,
    phone_number: contact.phone,
    thumbnail: '',
    blocked: false,
  };
}

function conversationWebhook(store: ChatwootStore, conversation: ConversationRecord): Json {
  // Private notes are not in this list of Chatwoot's.
  const last = conversation.messages.findLast((message) => !message.private);
  const assignee = store.agent(conversation.assigneeId);
  return {
    additional_attributes: {},
    can_reply: true,
    channel: 'Channel::Whatsapp',
    contact_inbox: {
      id: conversation.contactInboxId,
      contact_id: conversation.contactId,
      inbox_id: conversation.inboxId,
      source_id: conversation.sourceId,
      created_at: new Date(conversation.createdAt).toISOString(),
      updated_at: new Date(conversation.createdAt).toISOString(),
      hmac_verified: false,
      pubsub_token: 'redacted',
    },
    id: conversation.id,
    inbox_id: conversation.inboxId,
    messages: last === undefined ? [] : [messageShape(store, conversation, last)],
    labels: conversation.labels,
    meta: {
      sender: senderShape(store.contacts.get(conversation.contactId)),
      assignee: assignee === null ? null : userShape(store, assignee.id),
      assignee_type: assignee === null ? null : 'User',
      team: conversation.teamId === null ? null : TEAM,
      hmac_verified: false,
    },
    status: conversation.status,
    custom_attributes: conversation.customAttributes,
    snoozed_until: null,
    unread_count: 0,
    first_reply_created_at: null,
    priority: null,
    waiting_since: 0,
    agent_last_seen_at: 0,
    contact_last_seen_at: 0,
    last_activity_at: seconds(conversation.lastActivityAt),
    timestamp: seconds(conversation.lastActivityAt),
    created_at: seconds(conversation.createdAt),
    updated_at: conversation.updatedAt / 1000,
    account: ACCOUNT,
  };
}

function messageWebhook(
  store: ChatwootStore,
  conversation: ConversationRecord,
  message: MessageRecord,
): Json {
  return {
    account: ACCOUNT,
    additional_attributes: {},
    content_attributes: message.contentAttributes,
    content_type: 'text',
    content: message.content,
    conversation: conversationWebhook(store, conversation),
    created_at: new Date(message.createdAt).toISOString(),
    id: message.id,
    inbox: { id: INBOX.id, name: INBOX.name },
    message_type: message.messageType === 0 ? 'incoming' : 'outgoing',
    private: message.private,
    sender:
      message.sender.type === 'Contact'
        ? contactWebhook(store.contacts.get(conversation.contactId))
        : userShape(store, message.sender.id),
    source_id: message.sourceId,
  };
}
