import { randomBytes } from 'node:crypto';
import { DueList } from '../due-list.ts';
import {
  type MessageStatus,
  type PlannedStatus,
  type ReceivedMessage,
  type SentMessage,
  TEMPLATES,
  type TemplateRecord,
  type WhatsAppBehaviour,
} from './records.ts';
import { refusal } from './refusals.ts';
import { checkTemplate, type SendRequest } from './send-input.ts';
import { digitsOf, isUserId, registeredWaId } from './wa-id.ts';
import { type Sender, statusUpdate, type Update } from './webhook-shapes.ts';

/** What is kept over a restart. */
export type WhatsAppSnapshot = {
  messages: SentMessage[];
  received: ReceivedMessage[];
  templates: TemplateRecord[];
  behaviour: WhatsAppBehaviour;
  stopped: string[];
  windows: [string, number][];
};

const WINDOW_MS = 24 * 60 * 60 * 1000;
const MAX_RECEIVED = 100_000;

/** One WhatsApp number: what it sent and received. Calls `happened` with what webhooks have to tell. */
export class WhatsAppStore {
  readonly behaviour: WhatsAppBehaviour;
  readonly templates: TemplateRecord[];
  #messages = new Map<string, SentMessage>();
  #lastTemplateTo = new Map<string, string>();
  #received: ReceivedMessage[];
  #stopped: Set<string>;
  #windows: Map<string, number>;
  #happened: (updates: Update[]) => void;
  #due = new DueList<{ message: SentMessage; planned: PlannedStatus }>((items) => this.#reach(items));

  constructor(
    snapshot: WhatsAppSnapshot | null,
    behaviour: WhatsAppBehaviour,
    happened: (updates: Update[]) => void,
  ) {
    this.#happened = happened;
    this.behaviour = behaviour;
    this.templates = snapshot?.templates ?? TEMPLATES.map((template) => ({ ...template }));
    this.#received = snapshot?.received ?? [];
    this.#stopped = new Set(snapshot?.stopped);
    this.#windows = new Map(snapshot?.windows);
    for (const message of snapshot?.messages ?? []) {
      this.#keep(message);
      for (const planned of message.planned) this.#due.add(planned.dueAt, { message, planned });
    }
  }

