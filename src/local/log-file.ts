import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;

/** Opens a log for appending; one that has grown past 10 MB is first put aside as `NAME.log.1`. */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_AT_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** The size of a log in bytes, 0 where there is none: the place from which a new process writes. */
export function logSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines that were written after `from` (bytes). */
export function lastLines(path: string, from: number, count = 12): string[] {
  return readFrom(path, Math.max(from, logSize(path) - 16_384))
    .text.split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}

/**
 * Calls `found` for each error that one of our own processes writes to its log from now on (pino's levels 50
 * and 60). The same message is told once in half a minute, so that a lasting fault does not flood the terminal.
 */
export function watchErrors(path: string, found: (message: string) => void): { stop(): void } {
  const toldAt = new Map<string, number>();
  let position = logSize(path);
  const timer = setInterval(() => {
    const { text, end } = readFrom(path, position > logSize(path) ? 0 : position);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    position = end - Buffer.byteLength(text.slice(whole.length));
    for (const line of whole.split('\n')) {
      const message = errorIn(line);
      if (!message || Date.now() - (toldAt.get(message) ?? 0) < 30_000) continue;
      toldAt.set(message, Date.now());
      found(message);
    }
    if (toldAt.size > 500) toldAt.clear();
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function errorIn(line: string): string | undefined {
  if (!/"level":[56]0/.test(line)) return undefined;
  try {
    const entry = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [...new Set([entry.msg, entry.err?.message])].filter(Boolean).join(': ');
  } catch {
    return undefined;
  }
}

function readFrom(path: string, from: number): { text: string; end: number } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return { text: '', end: 0 };
  }
  try {
    const bytes = Buffer.alloc(Math.min(Math.max(fstatSync(file).size - from, 0), 1024 * 1024));
    const read = readSync(file, bytes, 0, bytes.length, from);
    return { text: bytes.toString('utf8', 0, read), end: from + read };
  } finally {
    closeSync(file);
  }
}
