import { HAPPENED, type LeadHappening } from '../../src/domain/happening.ts';
import { until } from '../harness/product.ts';
import { inStage, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });
afterEach(() => product.stopWorker());

/** Refers a person, of which the engine hears nothing; gives the lead and its newest referral. */
async function referUnheard(telefone: string, times = 1): Promise<{ leadId: string; referralId: string }> {
  const receipts = [];
  for (let n = 0; n < times; n++) receipts.push(await product.refer({ telefone }));
  const { lead_id: leadId, referral_id: referralId } = receipts.at(-1);
  await product.query('delete from engine_outbox where lead_id = $1', [leadId]);
  return { leadId, referralId };
}

/** Starts a lead's workflow as where the engine had lost it: it is told things before its first step. */
async function startTold(leadId: string, news: LeadHappening[]): Promise<void> {
  const { tenantId, taskQueue } = product;
  await product.client.workflow.signalWithStart('lead', {
    taskQueue,
    workflowId: leadId,
    args: [{ tenantId, leadId, consultantId: null, origin: 'api_oficial' }],
    signal: HAPPENED,
    signalArgs: [news],
  });
  await product.startWorker();
}

test('what a lead’s workflow is told before its first step is heard', async () => {
  const { leadId } = await referUnheard('11984450001');
  await startTold(leadId, [{ type: 'not_interested' }]);
  expect(await inStage(product, leadId, 'closed')).toMatchObject({ outcome: 'not_converted' });
});

test('a rework that was asked for before another referral joined does not follow that one’s first message', async () => {
  const { leadId, referralId } = await referUnheard('11984450002', 2);
  await startTold(leadId, [{ type: 'rework_now' }, { type: 'referred', referralId }]);
  await until(async () => {
    const { events } = await product.client.workflow.getHandle(leadId).fetchHistory();
    return events?.some((event) => event.timerStartedEventAttributes);
  });
  expect(await product.lead(leadId)).toMatchObject({ stage: 'waiting' });
  expect(viewOf(product, '11984450002').sends()).toHaveLength(1);
});
