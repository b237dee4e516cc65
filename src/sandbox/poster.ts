import { Agent, request } from 'undici';

/** One webhook to post; `headers` come with it as they are. */
export type Posting = { url: string; body: string; headers: Record<string, string>; firstAt: number };

/** When to try again after anything but 2xx: doubling from `firstMs` to `maxMs`, until `forMs` after the first try. */
export type RetryPolicy = { firstMs: number; maxMs: number; forMs: number };

const MAX_IN_FLIGHT = 32;

/** Posts webhooks, at most 32 at a time, in the order they were given (retries come later). */
export class Poster {
  #agent = new Agent({ connections: MAX_IN_FLIGHT, pipelining: 1 });
  #timeoutMs: number;
  #retry: RetryPolicy | null;
  #queue: { posting: Posting; tries: number }[] = [];
  #inFlight = 0;
  #open = new Set<Posting>();
  #timers = new Set<NodeJS.Timeout>();
  #closed = false;
  #onSettled: () => void;

  /** `retry` null: each posting is sent once. `onSettled` is called when one is delivered or given up. */
  constructor(timeoutMs: number, retry: RetryPolicy | null, onSettled: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#retry = retry;
    this.#onSettled = onSettled;
  }

  /** Postings neither delivered nor given up. */
  open(): Posting[] {
    return [...this.#open];
  }

  post(posting: Posting): void {
    if (this.#closed) return;
    this.#open.add(posting);
    this.#queue.push({ posting, tries: 0 });
    this.#pump();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#queue = [];
    await this.#agent.destroy();
  }

  #pump(): void {
    while (this.#inFlight < MAX_IN_FLIGHT && this.#queue.length > 0 && !this.#closed) {
      const next = this.#queue.shift()!;
      this.#inFlight++;
      void this.#send(next.posting).then((delivered) => {
        this.#inFlight--;
        if (this.#closed) return;
        if (delivered || !this.#again(next.posting, next.tries)) {
          this.#open.delete(next.posting);
          this.#onSettled();
        }
        this.#pump();
      });
    }
  }

  #again(posting: Posting, tries: number): boolean {
    const retry = this.#retry;
    if (retry === null || Date.now() - posting.firstAt >= retry.forMs) return false;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#queue.push({ posting, tries: tries + 1 });
        this.#pump();
      },
      Math.min(retry.maxMs, retry.firstMs * 2 ** tries),
    );
    this.#timers.add(timer);
    return true;
  }

  async #send(posting: Posting): Promise<boolean> {
    try {
      const { statusCode, body } = await request(posting.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...posting.headers },
        body: posting.body,
        dispatcher: this.#agent,
        headersTimeout: this.#timeoutMs,
        bodyTimeout: this.#timeoutMs,
      });
      await body.dump();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      return false;
    }
  }
}