  snapshot(): WhatsAppSnapshot {
    return {
      messages: [...this.#messages.values()],
      received: this.#received,
      templates: this.templates,
      behaviour: this.behaviour,
      stopped: [...this.#stopped],
      windows: [...this.#windows],
    };
  }

  /** Statuses still to come. */
  get pending(): number {
    return this.#due.size;
  }

  /** Takes a message of the API. @throws Refusal with Meta's code */
  send(request: SendRequest): SentMessage {
    const { rejectCode, account } = this.behaviour;
    if (account.banned) throw refusal(131031);
    if (account.restrictedUntil !== null && account.restrictedUntil > Date.now()) throw refusal(368);
    const person = this.personOf(request.to);
    const rejected = rejectCode[request.to] ?? rejectCode[person] ?? rejectCode['*'];
    if (rejected !== undefined) throw refusal(rejected);
    if (request.type === 'template') {
      checkTemplate(this.templates, request);
      if (this.#stopped.has(person)) throw refusal(131050);
    } else if ((this.#windows.get(person) ?? 0) < Date.now() - WINDOW_MS) {
      throw refusal(131047, 'More than 24 hours have passed since the recipient last replied');
    }
    return this.#accept(request, 'api');
  }

  /** Takes a message that Chatwoot sent by itself. */
  passOn(to: string, text: string): SentMessage {
    const nothing = {
      template: null,
      language: null,
      bodyParameters: [],
      buttonPayloads: [],
      attemptId: null,
    };
    return this.#accept({ ...nothing, to: digitsOf(to), userId: null, type: 'text', text }, 'chatwoot');
  }

  /** Under which a person is known, however the number was dialled: `wa_id`, or the user id. */
  personOf(address: string): string {
    if (isUserId(address)) return address;
    const digits = digitsOf(address);
    return this.behaviour.waId === 'as_registered' ? registeredWaId(digits) : digits;
  }

  /** Takes note of what a person wrote or did; `person` as {@link personOf} gives it. */
  receive(person: string, kind: ReceivedMessage['kind'], content: string): string {
    const wamid = newWamid();
    this.#received.push({
      wamid: kind === 'preference' ? null : wamid,
      from: person,
      kind,
      content,
      at: Date.now(),
    });
    if (this.#received.length > MAX_RECEIVED) this.#received.splice(0, MAX_RECEIVED / 10);
    if (kind !== 'preference') this.#windows.set(person, Date.now());
    else if (content === 'stop') this.#stopped.add(person);
    else this.#stopped.delete(person);
    return wamid;
  }

  /** The last template this person got; the message a quick reply belongs to. */
  lastTemplateTo(person: string): string | null {
    return this.#lastTemplateTo.get(person) ?? null;
  }

  /** Brings a message to a status now. @throws Refusal where there is no such message */
  setStatus(wamid: string, status: MessageStatus, errorCode: number | undefined): SentMessage {
    const message = this.#messages.get(wamid);
    if (message === undefined) throw refusal(100, 'no such message');
    const planned = { status, dueAt: Date.now(), errorCode };
    message.planned = status === 'failed' ? [] : message.planned.filter((one) => one.status !== status);
    message.planned.push(planned);
    this.#reach([{ message, planned }]);
    return message;
  }

  /** A template by its name. @throws Refusal where there is none */
  template(name: string): TemplateRecord {
    const template = this.templates.find((one) => one.name === name);
    if (template === undefined) throw refusal(132001, `no template ${name}`);
    return template;
  }

  close(): void {
    this.#due.stop();
  }

  #accept(request: SendRequest, via: SentMessage['via']): SentMessage {
    const now = Date.now();
    const message: SentMessage = {
      wamid: newWamid(),
      via,
      ...request,
      waId: request.userId === null ? this.personOf(request.to) : null,
      messageStatus: this.behaviour.messageStatus,
      acceptedAt: now,
      statuses: [],
      planned: this.#plan(request.to, now),
    };
    this.#keep(message);
    for (const planned of message.planned) this.#due.add(planned.dueAt, { message, planned });
    return message;
  }

  #plan(to: string, now: number): PlannedStatus[] {
    const { delays, readRate, undeliverable, messageStatus } = this.behaviour;
    if (messageStatus !== 'accepted') return [];
    const person = this.personOf(to);
    if (undeliverable.some((number) => this.personOf(number) === person)) {
      return [{ status: 'failed', dueAt: now + delays.sentMs, errorCode: 131026 }];
    }
    const planned: PlannedStatus[] = [
      { status: 'sent', dueAt: now + delays.sentMs },
      { status: 'delivered', dueAt: now + delays.deliveredMs },
    ];
    if (readRate >= 1 || Math.random() < readRate)
      planned.push({ status: 'read', dueAt: now + delays.readMs });
    return planned;
  }

  #keep(message: SentMessage): void {
    this.#messages.set(message.wamid, message);
    if (message.type === 'template') this.#lastTemplateTo.set(message.waId ?? message.to, message.wamid);
  }

  #reach(items: { message: SentMessage; planned: PlannedStatus }[]): void {
    const updates: Update[] = [];
    for (const { message, planned } of items) {
      // It may have failed, or been set by hand, since it was planned.
      if (!message.planned.includes(planned)) continue;
      message.planned = message.planned.filter((one) => one !== planned);
      const at = Date.now();
      const { status, errorCode } = planned;
      message.statuses.push({ status, at, ...(errorCode === undefined ? {} : { errorCode }) });
      if (this.behaviour.statuses) updates.push(statusUpdate(message, planned, at));
    }
    this.#happened(updates);
  }
}

/** A person as the sender of an incoming message. */
export function senderOf(person: string, name: string): Sender {
  return isUserId(person) ? { waId: null, userId: person, name } : { waId: person, userId: null, name };
}

function newWamid(): string {
  return `wamid.${randomBytes(32).toString('base64')}`;
}
