import { setTimeout as sleep } from 'node:timers/promises';
import { BenchFailure, figure, percentile } from './report.ts';

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

/** The same, where every request must be answered as it should be. */
export async function acknowledgedLoop(
  schedule: { rate: number; seconds: number; signal: AbortSignal },
  request: () => Promise<unknown>,
): Promise<Load> {
  const load = await openLoop(schedule, request);
  const { failures } = load;
  if (failures.length > 0) {
    throw new BenchFailure(
      `${failures.length} of ${schedule.rate * schedule.seconds} requests were not acknowledged`,
      [...new Set(failures)],
    );
  }
  return load;
}

/** The columns of a table of loads. */
export const LOAD_COLUMNS = ['p50 ms', 'p99 ms', 'most', 'left late, p99'];

/** A load's figures in those columns. */
export function loadCells({ latencies, lateness }: Load): string[] {
  return [
    figure(percentile(latencies, 0.5)),
    figure(percentile(latencies, 0.99)),
    figure(Math.max(...latencies)),
    figure(percentile(lateness, 0.99)),
  ];
}

/** How many times slower one load was answered than another, in those columns. */
export function ratioCells(one: Load, other: Load): string[] {
  const ratio = (share: number) =>
    `${figure(percentile(one.latencies, share) / percentile(other.latencies, share))}x`;
  return [ratio(0.5), ratio(0.99), '', ''];
}
