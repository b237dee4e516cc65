import type { Client } from '@temporalio/client';
import type { LeadHappening } from '../../src/domain/happening.ts';

/** What the engine's history of a lead tells, in the order it happened. */
export type LeadHistory = {
  /** What the workflow was told, each as often as it was. */
  told: LeadHappening['type'][];
  /** How often it was asked to end. */
  cancels: number;
  timersFired: number;
  /** The steps that were done as local activities. */
  localSteps: string[];
};

export async function historyOf(client: Client, leadId: string): Promise<LeadHistory> {
  const { events } = await client.workflow.getHandle(leadId).fetchHistory();
  const history: LeadHistory = { told: [], cancels: 0, timersFired: 0, localSteps: [] };
  for (const event of events ?? []) {
    const news = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data;
    if (news) history.told.push(...(parsed(news) as LeadHappening[]).map(({ type }) => type));
    const step = event.markerRecordedEventAttributes?.details?.data?.payloads?.[0]?.data;
    if (step) history.localSteps.push((parsed(step) as { activity_type: string }).activity_type);
    if (event.workflowExecutionCancelRequestedEventAttributes) history.cancels++;
    if (event.timerFiredEventAttributes) history.timersFired++;
  }
  return history;
}

const parsed = (data: Uint8Array): unknown => JSON.parse(Buffer.from(data).toString());
