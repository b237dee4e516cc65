import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { historyOf } from '../harness/workflow-history.ts';

const LEADS = 6;

/** Nine o'clock, for every lead. */
let nine: Date;

const product = suiteProduct({ wakeAt: () => nine });

/**
 * Has leads wake `patienceMs` from now by their timers, the sweep and "run now", and sees that each gets one rework
 * message; gives whether all three came to them in time, which only a machine that stands still prevents.
 */
async function wakeAllAtOnce(round: number, patienceMs: number): Promise<boolean> {
  nine = new Date(Date.now() + patienceMs);
  const phones = Array.from({ length: LEADS }, (_, n) => `119500100${round}${n}`);
  const leads: string[] = [];
  for (const telefone of phones) leads.push((await product.refer({ telefone })).lead_id);
  for (const leadId of leads) await until(async () => (await product.lead(leadId)).stage !== 'main');
  // To the sweep they are long overdue, which is not for the timers to know.
  await product.query(
    `update lead set wake_at = now() - interval '20 minutes' where id = any ($1) and stage = 'waiting'`,
    [leads],
  );
  // The sweep takes a moment to come to the leads.
  await until(() => Date.now() > nine.getTime() - 300);
  const asked = await Promise.all([
    product.client.schedule.getHandle(`${product.taskQueue}-sweep`).trigger(),
    ...leads.flatMap((leadId) => [
      product.call('POST', `/v1/leads/${leadId}/rework-now`),
      product.call('POST', `/v1/leads/${leadId}/rework-now`),
    ]),
  ]);

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
  const told = (await Promise.all(leads.map((leadId) => historyOf(product.client, leadId)))).map(
    (history) => history.told,
  );
  return (
    asked.slice(1).every((answer) => answer?.status === 202) &&
    told.every((words) => words.includes('rework_now')) &&
    // The sweep came in time for some.
    told.flat().includes('overdue')
  );
}

test('the timer, the sweep and "run now" all at nine: one rework message each', async () => {
  let round = 0;
  while (!(await wakeAllAtOnce(round, 8_000 * 2 ** round))) {
    round++;
    expect(round).toBeLessThan(4);
  }
}, 240_000);
