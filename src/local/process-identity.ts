import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When the process `pid` started, in the system's own words; undefined where there is none, or a dead one. */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // The name, in brackets, may hold spaces; the state follows it, the start is the 20th word after.
      const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return words[0] === 'Z' ? undefined : words[19];
    }
    const output = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Whether `pid` is still the process that started at `start`; process ids come round again. */
export function isRunning(pid: number, start: string): boolean {
  return startOf(pid) === start;
}
