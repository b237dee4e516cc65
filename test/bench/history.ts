import { setTimeout as sleep } from 'node:timers/promises';
import { describeKinds, type HistoryShape, historyAsleep, readHistory } from './engine-steps.ts';
import type { Product } from './product.ts';
import { BenchFailure, table } from './report.ts';
import { postLeadAndSleep } from './throughput.ts';

const END_WITHIN_MS = 60_000;

/** The events in one lead's history: when it sleeps, and at its end after a rework that was read. */
export async function measureHistory(product: Product): Promise<string[]> {
  const { progress, temporal } = product;
  const leadId = await progress.step('one lead, until asleep', () => postLeadAndSleep(product));
  const asleep = await historyAsleep(temporal, leadId);
  const { outcome, end } = await progress.step('its rework, until its end', () => rework(product, leadId));
  const line = (when: string, { events }: HistoryShape, aim: number) => [
    when,
    String(events),
    `(aim: ${aim} or fewer)`,
  ];
  return [
    ...table([line('asleep', asleep, 60), line('at its end', end, 140)]),
    '',
    `asleep: ${describeKinds(asleep)}`,
    `at its end, ${outcome} after a rework that was read: ${describeKinds(end)}`,
  ];
}

/** Asks for the rework now and waits until the lead is closed, by its message being read, and its workflow over. */
async function rework(product: Product, leadId: string): Promise<{ outcome: string; end: HistoryShape }> {
  const { statusCode, body } = await product.api.request({
    path: `/v1/leads/${leadId}/rework-now`,
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}` },
    signal: product.signal,
  });
  const answer = await body.text();
  if (statusCode !== 202) throw new BenchFailure(`rework-now was answered ${statusCode}`, [answer]);
  for (const deadline = Date.now() + END_WITHIN_MS; ; ) {
    const { status } = await product.temporal.workflow.getHandle(leadId).describe();
    const lead = await readLead(product, leadId);
    if (status.name === 'COMPLETED' && lead.reworks === 1 && lead.outcome !== null) {
      return { outcome: lead.outcome, end: await readHistory(product.temporal, leadId) };
    }
    if (status.name !== 'RUNNING' || Date.now() > deadline) {
      throw new BenchFailure(`the lead did not come to its end by a rework: ${status.name}`, [
        JSON.stringify(lead),
        describeKinds(await readHistory(product.temporal, leadId)),
      ]);
    }
    await sleep(250, undefined, { signal: product.signal });
  }
}

async function readLead({ database, tenantId }: Product, leadId: string) {
  const [lead] = await database.tenant(tenantId, ({ query }) =>
    query<{ stage: string; outcome: string | null; attention: string | null; reworks: number }>(
      'select stage, outcome, attention, rework_count as reworks from lead where id = $1',
      [leadId],
    ),
  );
  if (!lead) throw new BenchFailure(`lead ${leadId} is gone`);
  return lead;
}
