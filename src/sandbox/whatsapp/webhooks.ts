import { randomInt } from 'node:crypto';
import { request } from 'undici';
import { signMeta } from '../../domain/signature.ts';
import { DueList } from '../due-list.ts';
import { Poster, type Posting, type RetryPolicy } from '../poster.ts';
import { fateOf, HEALTHY, type WebhookFaults } from '../webhook-faults.ts';
import { metaJson, type Update, webhookBody } from './webhook-shapes.ts';

/** What asking a receiver to prove itself brought. `status` is null where no answer came. */
export type Verification = { verified: boolean; status: number | null };

const TIMEOUT_MS = 10_000;

/** How Meta's patience is acted: from half a second to 15 s, for ten minutes. */
export const RETRIES: RetryPolicy = { firstMs: 500, maxMs: 15_000, forMs: 600_000 };

/** Sends Meta's webhooks: what is due together goes into one POST, repeated until it is taken. */
export class WhatsAppWebhooks {
  targets: string[];
  faults: WebhookFaults = HEALTHY;
  maxBatch: () => number = () => 50;
  #secret: string;
  #poster: Poster;
  #waiting = new DueList<Update>((updates) => this.#post(updates));

  constructor(secret: string, targets: string[], open: Posting[], retries: RetryPolicy, settled: () => void) {
    this.#secret = secret;
    this.targets = targets;
    this.#poster = new Poster(TIMEOUT_MS, retries, settled);
    for (const posting of open) this.#poster.post(posting);
  }

  /** How many updates wait or are on their way; a POST under way counts as one. */
  get pending(): number {
    return this.#waiting.size + this.#poster.open().length;
  }

  /** POSTs that nobody has taken yet, to be kept over a restart. */
  open(): Posting[] {
    return this.#poster.open();
  }

  /** Sends these: now, unless a fault delays or loses some. */
  send(updates: Update[]): void {
    if (this.targets.length === 0) return;
    const now: Update[] = [];
    for (const update of updates) {
      const waitMs = fateOf(this.faults);
      if (waitMs === null) continue;
      if (waitMs === 0) now.push(update);
      else this.#waiting.add(Date.now() + waitMs, update);
    }
    if (now.length > 0) this.#post(now);
  }

  /** Asks the receiver for the challenge, as Meta does when a callback is entered. */
  async verify(url: string, token: string): Promise<Verification> {
    const challenge = String(randomInt(1_000_000_000));
    const asked = new URL(url);
    asked.searchParams.set('hub.mode', 'subscribe');
    asked.searchParams.set('hub.verify_token', token);
    asked.searchParams.set('hub.challenge', challenge);
    try {
      const { statusCode, body } = await request(asked, {
        headersTimeout: 5_000,
        bodyTimeout: 5_000,
        reset: true,
      });
      const text = await body.text();
      return { verified: statusCode === 200 && text.trim() === challenge, status: statusCode };
    } catch {
      return { verified: false, status: null };
    }
  }

  /** Registers a receiver; again, it stays registered once. */
  register(url: string): void {
    if (!this.targets.includes(url)) this.targets = [...this.targets, url];
  }

  async close(): Promise<void> {
    this.#waiting.stop();
    await this.#poster.close();
  }

  #post(updates: Update[]): void {
    const most = this.maxBatch();
    for (let from = 0; from < updates.length; from += most) {
      const batch = updates.slice(from, from + most);
      if (this.faults.shuffle) batch.sort(() => Math.random() - 0.5);
      const body = metaJson(webhookBody(batch));
      const headers = { 'x-hub-signature-256': signMeta(Buffer.from(body), this.#secret) };
      for (const url of this.targets) {
        for (let copy = 0; copy <= this.faults.duplicate; copy++) {
          this.#poster.post({ url, body, headers, firstAt: Date.now() });
        }
      }
    }
  }
}
