import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, startOf } from './process-identity.ts';
import { makeFolder } from './setup/folder.mjs';
import { StartError } from './start-error.ts';

/** Where everything that a local start keeps lies; ours alone until it is closed. */
export type DataDir = {
  path: string;
  /** The path of something in it. */
  at(...names: string[]): string;
  /** What is kept under `name`, or undefined. */
  read(name: string): string | undefined;
  /** Keeps `text` under `name`, readable by nobody else. */
  keep(name: string, text: string): void;
  /** Whether an earlier start was killed and could not close it. */
  wasLeftOpen: boolean;
  /** Who ends our processes if we are killed; the next start waits for it. */
  noteKeeper(pid: number): void;
  close(): void;
};

type Lock = { pid: number; start: string; keeper?: number };

/** Opens `path`, making it where there is none. Throws a StartError where another start is working with it. */
export async function openDataDir(path: string): Promise<DataDir> {
  try {
    makeFolder(path);
  } catch (error) {
    throw new StartError(
      `The data directory ${path} cannot be made: ${(error as Error).message}. ` +
        'Set LEAD_FLOW_DATA_DIR to one that can.',
    );
  }
  try {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    // As root the database runs as another user, who must pass through, but sees nothing in it.
    chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
  } catch (error) {
    throw notOurs(path, error);
  }
  const at = (...names: string[]) => join(path, ...names);
  const lock: Lock = { pid: process.pid, start: startOf(process.pid) ?? '' };
  const wasLeftOpen = await takeLock(at('lock'), lock, path);
  const keep = (name: string, text: string) => {
    const unfinished = at(`${name}.new`);
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, at(name));
  };
  return {
    path,
    at,
    wasLeftOpen,
    keep,
    read: (name) => readIfThere(at(name)),
    noteKeeper: (pid) => keep('lock', JSON.stringify({ ...lock, keeper: pid })),
    close: () => rmSync(at('lock'), { force: true }),
  };
}

function notOurs(path: string, error: unknown): StartError {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EACCES: 'this user may not write in it',
    EPERM: 'it belongs to another user',
    EROFS: 'it is read-only',
    ENOTDIR: 'it is no folder',
    ENOSPC: 'its disk is full',
    EDQUOT: 'its disk is full',
  };
  const remedy = /^(ENOSPC|EDQUOT)$/.test(code ?? '') ? 'Free some space' : 'Give this user the right to it';
  return new StartError(
    `The data directory ${path} cannot be written: ${reasons[code ?? ''] ?? code}. ` +
      `${remedy}, or set LEAD_FLOW_DATA_DIR to another.`,
  );
}

async function takeLock(file: string, lock: Lock, path: string): Promise<boolean> {
  for (let wasLeftOpen = false; ; wasLeftOpen = true) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, JSON.stringify(lock));
      closeSync(handle);
      return wasLeftOpen;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw notOurs(path, error);
      }
    }
    const holder = readLock(file);
    if (holder && isRunning(holder.pid, holder.start)) {
      throw new StartError(
        `Lead Flow is already running on ${path} (process ${holder.pid}). ` +
          'End it with Ctrl-C in its terminal, or set LEAD_FLOW_DATA_DIR and the ports to run a second one.',
      );
    }
    await keeperGone(holder?.keeper);
    rmSync(file, { force: true });
  }
}

/** A start that was killed leaves its keeper ending what it had started. */
async function keeperGone(pid: number | undefined): Promise<void> {
  for (const deadline = Date.now() + 10_000; pid && Date.now() < deadline; await sleep(100)) {
    if (startOf(pid) === undefined) return;
  }
}

function readLock(file: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Lock;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
