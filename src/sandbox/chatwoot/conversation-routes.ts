import type { Router } from 'express';
import { type Answer, type Call, type Desk, Refusal } from '../endpoint.ts';
import {
  assignmentInput,
  attributesInput,
  conversationInput,
  input,
  labelsInput,
  messageInput,
  statusInput,
} from './inputs.ts';
import type { ConversationRecord, MessageRecord } from './records.ts';
import { agentShape, contactShape, conversationShape, messageShape, teamShape } from './shapes.ts';
import type { ChatwootStore } from './store.ts';

const CONVERSATIONS_A_PAGE = 25;
const MESSAGES_A_PAGE = 20;
const MESSAGES_AFTER = 100;

/** `/conversations…`. `post` adds a message and does what comes with it. */
export function conversationRoutes(
  router: Router,
  desk: Desk,
  store: ChatwootStore,
  post: (conversation: ConversationRecord, fields: NewMessage) => MessageRecord,
  checked: (handle: (call: Call) => Answer) => (call: Call) => Answer,
): void {
  const route = (handle: (call: Call) => Answer) => desk.endpoint(checked(handle));
  const of = ({ params }: Call) => store.conversation(Number(params.id));

  router.get(
    '/conversations',
    route(({ query }) => list(store, query)),
  );
  router.post(
    '/conversations',
    route(({ body }) => {
      const fields = input(conversationInput, body);
      const conversation = store.createConversation({
        contactId: fields.contact_id,
        inboxId: fields.inbox_id,
        sourceId: fields.source_id ?? null,
        assigneeId: fields.assignee_id ?? null,
        teamId: fields.team_id ?? null,
        status: fields.status ?? 'open',
        customAttributes: fields.custom_attributes ?? {},
      });
      if (fields.message?.content) post(conversation, messageOf(fields.message));
      return ok(conversationShape(store, conversation));
    }),
  );
  router.get(
    '/conversations/:id',
    route((call) => ok(conversationShape(store, of(call)))),
  );
  router.get(
    '/conversations/:id/messages',
    route((call) => {
      const conversation = of(call);
      const contact = contactShape(store.contacts.get(conversation.contactId));
      const assignee = store.agent(conversation.assigneeId);
      const meta = {
        labels: conversation.labels,
        additional_attributes: {},
        contact,
        ...(assignee === null ? {} : { assignee: agentShape(assignee) }),
        agent_last_seen_at: null,
        assignee_last_seen_at: null,
      };
      const payload = page(conversation.messages, call.query).map((message) =>
        messageShape(store, conversation, message),
      );
      return ok({ meta, payload });
    }),
  );
  router.post(
    '/conversations/:id/messages',
    route((call) => {
      const conversation = of(call);
      const message = post(conversation, messageOf(input(messageInput, call.body)));
      return ok(messageShape(store, conversation, message));
    }),
  );
  router.post(
    '/conversations/:id/assignments',
    route((call) => {
      const conversation = of(call);
      const fields = input(assignmentInput, call.body);
      if (fields.assignee_id !== undefined) {
        const agent = store.assignAgent(conversation, fields.assignee_id || null);
        return ok(agent === null ? null : agentShape(agent));
      }
      if (fields.team_id === undefined) return ok(null);
      return ok(store.assignTeam(conversation, fields.team_id || null) === null ? null : teamShape());
    }),
  );
  router.post(
    '/conversations/:id/toggle_status',
    route((call) => {
      const conversation = of(call);
      store.setStatus(conversation, input(statusInput, call.body).status);
      const current_status = conversation.status;
      return ok({ meta: {}, payload: { success: true, current_status, conversation_id: conversation.id } });
    }),
  );
  router.get(
    '/conversations/:id/labels',
    route((call) => ok({ payload: of(call).labels })),
  );
  router.post(
    '/conversations/:id/labels',
    route((call) => {
      const conversation = of(call);
      store.setLabels(conversation, input(labelsInput, call.body).labels);
      return ok({ payload: conversation.labels });
    }),
  );
  router.post(
    '/conversations/:id/custom_attributes',
    route((call) => {
      const conversation = of(call);
      store.setCustomAttributes(conversation, input(attributesInput, call.body).custom_attributes);
      return ok({ custom_attributes: conversation.customAttributes });
    }),
  );
}

/** A message to add. */
export type NewMessage = Parameters<ChatwootStore['addMessage']>[1];

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function messageOf(fields: ReturnType<typeof messageInput.parse>): NewMessage {
  if (!fields.content) {
    throw new Refusal(422, { message: "Content can't be blank", attributes: ['content'] });
  }
  if (fields.message_type !== 'outgoing') {
    throw new Refusal(422, { error: 'Incoming messages are only allowed in Api inboxes' });
  }
  // Of what comes in content_attributes Chatwoot keeps these two.
  const { in_reply_to, items } = fields.content_attributes ?? {};
  return {
    content: fields.content,
    messageType: 1,
    private: fields.private,
    contentAttributes: {
      ...(in_reply_to === undefined ? {} : { in_reply_to }),
      ...(items === undefined ? {} : { items }),
    },
    sourceId: fields.source_id ?? null,
  };
}

function page(messages: MessageRecord[], query: URLSearchParams): MessageRecord[] {
  const after = Number(query.get('after'));
  if (after > 0) return messages.filter((message) => message.id > after).slice(0, MESSAGES_AFTER);
  const before = Number(query.get('before'));
  const all = before > 0 ? messages.filter((message) => message.id < before) : messages;
  return all.slice(-MESSAGES_A_PAGE);
}

function list(store: ChatwootStore, query: URLSearchParams): Answer {
  const labels = query.getAll('labels[]').concat(query.getAll('labels'));
  const status = query.get('status') ?? 'open';
  const inbox = Number(query.get('inbox_id')) || null;
  const team = Number(query.get('team_id')) || null;
  const assigneeType = query.get('assignee_type') ?? 'all';
  const candidates =
    labels.length > 0
      ? new Set(labels.flatMap((label) => store.conversationsWithLabel(label)))
      : [...store.conversations()];
  const found = [...candidates].filter(
    (conversation) =>
      (status === 'all' || conversation.status === status) &&
      (inbox === null || conversation.inboxId === inbox) &&
      (team === null || conversation.teamId === team),
  );
  const assigned = found.filter((conversation) => conversation.assigneeId !== null);
  const unassigned = found.filter((conversation) => conversation.assigneeId === null);
  // "me" is the token's owner, who is no agent and has none.
  const shown = { all: found, me: [], assigned, unassigned }[assigneeType] ?? found;
  shown.sort((a, b) => b.lastActivityAt - a.lastActivityAt || b.id - a.id);
  const within = Number(query.get('updated_within')) * 1_000;
  const number = Math.max(1, Number(query.get('page')) || 1);
  // What changed within a time comes all at once, whatever the page.
  const listed =
    within > 0
      ? shown.filter((conversation) => conversation.updatedAt > Date.now() - within)
      : shown.slice((number - 1) * CONVERSATIONS_A_PAGE, number * CONVERSATIONS_A_PAGE);
  const payload = listed.map((conversation) => conversationShape(store, conversation));
  const meta = {
    mine_count: 0,
    assigned_count: assigned.length,
    unassigned_count: unassigned.length,
    all_count: found.length,
  };
  return ok({ data: { meta, payload } });
}
