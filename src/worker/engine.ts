import { join } from 'node:path';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import { sendQueueOf } from '../temporal/ids.ts';

/** Leads sleep for days: only those that are being worked on are worth their memory, a sleeping one is replayed. */
const CACHED_WORKFLOWS = 500;

const WORKFLOWS = join(import.meta.dirname, '../../workflows/index.ts');

export type EngineOptions = {
  address: string;
  namespace: string;
  taskQueue: string;
  activities: Activities;
  /** A bundle made by `npm run build:workflows`; without one the workflows are bundled at start. */
  workflowBundle?: string | undefined;
};

export type Engine = {
  /** Ends when both workers have, with an error where one failed. */
  ended: Promise<void>;
  /** Takes no more tasks, and waits for those under way. */
  stop(): Promise<void>;
};

/** Starts the two Temporal workers: one for workflows and their steps, one for sends alone. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const connection = await NativeConnection.connect({ address: options.address });
  try {
    const shared = {
      connection,
      namespace: options.namespace,
      activities: options.activities,
      shutdownGraceTime: '30s',
      shutdownForceTime: '45s',
    } satisfies Partial<WorkerOptions>;
    const workers = await Promise.all([
      Worker.create({
        ...shared,
        taskQueue: options.taskQueue,
        ...(options.workflowBundle
          ? { workflowBundle: { codePath: options.workflowBundle } }
          : { workflowsPath: WORKFLOWS }),
        maxCachedWorkflows: CACHED_WORKFLOWS,
        workflowTaskPollerBehavior: { type: 'autoscaling' },
        activityTaskPollerBehavior: { type: 'autoscaling' },
      }),
      Worker.create({
        ...shared,
        taskQueue: sendQueueOf(options.taskQueue),
        activityTaskPollerBehavior: { type: 'autoscaling' },
      }),
    ]);
    const ended = Promise.all(workers.map((worker) => worker.run())).then(
      () => connection.close(),
      async (error) => {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
        await connection.close().catch(() => {});
        throw error;
      },
    );
    ended.catch(() => {});
    return {
      ended,
      async stop() {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
        await ended;
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
