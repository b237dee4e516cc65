import type { Client } from '@temporalio/client';
import { sendQueueOf } from './ids.ts';

const ACTIVITY_QUEUE = 2; // temporal.api.enums.v1.TaskQueueType

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
