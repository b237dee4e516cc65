import { setTimeout as sleep } from 'node:timers/promises';

/** What came of requests that left on schedule. Times in ms. */
export type Load = {
  /** From the instant each was due to its whole answer. */
  latencies: number[];
  /** How long after that instant each left: the benchmark's own lateness, which is part of the latency. */
  lateness: number[];
  /** Why some were not answered as they should be. */
  failures: string[];
};

/**
 * Sends `rate` requests a second for `seconds`, evenly, whatever the answers do: a server that stands still for a
 * second is asked as often as ever, and each of those requests has its wait counted.
 */
export async function openLoop(
  { rate, seconds, signal }: { rate: number; seconds: number; signal: AbortSignal },
  request: () => Promise<unknown>,
): Promise<Load> {
  const load: Load = { latencies: [], lateness: [], failures: [] };
  const answers: Promise<void>[] = [];
  const begin = performance.now() + 50;
  for (let number = 0; number < rate * seconds; number++) {
    const due = begin + (number * 1000) / rate;
    const wait = Math.ceil(due - performance.now());
    if (wait > 0) await sleep(wait, undefined, { signal });
    load.lateness.push(performance.now() - due);
    answers.push(
      request().then(
        () => void load.latencies.push(performance.now() - due),
        (error: Error) => void load.failures.push(error.message),
      ),
    );
  }
  await Promise.all(answers);
  return load;
}
