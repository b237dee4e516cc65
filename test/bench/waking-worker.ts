// The product's worker, except that all leads wake at one instant.
import { Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { runProcess } from '../../src/process.ts';
import { engineLog } from '../../src/worker/engine-log.ts';
import { startWorker } from '../../src/worker/worker.ts';

const wakeAt = new Date(process.env.BENCH_WAKE_AT ?? '');

await runProcess('worker', async (configuration) => {
  const log = pino({ name: 'worker', level: configuration.LEAD_FLOW_LOG_LEVEL });
  Runtime.install({ shutdownSignals: [], logger: engineLog(log) });
  return startWorker(configuration, log, { wakeAt: () => wakeAt });
});
