import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Keeper } from './keeper.ts';
import { lastLines, logSize, openLog } from './log-file.ts';
import { diskRemedy, StartError } from './start-error.ts';

/** A process to start. */
export type ProcessSpec = {
  /** Names it in messages: `api`, `worker`, … */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user instead of ours. */
  user?: { uid: number; gid: number } | undefined;
  /** Takes its output, both streams. */
  logFile: string;
  /** Asks it to end; SIGTERM unless said. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to end before it is killed, in ms. */
  graceMs?: number;
  /** What it gets from the keeper if we are killed; SIGKILL unless said. */
  orphanSignal?: NodeJS.Signals;
  /** Whether it does its work already; asked again until it gives true. Without it the start is enough. */
  ready?: () => Promise<boolean>;
  readyWithinMs?: number;
};

/** What a process and its starter share: the keeper that outlives us, and a signal that calls starting off. */
export type StartOptions = { keeper?: Keeper | undefined; signal?: AbortSignal | undefined };

/** How a process ended. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A process that runs and is ready. */
export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when it ends, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** Asks it to end, kills it after its grace, and settles when it is gone. */
  stop(): Promise<Exit>;
  /** Sends a signal, SIGKILL unless said. */
  kill(signal?: NodeJS.Signals): void;
};

/**
 * Starts a process and waits until it is ready.
 *
 * It gets a session of its own, so that the terminal's Ctrl-C does not reach it: we end our processes in order.
 * Throws a StartError with its last words where it ends or is not ready in time; nothing is left running then.
 */
export async function startProcess(spec: ProcessSpec, options: StartOptions = {}): Promise<RunningProcess> {
  options.signal?.throwIfAborted();
  const logFrom = logSize(spec.logFile);
  const running = spawnProcess(spec, options.keeper);
  const ended = running.exited.then(() => 'ended' as const);
  const deadline = Date.now() + (spec.readyWithinMs ?? 30_000);
  while (spec.ready) {
    const state = await Promise.race([spec.ready().catch(() => false), ended]);
    if (state === true) break;
    if (state === 'ended') {
      const { code, signal } = await running.exited;
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      const words = lastLines(spec.logFile, logFrom);
      throw new StartError(`${spec.name} ${how} while starting; see ${spec.logFile}${remedy(words)}`, words);
    }
    const late = Date.now() > deadline;
    if (late || options.signal?.aborted) {
      await running.stop();
      options.signal?.throwIfAborted();
      const waited = Math.round((spec.readyWithinMs ?? 30_000) / 1000);
      const words = lastLines(spec.logFile, logFrom);
      throw new StartError(
        `${spec.name} was not ready within ${waited} s; see ${spec.logFile}${remedy(words)}`,
        words,
      );
    }
    await Promise.race([sleep(50), ended]);
  }
  return running;
}

function remedy(words: string[]): string {
  const found = diskRemedy(words.join('\n'));
  return found && `.${found}`;
}

function spawnProcess(spec: ProcessSpec, keeper: Keeper | undefined): RunningProcess {
  const log = openLog(spec.logFile);
  const child = spawn(spec.command, [...spec.args], {
    cwd: spec.cwd,
    env: spec.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...spec.user,
  });
  closeSync(log);
  const pid = child.pid;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => pid === undefined && resolve({ code: 127, signal: null }));
  });
  if (pid === undefined) {
    return { name: spec.name, pid: 0, logFile: spec.logFile, exited, stop: () => exited, kill: () => {} };
  }
  keeper?.watch(pid, spec.orphanSignal ?? 'SIGKILL');
  void exited.then(() => keeper?.forget(pid));
  return {
    name: spec.name,
    pid,
    logFile: spec.logFile,
    exited,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    async stop() {
      child.kill(spec.stopSignal ?? 'SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), spec.graceMs ?? 10_000);
      const exit = await exited;
      clearTimeout(killer);
      return exit;
    },
  };
}
