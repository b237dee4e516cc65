import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { BenchFailure } from './report.ts';

/** An activity as the engine sees it: local, ordinary, or ordinary on the queue of sends. */
export type EngineStep = 'local' | 'ordinary' | 'on_sends_queue';

/** A history's events, and of the part before its first timer the activities in their order. */
export type HistoryShape = { events: number; byKind: ReadonlyMap<string, number>; steps: EngineStep[] };

const LOCAL_ACTIVITY = 'core_local_activity';

/** Reads the history of a lead that sleeps: waits until it holds the timer, as the database knows a moment sooner. */
export async function historyAsleep(client: Client, workflowId: string): Promise<HistoryShape> {
  for (const deadline = Date.now() + 15_000; ; ) {
    const shape = await readHistory(client, workflowId);
    if (shape.byKind.has('timerStarted')) return shape;
    if (Date.now() > deadline) {
      throw new BenchFailure(`workflow ${workflowId} has no timer`, [describeKinds(shape)]);
    }
    await sleep(100);
  }
}

/** Reads a whole history. */
export async function readHistory(client: Client, workflowId: string): Promise<HistoryShape> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const byKind = new Map<string, number>();
  const steps: EngineStep[] = [];
  let ownQueue: string | null | undefined;
  for (const event of events ?? []) {
    const kind = kindOf(event);
    ownQueue ??= event.workflowExecutionStartedEventAttributes?.taskQueue?.name;
    if (!byKind.has('timerStarted')) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled) steps.push(scheduled.taskQueue?.name === ownQueue ? 'ordinary' : 'on_sends_queue');
      if (event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY) steps.push('local');
    }
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  }
  return { events: events?.length ?? 0, byKind, steps };
}

/** The kinds of a history's events in one line, the most frequent first. */
export function describeKinds({ byKind }: HistoryShape): string {
  const kinds = [...byKind].sort(([, a], [, b]) => b - a);
  return kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** The steps in words: "5 local, 1 ordinary on the queue of sends". */
export function describeSteps(steps: readonly EngineStep[]): string {
  const words: Record<EngineStep, string> = {
    local: 'local',
    ordinary: 'ordinary',
    on_sends_queue: 'ordinary on the queue of sends',
  };
  const counts = Map.groupBy(steps, (step) => step);
  return [...counts].map(([step, all]) => `${all.length} ${words[step]}`).join(', ');
}

/** An event's kind is the name of the one group of attributes that it has. */
function kindOf(event: object): string {
  const suffix = 'EventAttributes';
  const name = Object.entries(event).find(([key, value]) => key.endsWith(suffix) && value != null)?.[0];
  return name?.slice(0, -suffix.length) ?? 'unknown';
}
