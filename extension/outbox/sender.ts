import {
  added,
  changed,
  corrected,
  discarded,
  type Hold,
  type HoldReason,
  leadTold,
  type Outbox,
  type Outgoing,
  type ReferralBody,
  tidied,
} from './outgoing.ts';
import type { Verdict } from './verdict.ts';

/** What the sender works with. */
export type SenderOptions = {
  load(): Promise<Outbox>;
  /** Resolves once it would survive the browser's end. */
  save(outbox: Outbox): Promise<void>;
  /** One try; never rejects. */
  post(item: Outgoing): Promise<Verdict>;
  /** Have `pump` called at about that time (ms since 1970), even if this process is gone by then. */
  wakeAt(time: number): void;
  now?(): number;
};

/** Keeps referrals until the server has them: in their order, one at a time, each under its one key. */
export type Sender = {
  /** Resolves once the referral is kept; twice with one key is once. */
  add(key: string, body: ReferralBody): Promise<void>;
  correct(key: string, body: ReferralBody): Promise<void>;
  discard(key: string): Promise<void>;
  leadTold(lead: Parameters<typeof leadTold>[1]): Promise<void>;
  /** Any other change of the outbox, in line with those above. */
  update(change: (outbox: Outbox) => Outbox): Promise<void>;
  /** Sends what waits; with `now` also where a pause is not over. Resolves once there is nothing left to try. */
  pump(how?: { now: boolean }): Promise<void>;
};

const LONGEST_MS = 5 * 60_000;
/** Nothing changes these but a person, who then has it tried at once. */
const SLOW: readonly HoldReason[] = [
  'not_connected',
  'no_permission',
  'key_refused',
  'wrong_server',
  'not_ready',
];

/** How long to wait after so many vain tries; a part of it is chance, so that browsers do not come all at once. */
export function pauseMs(reason: HoldReason, attempts: number, chance = Math.random()): number {
  const longest = SLOW.includes(reason) ? LONGEST_MS : Math.min(1_000 * 2 ** (attempts - 1), LONGEST_MS);
  return longest * (0.5 + chance / 2);
}

/** The one sender of a browser. */
export function createSender({ load, save, post, wakeAt, now = Date.now }: SenderOptions): Sender {
  // The store knows no transactions: changes take turns.
  let turn: Promise<unknown> = Promise.resolve();
  const update = (change: (outbox: Outbox) => Outbox): Promise<void> => {
    const mine = turn.then(async () => {
      const before = await load();
      const after = tidied(change(before), now());
      if (JSON.stringify(after) !== JSON.stringify(before)) await save(after);
    });
    turn = mine.catch(() => {});
    return mine;
  };

  let pumping: Promise<void> | null = null;
  let again: { now: boolean } | null = null;

  const pump = (how = { now: false }): Promise<void> => {
    if (pumping) {
      again = { now: how.now || (again?.now ?? false) };
      return pumping;
    }
    pumping = sendAll(how).finally(() => {
      pumping = null;
    });
    return pumping;
  };

  async function sendAll(how: { now: boolean }): Promise<void> {
    for (let round: typeof again = how; round; round = again) {
      again = null;
      await send(round.now);
    }
  }

  async function send(impatient: boolean): Promise<void> {
    for (let patience = !impatient; ; patience = true) {
      await turn;
      const { items, hold } = await load();
      const next = items.find((item) => item.state === 'waiting');
      if (!next) return hold ? update((outbox) => ({ ...outbox, hold: null })) : undefined;
      if (hold && patience && hold.nextAt > now()) return wakeAt(hold.nextAt);
      const verdict = await post(next);
      if (verdict.kind === 'hold') {
        const pause = pausedBy(verdict, hold, now());
        await update((outbox) => ({ ...outbox, hold: pause }));
        return wakeAt(pause.nextAt);
      }
      const outcome: Partial<Outgoing> =
        verdict.kind === 'sent'
          ? { state: 'sent', receipt: verdict.receipt }
          : { state: 'refused', refusal: verdict.refusal };
      await update((outbox) => ({ ...changed(outbox, next.key, outcome), hold: null }));
    }
  }

  return {
    add: (key, body) => update((outbox) => added(outbox, key, body, now())),
    correct: (key, body) => update((outbox) => corrected(outbox, key, body)),
    discard: (key) => update((outbox) => discarded(outbox, key)),
    leadTold: (lead) => update((outbox) => leadTold(outbox, lead)),
    update,
    pump,
  };
}

function pausedBy(verdict: Verdict & { kind: 'hold' }, before: Hold | null, now: number): Hold {
  const attempts = before?.reason === verdict.reason ? before.attempts + 1 : 1;
  const pause = Math.max(pauseMs(verdict.reason, attempts), verdict.retryAfterMs ?? 0);
  return { reason: verdict.reason, attempts, nextAt: now + pause };
}
