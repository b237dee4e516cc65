import { HAPPENED, type LeadHappening } from '../../src/domain/happening.ts';
import { inStage } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

test('what a lead’s workflow is told before its first step is heard, as where the engine had lost it', async () => {
  const { lead_id: leadId } = await product.refer();
  await product.query('delete from engine_outbox where lead_id = $1', [leadId]);
  const { tenantId, taskQueue } = product;
  const news: LeadHappening[] = [{ type: 'not_interested' }];
  await product.client.workflow.signalWithStart('lead', {
    taskQueue,
    workflowId: leadId,
    args: [{ tenantId, leadId, consultantId: null, origin: 'api_oficial' }],
    signal: HAPPENED,
    signalArgs: [news],
  });
  await product.startWorker();
  expect(await inStage(product, leadId, 'closed')).toMatchObject({ outcome: 'not_converted' });
});
