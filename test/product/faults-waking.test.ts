import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { historyOf } from '../harness/workflow-history.ts';

const LEADS = 6;

/** Nine o'clock, for every lead: some seconds from now. */
let nine: Date;

const product = suiteProduct({ wakeAt: () => nine });
beforeAll(async () => {
  nine = new Date(Date.now() + 15_000);
});

test('the timer, the sweep and "run now" all at nine: one rework message each', async () => {
  const phones = Array.from({ length: LEADS }, (_, n) => `1195001000${n}`);
  const leads: string[] = [];
  for (const telefone of phones) leads.push((await product.refer({ telefone })).lead_id);
  for (const leadId of leads) await inStage(product, leadId, 'waiting');
  const sweep = product.client.schedule.getHandle(`${product.taskQueue}-sweep`);
  // To the sweep they are long overdue, which is not for the timers to know.
  await product.query(`update lead set wake_at = now() - interval '20 minutes' where id = any ($1)`, [leads]);
  expect(Date.now()).toBeLessThan(nine.getTime() - 1_000);
  // The sweep takes a moment to come to the leads.
  await until(() => Date.now() > nine.getTime() - 300);
  const asked = await Promise.all([
    sweep.trigger(),
    ...leads.flatMap((leadId) => [
      product.call('POST', `/v1/leads/${leadId}/rework-now`),
      product.call('POST', `/v1/leads/${leadId}/rework-now`),
    ]),
  ]);
  expect(asked.slice(1)).toMatchObject(Array(2 * LEADS).fill({ status: 202 }));

  for (const [n, leadId] of leads.entries()) {
    const lead = await inStage(product, leadId, 'closed');
    const person = viewOf(product, phones[n]!);
    expect(lead).toMatchObject({ outcome: 'not_converted', rework: { count: 1 } });
    expect(person.sendCalls().map(({ template }) => template)).toEqual([
      'indicacao_boas_vindas',
      'indicacao_retrabalho',
    ]);
    expect(person.conversations()).toHaveLength(2);
    expect(person.contacts()).toHaveLength(1);
    expect(kindsOf(lead).filter((kind) => kind === 'checked')).toHaveLength(1);
  }
  const histories = await Promise.all(leads.map((leadId) => historyOf(product.client, leadId)));
  for (const { told } of histories) expect(told).toContain('rework_now');
  // The sweep came in time for some.
  expect(histories.flatMap(({ told }) => told)).toContain('overdue');
}, 90_000);
