import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';

/** Makes sure that the sweep runs every hour at a quarter past; it stays as it is where it is there already. */
export async function scheduleSweep(client: Client, taskQueue: string): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: `${taskQueue}-sweep`,
      spec: { calendars: [{ minute: 15, hour: '*' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1h' },
      action: { type: 'startWorkflow', workflowType: 'sweep', taskQueue, workflowId: `${taskQueue}-sweep` },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
