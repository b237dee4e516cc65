import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process that is looked at; PostgreSQL with the processes it has for its connections. */
export type Watched = { name: string; pid: number; withChildren?: boolean };

/** A figure for each process by its name; undefined where the system does not tell. */
export type ByProcess = ReadonlyMap<string, number | undefined>;

/** CPU that each process has used since its start, user and system, in ms. */
export function cpuMs(watched: readonly Watched[]): ByProcess {
  return new Map(watched.map((one) => [one.name, unlessUntold(() => cpuMsOf(one))]));
}

/** Memory that each process holds now, in MiB; of pages that several hold, each is counted once. */
export function memoryMiB(watched: readonly Watched[]): ByProcess {
  return new Map(watched.map((one) => [one.name, unlessUntold(() => memoryMiBOf(one))]));
}

/** What each process used from `before` to `after`, divided by `count`. */
export function usedFor(before: ByProcess, after: ByProcess, count: number): ByProcess {
  return new Map(
    [...after].map(([name, end]) => {
      const begin = before.get(name);
      return [name, end === undefined || begin === undefined ? undefined : (end - begin) / count];
    }),
  );
}

/**
 * The time of a child passes to its parent's account of ended children in the moment it is waited for, so the
 * living children's time and the parent's two accounts together lose nobody, however connections come and go.
 */
function cpuMsOf({ pid, withChildren = false }: Watched): number {
  const living: string[] = withChildren ? childrenOf(pid) : [];
  const own = statOf(pid);
  const ended = withChildren ? own.endedChildrenTicks : 0;
  const ticks = living.reduce<number>((sum, child) => sum + statOf(child).ticks, own.ticks + ended);
  return (ticks * 1000) / ticksPerSecond();
}

/** Resident memory, for one process; for several the proportional share, as they all map the shared buffers. */
function memoryMiBOf({ pid, withChildren = false }: Watched): number {
  if (!withChildren) return kiB(`/proc/${pid}/status`, 'VmRSS') / 1024;
  const all = [pid, ...childrenOf(pid)];
  return all.reduce<number>((sum, one) => sum + kiB(`/proc/${one}/smaps_rollup`, 'Pss') / 1024, 0);
}

type Stat = { parent: number; ticks: number; endedChildrenTicks: number };

function statOf(pid: number | string): Stat {
  // The name, in brackets, may hold spaces; the fields after it are numbered from 3 in proc_pid_stat(5).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const field = (number: number) => Number(fields[number - 3]);
  return { parent: field(4), ticks: field(14) + field(15), endedChildrenTicks: field(16) + field(17) };
}

function childrenOf(pid: number): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    return unlessUntold(() => statOf(name).parent) === pid;
  });
}

function kiB(file: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  if (value === undefined) throw new Error(`${file} does not tell ${name}`);
  return Number(value);
}

let ticks: number | undefined;
function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}

/** Undefined on a system without /proc, and for a process that has just ended. */
function unlessUntold<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
