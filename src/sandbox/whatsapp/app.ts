import type { Express } from 'express';
import type { CallRecord } from '../calls.ts';
import type { WebhookTargetRequest } from '../control.ts';
import { type Answer, type Call, createApp, Desk, failed } from '../endpoint.ts';
import type { Fault, FaultRequest } from '../faults.ts';
import type { Posting, RetryPolicy } from '../poster.ts';
import { type WebhookFaultsRequest, webhookFaultsSchema } from '../webhook-faults.ts';
import {
  accountNews,
  callbackShape,
  phoneNumberShape,
  subscribedAppsShape,
  templatePage,
  tokenShape,
} from './account-shapes.ts';
import {
  type AccountRequest,
  accountSchema,
  behaviourSchema,
  type Reply,
  replySchema,
  type StatusRequest,
  statusSchema,
  type TemplateRequest,
  templateSchema,
  type WhatsAppBehaviourRequest,
  whatsappControl,
} from './control.ts';
import { type Phone, type PhonesRequest, phonesOf } from './phones.ts';
import {
  NUMBER,
  type ReceivedMessage,
  type SentMessage,
  type TemplateRecord,
  type WhatsAppBehaviour,
} from './records.ts';
import { bodyOfStatus, refusal } from './refusals.ts';
import { describeSend, readSend } from './send-input.ts';
import { senderOf, type WhatsAppSnapshot, WhatsAppStore } from './store.ts';
import {
  accountUpdate,
  messageUpdate,
  preferenceUpdate,
  templateQualityUpdate,
  templateUpdate,
} from './webhook-shapes.ts';
import { WhatsAppWebhooks } from './webhooks.ts';

/** What survives a restart; `open` are webhooks nobody has taken yet. */
export type WhatsAppAppSnapshot = { store: WhatsAppSnapshot; targets: string[]; open: Posting[] };

/** Everything the number sent (in the order it was accepted) and received. Times unix milliseconds. */
export type WhatsAppState = {
  messages: SentMessage[];
  received: ReceivedMessage[];
  templates: TemplateRecord[];
  webhooks: string[];
  /** Statuses still to come, and webhooks nobody has taken yet. */
  pendingWebhooks: number;
  behaviour: WhatsAppBehaviour;
};

/** What the app needs from the sandbox. */
export type WhatsAppAppOptions = {
  token: string;
  appSecret: string;
  verifyToken: string;
  behaviour: WhatsAppBehaviour;
  retries: RetryPolicy;
  snapshot: WhatsAppAppSnapshot | null;
  /** Called after each change, to have it saved. */
  changed: () => void;
};

/** The WhatsApp Cloud stand-in: its Express app, and what the control API offers as methods. */
export class WhatsAppApp {
  readonly app: Express = createApp();
  readonly #desk = new Desk(bodyOfStatus, describeSend);
  readonly #store: WhatsAppStore;
  readonly #webhooks: WhatsAppWebhooks;
  readonly #options: WhatsAppAppOptions;

