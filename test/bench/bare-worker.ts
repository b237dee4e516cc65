// A worker for bare workflows, as a process of its own. It answers each request with how many have come to their
// last step, as the database tells of leads.
import { createServer } from 'node:http';
import { Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import type { Activities } from '../../activities/index.ts';
import { runProcess } from '../../src/process.ts';
import { startEngine } from '../../src/worker/engine.ts';
import { engineLog } from '../../src/worker/engine-log.ts';

/** The one activity of a bare workflow. */
export type BareActivities = { nothing(isLast: boolean): Promise<void> };

await runProcess('bare worker', async (configuration) => {
  const log = pino({ name: 'bare worker', level: configuration.LEAD_FLOW_LOG_LEVEL });
  Runtime.install({ shutdownSignals: [], logger: engineLog(log) });
  let asleep = 0;
  const activities: BareActivities = {
    async nothing(isLast) {
      if (isLast) asleep += 1;
    },
  };
  // The product's own engine, so that every option of its workers is the same here.
  const engine = await startEngine({
    address: configuration.TEMPORAL_ADDRESS,
    namespace: configuration.TEMPORAL_NAMESPACE,
    taskQueue: configuration.LEAD_FLOW_TASK_QUEUE,
    activities: activities as unknown as Activities,
    workflowBundle: configuration.LEAD_FLOW_WORKFLOW_BUNDLE,
  });
  const server = createServer((_request, response) => response.end(String(asleep)));
  server.listen(configuration.LEAD_FLOW_WORKER_PORT, configuration.LEAD_FLOW_HOST);
  return {
    failed: engine.ended.then(() => new Promise<never>(() => {})),
    async stop() {
      server.close();
      await engine.stop();
    },
  };
});
