export type Loop = {
  /** There may be something to do: look now, and not only when the time is up. */
  poke(): void;
  /** Ends after the pass that is under way. */
  stop(): Promise<void>;
};

/**
 * Does `pass` again and again: at once while it finds work, else when poked or after `idleMs`. A pass that fails
 * is tried again later, after a pause that doubles up to 10 s.
 */
export function startLoop(options: {
  pass: () => Promise<number>;
  idleMs: number;
  /** The least time from one pass to the next, so that what arrives together is taken together. */
  gatherMs: number;
  /**
   * A pass that found `size` has left more behind: the next begins after `pauseMs` of what this one took, `gatherMs`
   * at most. Whoever else works on these cores and in this database gets their turn.
   */
  full?: { size: number; pauseMs: (tookMs: number) => number };
  onError: (error: Error) => void;
}): Loop {
  let stopped = false;
  let poked = false;
  let wakeIdle = () => {};
  let wakeAny = () => {};
  let pause = 250;

  /** Gathering goes on whoever pokes; only a stop ends it. */
  const sleep = (ms: number, untilPoked = false) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeAny = () => {
        clearTimeout(timer);
        resolve();
      };
      wakeIdle = untilPoked ? wakeAny : () => {};
    });

  async function run(): Promise<void> {
    while (!stopped) {
      poked = false;
      const began = performance.now();
      try {
        const found = await options.pass();
        pause = 250;
        if (stopped) return;
        if (found === 0 && !poked) await sleep(options.idleMs, true);
        const { full, gatherMs } = options;
        const pauseMs = full && found >= full.size ? full.pauseMs(performance.now() - began) : gatherMs;
        if (!stopped) await sleep(Math.min(pauseMs, gatherMs));
      } catch (error) {
        options.onError(error as Error);
        if (!stopped) await sleep(pause);
        pause = Math.min(pause * 2, 10_000);
      }
    }
  }

  const ended = run();
  return {
    poke() {
      poked = true;
      wakeIdle();
    },
    stop() {
      stopped = true;
      wakeAny();
      return ended;
    },
  };
}
