import { Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { requireSecretKey } from '../db/secret-key.ts';
import { runProcess } from '../process.ts';
import { engineLog } from './engine-log.ts';
import { startWorker } from './worker.ts';

await runProcess('worker', async (configuration) => {
  const log = pino({ name: 'worker', level: configuration.LEAD_FLOW_LOG_LEVEL });
  // Signals are this process's own affair: it stops its parts in their order.
  Runtime.install({ shutdownSignals: [], logger: engineLog(log) });
  const key = await requireSecretKey(configuration.DATABASE_URL, configuration.LEAD_FLOW_SECRET_KEY);
  const worker = await startWorker(configuration, log);
  log.info({ url: worker.url }, 'the worker is up');
  return { ...worker, failed: Promise.race([worker.failed, key.failed]) };
});
