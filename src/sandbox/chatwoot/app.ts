import { type Express, Router } from 'express';
import { callScreen } from '../call-screen/routes.ts';
import type { CallRecord } from '../calls.ts';
import type { WebhookTargetRequest } from '../control.ts';
import { type Answer, type Call, createApp, Desk, failed, Refusal } from '../endpoint.ts';
import type { Fault, FaultRequest } from '../faults.ts';
import { type WebhookFaultsRequest, webhookFaultsSchema } from '../webhook-faults.ts';
import { contactRoutes } from './contact-routes.ts';
import { type AgentMessage, agentMessageSchema, behaviourSchema, chatwootControl } from './control.ts';
import { conversationRoutes, type NewMessage } from './conversation-routes.ts';
import {
  ACCOUNT,
  type AgentRecord,
  type ChatwootBehaviour,
  type ContactRecord,
  type ConversationRecord,
  INBOX,
  type MessageRecord,
  type Status,
  TEAM,
} from './records.ts';
import { type ChatwootSnapshot, ChatwootStore } from './store.ts';
import { webhookShape } from './webhook-shapes.ts';
import { type ChatwootTarget, ChatwootWebhooks } from './webhooks.ts';

/** What survives a restart. */
export type ChatwootAppSnapshot = { store: ChatwootSnapshot; targets: ChatwootTarget[] };

/** Everything in the account. Conversation ids are display ids; times unix milliseconds. */
export type ChatwootState = {
  contacts: ContactRecord[];
  conversations: ConversationRecord[];
  agents: AgentRecord[];
  webhooks: ChatwootTarget[];
  pendingWebhooks: number;
  behaviour: ChatwootBehaviour;
};

/** What the app needs from the sandbox. */
export type ChatwootAppOptions = {
  token: string;
  webhookSecret: string;
  snapshot: ChatwootAppSnapshot | null;
  /** Without a snapshot its records get ids above this one. */
  idsAbove: number;
  /** Called after each change, to have it saved. */
  changed: () => void;
  /** A public message in the WhatsApp inbox: Chatwoot sends it to the person. */
  passOn: (to: string, text: string) => void;
};

/** The Chatwoot stand-in: its Express app, and what the control API offers as methods. */
export class ChatwootApp {
  readonly app: Express = createApp();
  readonly #desk = new Desk((status) => ({ error: `sandbox fault: HTTP ${status}` }));
  readonly #store: ChatwootStore;
  readonly #webhooks: ChatwootWebhooks;
  readonly #options: ChatwootAppOptions;

  constructor(options: ChatwootAppOptions) {
    this.#options = options;
    this.#webhooks = new ChatwootWebhooks(options.webhookSecret, options.snapshot?.targets ?? []);
    const store = new ChatwootStore(
      options.snapshot?.store ?? null,
      (happening) => {
        const shape = () => webhookShape(store, happening);
        this.#webhooks.send(happening.event, shape, store.behaviour.signWebhooks);
        options.changed();
      },
      options.idsAbove,
    );
    this.#store = store;
    this.app.use('/_sandbox', chatwootControl(this, this.#desk));
    this.app.use(callScreen());
    this.app.use('/api/v1/accounts/:account', this.#api());
    this.app.use(this.#desk.endpoint(() => ({ status: 404, body: { error: 'Not Found' } })));
    this.app.use(failed);
  }

  snapshot(): ChatwootAppSnapshot {
    return { store: this.#store.snapshot(), targets: this.#webhooks.targets };
  }

  /** Every call taken, in order. */
  calls(): CallRecord[] {
    return this.#desk.calls.list();
  }

  clearCalls(): void {
    this.#desk.calls.clear();
  }

  state(): ChatwootState {
    const { contacts, conversations, agents, behaviour } = this.#store.snapshot();
    const webhooks = this.#webhooks.targets;
    return { contacts, conversations, agents, webhooks, pendingWebhooks: this.pendingWebhooks(), behaviour };
  }

  /** Webhooks on their way. */
  pendingWebhooks(): number {
    return this.#webhooks.pending;
  }

  addFault(fault: FaultRequest): Fault {
    return this.#desk.faults.add(fault);
  }

  clearFaults(): void {
    this.#desk.faults.clear();
  }

  setWebhookFaults(faults: WebhookFaultsRequest): void {
    this.#webhooks.faults = webhookFaultsSchema.parse(faults);
  }

  /** Registers a receiver; the same URL again only changes its subscriptions. Chatwoot asks nothing of it. */
  async registerWebhook(target: WebhookTargetRequest): Promise<{ registered: boolean }> {
    this.#webhooks.register({ url: target.url, subscriptions: target.subscriptions ?? [] });
    this.#options.changed();
    return { registered: true };
  }

  removeWebhooks(): void {
    this.#webhooks.targets = [];
    this.#options.changed();
  }

  setBehaviour(behaviour: Partial<ChatwootBehaviour>): ChatwootBehaviour {
    Object.assign(this.#store.behaviour, behaviourSchema.parse(behaviour));
    this.#options.changed();
    return this.#store.behaviour;
  }

  /** Sets labels as an agent would: they replace those that are there, and the webhook follows. */
  setLabels(conversationId: number, labels: string[]): string[] {
    const conversation = this.#store.conversation(conversationId);
    this.#store.setLabels(conversation, labels);
    return conversation.labels;
  }

  /** Sets the status as an agent would. */
  setStatus(conversationId: number, status: Status): void {
    this.#store.setStatus(this.#store.conversation(conversationId), status);
  }

  /** Writes as an agent would; not private, it goes to the person. Or shows what the person wrote. */
  postMessage(message: AgentMessage): MessageRecord {
    const { conversationId, agentId, incoming, ...fields } = agentMessageSchema.parse(message);
    return this.#post(this.#store.conversation(conversationId), {
      ...fields,
      messageType: incoming ? 0 : 1,
      contentAttributes: {},
      sourceId: null,
      senderId: agentId,
    });
  }

  setAvailability(agentId: number, availability: AgentRecord['availability']): AgentRecord {
    const agent = this.#store.setAvailability(agentId, availability);
    this.#options.changed();
    return agent;
  }

  async close(): Promise<void> {
    await this.#webhooks.close();
  }

  #post(conversation: ConversationRecord, fields: NewMessage): MessageRecord {
    const message = this.#store.addMessage(conversation, fields);
    // With a source id it has been sent already, elsewhere: Chatwoot then only keeps it.
    if (message.messageType === 1 && !message.private && message.sourceId === null) {
      this.#options.passOn(conversation.sourceId, message.content);
    }
    return message;
  }

  #api(): Router {
    const router = Router({ mergeParams: true });
    const checked = (handle: (call: Call) => Answer) => (call: Call) => {
      if (call.headers.api_access_token !== this.#options.token) {
        throw new Refusal(401, { error: 'Invalid Access Token' });
      }
      if (Number(call.params.account) !== ACCOUNT.id) {
        throw new Refusal(404, { error: 'Resource could not be found' });
      }
      return handle(call);
    };
    contactRoutes(router, this.#desk, this.#store, checked);
    const post = (conversation: ConversationRecord, fields: NewMessage) => this.#post(conversation, fields);
    conversationRoutes(router, this.#desk, this.#store, post, checked);
    router.get(
      '/webhooks',
      this.#desk.endpoint(checked(() => ({ status: 200, body: this.#webhooks.listed() }))),
    );
    return router;
  }
}

/** The ids a client of this account needs. */
export const CHATWOOT_IDS = { accountId: ACCOUNT.id, inboxId: INBOX.id, teamId: TEAM.id };
