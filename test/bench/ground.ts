import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeeper } from '../../src/local/keeper.ts';
import { lastLines } from '../../src/local/log-file.ts';
import type { RunningProcess, StartOptions } from '../../src/local/processes.ts';
import { openProgress, type Progress } from '../../src/local/setup/progress.mjs';
import { BenchFailure } from './report.ts';

/** One run of the benchmark: how it is called off, and where it says how far it is. */
export type Run = {
  /** Aborted by Ctrl-C, or by a process that ended by itself, with the reason. */
  callOff: AbortController;
  progress: Progress;
};

/** Opens a run. What it says of its way goes to standard error: standard output has the report alone. */
export function openRun(): Run {
  return { callOff: new AbortController(), progress: openProgress(process.stderr) };
}

/** A folder and processes that belong together and go together. */
export type Ground = Run & {
  signal: AbortSignal;
  folder: string;
  /** Starts a process; should it end by itself, the run is called off. */
  start<Running extends RunningProcess>(start: (options: StartOptions) => Promise<Running>): Promise<Running>;
  /** Something to close before the processes end. */
  atEnd(close: () => Promise<unknown>): void;
};

/**
 * Gives `work` a ground of its own, and clears it afterwards, whatever happened: all processes ended, the last
 * first, and the folder removed. A keeper does so if we are killed.
 */
export async function onGround<Result>(run: Run, work: (ground: Ground) => Promise<Result>): Promise<Result> {
  const { signal } = run.callOff;
  const keeper = openKeeper();
  const folder = await mkdtemp(join(tmpdir(), 'lead-flow-bench-'));
  keeper.removeFolder(folder);
  // As root the database runs as another user, who must pass through.
  await chmod(folder, 0o711);
  const running: RunningProcess[] = [];
  const closes: (() => Promise<unknown>)[] = [];
  const starting = new Set<Promise<unknown>>();
  let ending = false;

  function watch(process: RunningProcess): void {
    running.push(process);
    void process.exited.then(({ code, signal: by }) => {
      if (ending) return;
      const words = lastLines(process.logFile, 0).map((line) => `  | ${line}`);
      run.callOff.abort(
        new BenchFailure(`${process.name} ended by itself (${by ?? `exit code ${code}`})`, words),
      );
    });
  }

  try {
    return await work({
      ...run,
      signal,
      folder,
      async start(start) {
        const begun = start({ keeper, signal }).then((process) => {
          watch(process);
          return process;
        });
        starting.add(begun);
        return begun;
      },
      atEnd: (close) => void closes.push(close),
    });
  } finally {
    ending = true;
    await Promise.allSettled(starting);
    for (const close of closes.reverse()) await close().catch(() => {});
    for (const process of running.reverse()) await end(process);
    await keeper.close();
  }
}

/** Nothing of its state is wanted any more; but a killed server would leave its backends behind for a while. */
async function end(process: RunningProcess): Promise<void> {
  if (process.name === 'PostgreSQL') await process.stop();
  else process.kill();
  await process.exited;
}
