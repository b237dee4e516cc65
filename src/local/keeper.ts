import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the keeper is told, one JSON object a line. */
export type KeeperOrder =
  | { do: 'watch'; pid: number; signal: NodeJS.Signals }
  | { do: 'forget'; pid: number }
  | { do: 'removeFolder'; path: string };

/** Ends what we started if we are killed and cannot do it ourselves. */
export type Keeper = {
  readonly pid: number;
  /** If we die, the process gets `signal`, and SIGKILL five seconds later. */
  watch(pid: number, signal: NodeJS.Signals): void;
  forget(pid: number): void;
  /** A folder to remove after us, however we end. */
  removeFolder(path: string): void;
  /** Ends the keeper; what it still watches ends with it. */
  close(): Promise<void>;
};

/**
 * Starts a small process whose only work is to outlive us: `kill -9` of the process that owns the servers must
 * not leave them behind on their ports.
 */
export function openKeeper(): Keeper {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'keeper-process.ts')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=32' },
  });
  const exited = once(child, 'exit');
  exited.catch(() => {});
  child.stdin.on('error', () => {});
  child.unref();
  const tell = (order: KeeperOrder) => child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    pid: child.pid ?? 0,
    watch: (pid, signal) => tell({ do: 'watch', pid, signal }),
    forget: (pid) => tell({ do: 'forget', pid }),
    removeFolder: (path) => tell({ do: 'removeFolder', path }),
    async close() {
      child.ref();
      child.stdin.end();
      await exited;
    },
  };
}
