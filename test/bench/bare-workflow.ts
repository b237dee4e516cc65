import { proxyActivities, proxyLocalActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { sendQueueOf } from '../../src/temporal/ids.ts';
import type { BareActivities } from './bare-worker.ts';
import type { EngineStep } from './engine-steps.ts';

/** As many engine steps as a lead has until it sleeps, of the same kinds in the same order, with nothing in them. */
export async function bare(steps: readonly EngineStep[]): Promise<void> {
  const ordinary = { startToCloseTimeout: '30s' } as const;
  const run: Record<EngineStep, BareActivities> = {
    local: proxyLocalActivities<BareActivities>({ startToCloseTimeout: '15s' }),
    ordinary: proxyActivities<BareActivities>(ordinary),
    on_sends_queue: proxyActivities<BareActivities>({
      ...ordinary,
      taskQueue: sendQueueOf(workflowInfo().taskQueue),
    }),
  };
  for (const [number, step] of steps.entries()) await run[step].nothing(number === steps.length - 1);
  await sleep('3 days');
}
