import type { Client } from '@temporalio/client';
import { sendQueueOf } from './ids.ts';

const ACTIVITY_QUEUE = 2; // temporal.api.enums.v1.TaskQueueType

/** How long those who came in belong together, in milliseconds. */
const COHORT_MS = 300_000;

/**
 * With whom a lead shares its turns at the workers: all that came in during the same five minutes. Leads that wake at
 * one instant came in days before, so that one that comes in then does not wait behind them.
 */
export function cohortOf(leadId: string): string {
  const cameInAt = Number.parseInt(leadId.replaceAll('-', '').slice(0, 12), 16); // UUIDv7: its first 48 bits, in ms
  return `cohort-${Math.floor(cameInAt / COHORT_MS)}`;
}

/**
 * Lets the engine pace sends: on the queue of sends each channel has one task a second times its weight, which is
 * its messages a second. Needs a server with fairness switched on (`matching.enableFairness`).
 */
export async function paceSends(client: Client, taskQueue: string): Promise<void> {
  await client.workflowService.updateTaskQueueConfig({
    namespace: client.options.namespace,
    identity: 'lead-flow',
    taskQueue: sendQueueOf(taskQueue),
    taskQueueType: ACTIVITY_QUEUE,
    updateFairnessKeyRateLimitDefault: {
      rateLimit: { requestsPerSecond: 1 },
      reason: 'one a second times the weight, which is the messages a second of the channel',
    },
  });
}
