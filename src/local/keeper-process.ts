// Runs beside the process that opened it and outlives it: when its standard input closes without a goodbye
// (the owner was killed), it ends the processes and removes the folders that the owner had put in its care.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { KeeperOrder } from './keeper.ts';

const processes = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();

function obey(order: KeeperOrder): void {
  if (order.do === 'watch') processes.set(order.pid, order.signal);
  else if (order.do === 'forget') processes.delete(order.pid);
  else folders.add(order.path);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
for await (const line of createInterface({ input: process.stdin })) {
  obey(JSON.parse(line) as KeeperOrder);
}

for (const [pid, signal] of processes) send(pid, signal);
const patience = Date.now() + 5_000;
while ([...processes.keys()].some((pid) => send(pid, 0)) && Date.now() < patience) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const pid of processes.keys()) send(pid, 'SIGKILL');
for (const path of folders) rmSync(path, { recursive: true, force: true });

/** Whether the process was there to take the signal. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
