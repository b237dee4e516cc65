import type { Database } from '../db/database.ts';
import { buryRelay, claimRelay, type RelayEntry, settleRelay } from '../db/relay.ts';

/** Taken at a time, held in memory at most, sent to one address at once. */
const BATCH = 20;
const MOST_HELD = 100;
const AT_ONCE = 8;

/** How long the far end may take over one, in milliseconds. */
const MOST_ANSWER_MS = 10_000;

/** For how long what was taken is nobody else's: longer than the slowest far end takes over all that is held. */
const LEASE_SECONDS = 180;

/** Seconds after which one that failed is tried again, and an address that did not answer is asked again, at most. */
const MOST_WAIT_SECONDS = 900;
const MOST_SILENCE_SECONDS = 60;

/** How long one is tried, before it waits for a person. */
const MOST_AGE_MS = 7 * 24 * 3_600_000;

/** One address: what waits for it, in the order of receipt, and how it has been doing. */
type Lane = { queue: RelayEntry[]; running: number; failures: number; until: number; error: string };

/** Why one could not be passed on; `away` where that is likely to hold for the others too. */
type Failure = { error: string; away: boolean };

export type RelayOptions = {
  onPassed?: () => void;
  onFailed?: (entry: RelayEntry, error: string) => void;
  /** Something about the database went wrong: what was under way comes back by itself. */
  onError?: (error: Error) => void;
  answerMs?: number;
};

export type Relay = {
  /** Takes what is due and sends it off; returns how many it took. Waits for no answer while there is room. */
  pass(): Promise<number>;
  /** Waits for the answers that are due, and gives back what was not sent. */
  stop(): Promise<void>;
};

/**
 * Passes raw webhooks on as they came: their bytes, their signature. Each address has a lane of its own, entered in
 * the order of receipt; one that does not answer is asked again by a single webhook, later each time, while the
 * others wait for it and hold up nobody else's.
 *
 * 2xx is done, redirects are not followed. Anything else is tried again for a week and then becomes a dead event.
 * At least once: what a process that died had taken is sent again when its lease is over.
 */
export function createRelay(database: Database, options: RelayOptions = {}): Relay {
  const answerMs = options.answerMs ?? MOST_ANSWER_MS;
  const lanes = new Map<string, Lane>();
  const underWay = new Set<Promise<void>>();
  let held = 0;
  let roomMade = () => {};

  async function putOff(entries: readonly RelayEntry[], error: string, seconds: number): Promise<void> {
    const tooOld = (entry: RelayEntry) => Date.now() - entry.receivedAt.getTime() > MOST_AGE_MS;
    for (const entry of entries.filter(tooOld)) {
      await database.tenant(entry.tenantId, (rows) => buryRelay(rows, entry.id, error));
    }
    const again = entries.filter((entry) => !tooOld(entry));
    if (again.length === 0) return;
    const waits = again.map(({ id }) => ({ id, error, seconds }));
    await settleRelay(database, [], waits);
  }

  /** Runs in the background; a failure of the database leaves the rows to their lease. */
  function background(work: Promise<void>): void {
    const guarded = work
      .catch((error: Error) => options.onError?.(error))
      .finally(() => underWay.delete(guarded));
    underWay.add(guarded);
  }

  async function deliver(url: string, lane: Lane, entry: RelayEntry): Promise<void> {
    const failure = await post(url, entry, answerMs);
    if (!failure) {
      lane.failures = 0;
      options.onPassed?.();
      return settleRelay(database, [entry.id], []);
    }
    options.onFailed?.(entry, failure.error);
    const own = Math.min(MOST_WAIT_SECONDS, 2 ** Math.min(entry.attempts, 10));
    if (!failure.away) return putOff([entry], failure.error, own);
    // Those that were on their way together have failed together: that is one failure.
    if (lane.until <= Date.now()) lane.failures++;
    const silence = Math.min(MOST_SILENCE_SECONDS, 2 ** lane.failures);
    lane.until = Date.now() + silence * 1_000;
    lane.error = failure.error;
    const waiting = lane.queue.splice(0);
    held -= waiting.length;
    // Longer than the others, or one that the far end stumbles over would stay at their head.
    await putOff([entry], failure.error, Math.max(own, 2 * silence));
    await putOff(waiting, failure.error, silence);
  }

  function pump(url: string, lane: Lane): void {
    while (lane.queue.length > 0 && lane.running < (lane.failures > 0 ? 1 : AT_ONCE)) {
      const entry = lane.queue.shift()!;
      lane.running++;
      background(
        deliver(url, lane, entry).finally(() => {
          lane.running--;
          held--;
          roomMade();
          pump(url, lane);
          if (lane.running === 0 && lane.failures === 0) lanes.delete(url);
        }),
      );
    }
  }

  /** How many seconds an address is to be left alone by all but one, if at all. */
  function silenceOf(lane: Lane): number {
    if (lane.failures === 0) return 0;
    if (lane.until > Date.now()) return (lane.until - Date.now()) / 1_000;
    return lane.running > 0 ? answerMs / 1_000 : 0;
  }

  return {
    async pass() {
      while (held >= MOST_HELD) {
        await new Promise<void>((resolve) => {
          roomMade = resolve;
        });
      }
      const entries = await claimRelay(database, BATCH, LEASE_SECONDS);
      for (const [url, waiting] of Map.groupBy(entries, (entry) => entry.url)) {
        if (url === null) {
          const ids = waiting.map(({ id }) => id);
          await settleRelay(database, ids, []);
          continue;
        }
        const lane = lanes.get(url) ?? { queue: [], running: 0, failures: 0, until: 0, error: '' };
        lanes.set(url, lane);
        const silence = silenceOf(lane);
        // Where it does not answer, the oldest alone asks it again.
        const sent = silence > 0 ? [] : waiting.slice(0, lane.failures > 0 ? 1 : waiting.length);
        held += sent.length;
        lane.queue.push(...sent);
        pump(url, lane);
        const rest = waiting.slice(sent.length);
        if (rest.length > 0) await putOff(rest, lane.error, silence || answerMs / 1_000);
      }
      return entries.length;
    },
    async stop() {
      for (const lane of lanes.values()) {
        const waiting = lane.queue.splice(0);
        held -= waiting.length;
        if (waiting.length > 0) background(putOff(waiting, lane.error, 0));
      }
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** Sends one, once; null where the far end took it. */
async function post(url: string, { body, signature }: RelayEntry, answerMs: number): Promise<Failure | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
    });
    await response.body?.cancel();
    const { status } = response;
    if (status >= 200 && status < 300) return null;
    return { error: `HTTP ${status}`, away: status >= 500 || status === 408 || status === 429 };
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    const reason = name === 'TimeoutError' ? `${answerMs} ms` : (cause?.code ?? name);
    return { error: `no answer (${reason})`, away: true };
  }
}
