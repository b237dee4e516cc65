import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { Pool } from 'undici';
import { answersOk, ourProcess } from '../../src/local/our-process.ts';
import { freePorts } from '../../src/local/ports.ts';
import { startProcess } from '../../src/local/processes.ts';
import type { EngineStep } from './engine-steps.ts';
import { byClients } from './leads.ts';
import type { Product } from './product.ts';
import { BenchFailure } from './report.ts';
import type { Watched } from './usage.ts';

const QUEUE = 'bare';
const STALLED_MS = 60_000;

/** Bare workflows on the product's own Temporal, run by a worker process of their own. */
export type Bare = {
  /** Starts `count` and waits until all of them sleep. */
  run(count: number): Promise<void>;
  /** The processes that work for them. */
  watched: readonly Watched[];
};

/** Starts the worker of bare workflows with these steps, bundled and set up as the product's is. */
export async function startBare(product: Product, steps: readonly EngineStep[]): Promise<Bare> {
  const { folder, services, temporal, signal } = product;
  const bundle = join(folder, 'bare-workflow.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'bare-workflow.ts'),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(bundle, code);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const worker = await product.start((options) =>
    startProcess(
      ourProcess('bare worker', 'test/bench/bare-worker.ts', {
        env: {
          ...process.env,
          DATABASE_URL: services.databaseUrl,
          LEAD_FLOW_SECRET_KEY: services.secretKey,
          LEAD_FLOW_HOST: '127.0.0.1',
          LEAD_FLOW_WORKER_PORT: String(port),
          LEAD_FLOW_TASK_QUEUE: QUEUE,
          LEAD_FLOW_WORKFLOW_BUNDLE: bundle,
          TEMPORAL_ADDRESS: services.temporalAddress,
          TEMPORAL_NAMESPACE: services.temporalNamespace,
        },
        logFile: join(folder, 'bare-worker.log'),
        ready: () => answersOk(url),
      }),
      options,
    ),
  );
  const pool = new Pool(url, { connections: 1 });
  product.atEnd(() => pool.destroy());
  const asleep = async () => Number(await (await pool.request({ path: '/', method: 'GET' })).body.text());

  let started = 0;
  return {
    watched: [
      { name: 'worker', pid: worker.pid },
      ...product.watched.filter(({ name }) => name === 'temporal'),
    ],
    async run(count) {
      const first = started;
      started += count;
      await byClients(count, (number) =>
        temporal.workflow.start('bare', {
          taskQueue: QUEUE,
          workflowId: `bare-${first + number}`,
          args: [steps],
        }),
      );
      let last = 0;
      for (let changedAt = Date.now(); ; ) {
        const now = await asleep();
        if (now >= started) return;
        if (now !== last) changedAt = Date.now();
        last = now;
        if (Date.now() - changedAt > STALLED_MS) {
          throw new BenchFailure(`${started - now} bare workflows did not fall asleep`);
        }
        await sleep(100, undefined, { signal });
      }
    },
  };
}
