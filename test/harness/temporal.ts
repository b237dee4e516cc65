import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { forgetOpen, noteOpen, type OpenResource } from './open-resources.ts';
import { surroundings } from './surroundings.ts';

// A worker tells each of its states; a test's reader wants faults only.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** The Temporal server of this run, for processes that a test starts. */
export function temporalAddress(): { address: string; namespace: string } {
  return { address: surroundings().temporalAddress, namespace: process.env.TEMPORAL_NAMESPACE || 'default' };
}

/** A task queue that no other suite uses. */
export function ownTaskQueue(name: string): string {
  return `${name}-${randomBytes(5).toString('hex')}`;
}

/** A client of the run's Temporal; close it when done. */
export async function connectTemporal(): Promise<{ client: Client; close(): Promise<void> }> {
  const { address, namespace } = temporalAddress();
  const connection = await Connection.connect({ address });
  const resource: OpenResource = {
    leak: async () => 'a connection to Temporal (connectTemporal)',
    close: () => connection.close(),
  };
  noteOpen(resource);
  return {
    client: new Client({ connection, namespace }),
    async close() {
      await connection.close();
      forgetOpen(resource);
    },
  };
}

/** A Temporal worker that runs in this process. */
export type TestWorker = {
  worker: Worker;
  /** Shuts it down and waits until it has ended. Throws what made it fail meanwhile. */
  stop(): Promise<void>;
};

/** Starts a worker on the run's Temporal; one that is not stopped by the suite's end fails the suite. */
export async function startTestWorker(options: Omit<WorkerOptions, 'connection'>): Promise<TestWorker> {
  const { address, namespace } = temporalAddress();
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ namespace, ...options, connection }).catch(async (error: Error) => {
    await connection.close();
    throw error;
  });
  const run = worker.run();
  run.catch(() => {});
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    try {
      await run;
    } finally {
      forgetOpen(resource);
      await connection.close();
    }
  };
  const resource: OpenResource = {
    leak: async () => `a Temporal worker on ${options.taskQueue} (${worker.getState()})`,
    close: () => stop().catch(() => {}),
  };
  noteOpen(resource);
  return { worker, stop };
}
