import { randomUUID } from 'node:crypto';
import { signChatwoot } from '../../domain/signature.ts';
import { Poster } from '../poster.ts';
import { fateOf, HEALTHY, type WebhookFaults } from '../webhook-faults.ts';
import { ACCOUNT, type Json } from './records.ts';

/** A receiver; `subscriptions` empty means every event. */
export type ChatwootTarget = { url: string; subscriptions: string[] };

const TIMEOUT_MS = 5_000;

const EVENTS = [
  'conversation_created',
  'conversation_updated',
  'conversation_status_changed',
  'contact_created',
  'contact_updated',
  'message_created',
  'message_updated',
];

/** Sends Chatwoot's webhooks: each once, with a time-out of 5 s, whatever comes back. */
export class ChatwootWebhooks {
  targets: ChatwootTarget[];
  faults: WebhookFaults = HEALTHY;
  #secret: string;
  #poster = new Poster(TIMEOUT_MS, null, () => undefined);
  #waiting = new Set<NodeJS.Timeout>();

  constructor(secret: string, targets: ChatwootTarget[]) {
    this.#secret = secret;
    this.targets = targets;
  }

  /** How many are on their way. */
  get pending(): number {
    return this.#waiting.size + this.#poster.open().length;
  }

  /** Registers a receiver; again for the same URL changes its subscriptions. */
  register(target: ChatwootTarget): void {
    this.targets = [...this.targets.filter(({ url }) => url !== target.url), target];
  }

  /** As `GET /webhooks` gives them. */
  listed(): Json {
    const webhooks = this.targets.map(({ url, subscriptions }, index) => ({
      id: index + 1,
      name: null,
      url,
      account_id: ACCOUNT.id,
      subscriptions: subscriptions.length > 0 ? subscriptions : EVENTS,
      secret: this.#secret,
    }));
    return { payload: { webhooks } };
  }

  /** `shape` is called only where somebody wants the event. */
  send(event: string, shape: () => Json, signed: boolean): void {
    const receivers = this.targets.filter(
      ({ subscriptions }) => subscriptions.length === 0 || subscriptions.includes(event),
    );
    if (receivers.length === 0) return;
    const body = JSON.stringify(shape());
    for (const { url } of receivers) {
      const waitMs = fateOf(this.faults);
      if (waitMs === null) continue;
      const headers = this.#headers(body, signed);
      for (let copy = 0; copy <= this.faults.duplicate; copy++) this.#later(waitMs, url, body, headers);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    await this.#poster.close();
  }

  #headers(body: string, signed: boolean): Record<string, string> {
    const delivery = { 'x-chatwoot-delivery': randomUUID() };
    if (!signed) return delivery;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = signChatwoot(Buffer.from(body), timestamp, this.#secret);
    return { ...delivery, 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': signature };
  }

  #later(waitMs: number, url: string, body: string, headers: Record<string, string>): void {
    const post = () => this.#poster.post({ url, body, headers, firstAt: Date.now() });
    if (waitMs === 0) {
      post();
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      post();
    }, waitMs);
    this.#waiting.add(timer);
  }
}
