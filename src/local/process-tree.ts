import { setTimeout as sleep } from 'node:timers/promises';
import type { Keeper } from './keeper.ts';
import { watchErrors } from './log-file.ts';
import type { RunningProcess, StartOptions } from './processes.ts';

/** The processes of a local start. */
export type ProcessTree = {
  /**
   * Starts one and looks after it: should it end by itself, that is told in a line and it is started again,
   * sooner or later as it keeps ending. `onRestart` is called when it is back.
   */
  run<Running extends RunningProcess>(
    start: (options: StartOptions) => Promise<Running>,
    onRestart?: (running: Running) => Promise<void>,
  ): Promise<Running>;
  /** Calls off what is being started and ends the rest, one after the other, those in `order` first. */
  stop(order: readonly string[]): Promise<void>;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_AFTER_MS = 60_000;

/** `say` prints a line for the developer. */
export function createProcessTree(say: (line: string) => void, keeper: Keeper): ProcessTree {
  const stopping = new AbortController();
  const options: StartOptions = { keeper, signal: stopping.signal };
  const running = new Map<string, RunningProcess>();
  const starting = new Set<Promise<unknown>>();

  function begin<Running extends RunningProcess>(start: (options: StartOptions) => Promise<Running>) {
    const begun = start(options).then((process) => {
      running.set(process.name, process);
      return process;
    });
    starting.add(begun);
    const done = () => starting.delete(begun);
    begun.then(done, done);
    return begun;
  }

  async function lookAfter<Running extends RunningProcess>(
    first: Running,
    start: (options: StartOptions) => Promise<Running>,
    onRestart: ((running: Running) => Promise<void>) | undefined,
  ): Promise<void> {
    let process: Running = first;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const since = Date.now();
      const errors = watchErrors(process.logFile, (message) => say(`  ${process.name}: ${message}`));
      const exit = await process.exited;
      errors.stop();
      running.delete(process.name);
      if (stopping.signal.aborted) return;
      if (Date.now() - since > STEADY_AFTER_MS) pause = FIRST_PAUSE_MS;
      const how = exit.signal ?? `exit code ${exit.code}`;
      say(
        `${process.name} ended by itself (${how}) and is started again in ${pause / 1000} s; see ${process.logFile}`,
      );
      const back = await startAgain(start, () => {
        const now = pause;
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        return now;
      });
      if (!back) return;
      process = back;
      await onRestart?.(process).catch((error: Error) => say(`  ${process.name}: ${error.message}`));
      say(`${process.name} is running again`);
    }
  }

  async function startAgain<Running extends RunningProcess>(
    start: (options: StartOptions) => Promise<Running>,
    nextPause: () => number,
  ): Promise<Running | undefined> {
    for (;;) {
      await sleep(nextPause(), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return undefined;
      try {
        return await begin(start);
      } catch (error) {
        if (!stopping.signal.aborted) say(`  ${(error as Error).message}; it is tried again`);
      }
    }
  }

  return {
    async run(start, onRestart) {
      const process = await begin(start);
      void lookAfter(process, start, onRestart);
      return process;
    },
    async stop(order) {
      stopping.abort(new Error('stopped'));
      await Promise.allSettled(starting);
      const names = [...order.filter((name) => running.has(name)), ...running.keys()];
      for (const name of new Set(names)) await running.get(name)?.stop();
    },
  };
}
