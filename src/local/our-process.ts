import { join } from 'node:path';
import type { ProcessSpec } from './processes.ts';

const ROOT = join(import.meta.dirname, '../..');

/** One of our own programs as a process: `src/…` under this Node, ready when `ready` says so. */
export function ourProcess(
  name: string,
  program: string,
  rest: Pick<ProcessSpec, 'env' | 'logFile' | 'ready'> & Partial<ProcessSpec>,
): ProcessSpec {
  return { name, command: process.execPath, args: [join(ROOT, program)], cwd: ROOT, ...rest };
}

/** Whether `url` answers 200. */
export async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.status === 200;
}