  constructor(options: WhatsAppAppOptions) {
    this.#options = options;
    const { snapshot, behaviour } = options;
    this.#webhooks = new WhatsAppWebhooks(
      options.appSecret,
      snapshot?.targets ?? [],
      snapshot?.open ?? [],
      options.retries,
      options.changed,
    );
    this.#webhooks.maxBatch = () => behaviour.maxBatch;
    this.#store = new WhatsAppStore(snapshot?.store ?? null, behaviour, (updates) => {
      this.#webhooks.send(updates);
      options.changed();
    });
    this.app.use('/_sandbox', whatsappControl(this, this.#desk));
    this.#routes();
    this.app.use(failed);
  }

  snapshot(): WhatsAppAppSnapshot {
    return { store: this.#store.snapshot(), targets: this.#webhooks.targets, open: this.#webhooks.open() };
  }

  /** Every call taken, in order; messages passed on by Chatwoot are among them, with `via: 'chatwoot'`. */
  calls(): CallRecord[] {
    return this.#desk.calls.list();
  }

  clearCalls(): void {
    this.#desk.calls.clear();
  }

  state(): WhatsAppState {
    const { messages, received, templates, behaviour } = this.#store.snapshot();
    const webhooks = this.#webhooks.targets;
    return { messages, received, templates, webhooks, pendingWebhooks: this.pendingWebhooks(), behaviour };
  }

  /** What people read on their phones, and wrote. */
  phones(request: PhonesRequest = {}): Phone[] {
    return phonesOf(this.#store, request);
  }

  /** Statuses still to come, and webhooks nobody has taken yet. */
  pendingWebhooks(): number {
    return this.#store.pending + this.#webhooks.pending;
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

  /**
   * Registers a receiver once it has answered the verification (`verify: false` leaves that out). Several are
   * possible; the same URL again stays one.
   */
  async registerWebhook(
    target: WebhookTargetRequest,
  ): Promise<{ registered: boolean; verified: boolean; status: number | null }> {
    if (target.verify !== false) {
      const result = await this.#webhooks.verify(target.url, this.#options.verifyToken);
      if (!result.verified) return { registered: false, ...result };
      this.#register(target.url);
      return { registered: true, ...result };
    }
    this.#register(target.url);
    return { registered: true, verified: false, status: null };
  }

  removeWebhooks(): void {
    this.#webhooks.targets = [];
    this.#options.changed();
  }

  setBehaviour(request: WhatsAppBehaviourRequest): WhatsAppBehaviour {
    const { templates, delays, ...fields } = behaviourSchema.parse(request);
    Object.assign(this.#store.behaviour, fields);
    Object.assign(this.#store.behaviour.delays, delays);
    for (const [name, status] of Object.entries(templates ?? {})) this.setTemplate({ name, status });
    this.#options.changed();
    return this.#store.behaviour;
  }

  /** Pauses, approves, … a template, or rates it, and tells it. */
  setTemplate(request: TemplateRequest): TemplateRecord {
    const { name, status, quality, why } = templateSchema.parse(request);
    const template = this.#store.template(name);
    if (status !== undefined) {
      template.status = status;
      this.#webhooks.send([templateUpdate(template, why ?? null)]);
    }
    if (quality !== undefined) {
      const before = template.quality;
      template.quality = quality;
      this.#webhooks.send([templateQualityUpdate(template, before)]);
    }
    this.#options.changed();
    return template;
  }

  /** Does to the account, or to the number, what Meta does, and tells it. */
  setAccount(request: AccountRequest): WhatsAppBehaviour {
    const asked = accountSchema.parse(request);
    const { account, number } = this.#store.behaviour;
    if (asked.event === 'number') {
      number.quality = asked.quality ?? number.quality;
      number.status = asked.status ?? number.status;
      number.limit = asked.limit ?? number.limit;
      const flagged =
        asked.quality === undefined ? 'UPGRADE' : asked.quality === 'RED' ? 'FLAGGED' : 'UNFLAGGED';
      this.#webhooks.send([
        accountUpdate('phone_number_quality_update', {
          display_phone_number: NUMBER.digits,
          event: flagged,
          current_limit: number.limit,
        }),
      ]);
    } else {
      account.restrictedUntil = asked.event === 'restrict' ? asked.until * 1000 : null;
      account.banned = asked.event === 'ban';
      this.#webhooks.send([accountUpdate('account_update', accountNews(asked))]);
    }
    this.#options.changed();
    return this.#store.behaviour;
  }

  /** Does as a person would: writes, presses a button, or stops marketing messages. */
  reply(request: Reply): { wamid: string | null; from: string } {
    const { from, name, text, button, contextWamid, preference } = replySchema.parse(request);
    const person = this.#store.personOf(from);
    const sender = senderOf(person, name);
    if (preference !== undefined) {
      this.#store.receive(person, 'preference', preference);
      this.#webhooks.send([preferenceUpdate(sender, preference)]);
      this.#options.changed();
      return { wamid: null, from: person };
    }
    const content = button === undefined ? { text: text ?? '' } : { button };
    const wamid = this.#store.receive(
      person,
      button === undefined ? 'text' : 'button',
      button?.text ?? text ?? '',
    );
    const answered = button !== undefined && contextWamid === undefined;
    const context = answered ? this.#store.lastTemplateTo(person) : (contextWamid ?? null);
    this.#webhooks.send([messageUpdate(sender, wamid, content, context)]);
    this.#options.changed();
    return { wamid, from: person };
  }

  /** Brings a message to a status now, and tells it. */
  setStatus(request: StatusRequest): SentMessage {
    const { wamid, status, errorCode } = statusSchema.parse(request);
    return this.#store.setStatus(wamid, status, errorCode);
  }

  /** Takes a message that Chatwoot sends by itself. */
  passOn(to: string, text: string): void {
    const record = this.#desk.calls.open('POST', '(chatwoot)', JSON.stringify({ to, text: { body: text } }));
    const message = this.#store.passOn(to, text);
    Object.assign(record, { status: 200, effect: true, via: 'chatwoot', wamid: message.wamid });
    this.#options.changed();
  }

  async close(): Promise<void> {
    this.#store.close();
    await this.#webhooks.close();
  }

  #register(url: string): void {
    this.#webhooks.register(url);
    this.#options.changed();
  }

  #routes(): void {
    const route = (handle: (call: Call) => Answer) =>
      this.#desk.endpoint((call) => {
        if (call.headers.authorization !== `Bearer ${this.#options.token}`) throw refusal(190);
        return handle(call);
      });
    const notThere = (id: string | undefined) =>
      refusal(100, `Object with ID '${id}' does not exist, cannot be loaded due to missing permissions`);

    this.app.post(
      '/:version/:id/messages',
      route(({ params, body }) => {
        if (params.id !== NUMBER.phoneNumberId) throw notThere(params.id);
        return this.#send(body);
      }),
    );
    this.app.get(
      '/:version/:id/message_templates',
      route(({ params, query }) => {
        if (params.id !== NUMBER.wabaId) throw notThere(params.id);
        return templatePage(this.#store.templates, query);
      }),
    );
    this.app.get(
      '/:version/:id/phone_numbers',
      route(({ params }) => {
        if (params.id !== NUMBER.wabaId) throw notThere(params.id);
        return { status: 200, body: { data: [phoneNumberShape(this.#store.behaviour)] } };
      }),
    );
    this.app.get(
      '/:version/:id/subscribed_apps',
      route(({ params }) => {
        if (params.id !== NUMBER.wabaId) throw notThere(params.id);
        return { status: 200, body: subscribedAppsShape(this.#store.behaviour) };
      }),
    );
    this.app.get(
      '/:version/debug_token',
      route(({ query }) => {
        if (query.get('input_token') !== this.#options.token) throw refusal(100, 'Invalid input_token');
        return { status: 200, body: tokenShape(this.#store.behaviour) };
      }),
    );
    this.app.get(
      '/:version/:id',
      route(({ params, query }) => {
        if (params.id !== NUMBER.phoneNumberId) throw notThere(params.id);
        if (query.get('fields') === 'webhook_configuration') {
          return { status: 200, body: callbackShape(this.#webhooks.targets) };
        }
        return { status: 200, body: phoneNumberShape(this.#store.behaviour) };
      }),
    );
    this.app.use(
      route(() => {
        throw refusal(100, 'Unsupported request');
      }),
    );
  }

  #send(body: unknown): Answer {
    const message = this.#store.send(readSend(body));
    this.#options.changed();
    const known = message.waId === null ? { user_id: message.userId } : { wa_id: message.waId };
    return {
      status: 200,
      body: {
        messaging_product: 'whatsapp',
        contacts: [{ input: message.to, ...known }],
        messages: [{ id: message.wamid, message_status: message.messageStatus }],
      },
      wamid: message.wamid,
    };
  }
}
