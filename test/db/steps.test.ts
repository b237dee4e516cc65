import { finishStep } from '../../src/db/steps.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });
let lead: { leadId: string; referralId: string };
beforeAll(async () => {
  const { lead_id: leadId, referral_id: referralId } = await product.refer();
  lead = { leadId, referralId };
});

let steps = 0;
async function attentionAfter(before: string | null, withoutAgent: boolean | undefined) {
  steps++;
  const { query } = product;
  const marked = 'update lead set attention = $1, attention_at = null returning id';
  await query(marked, [before]);
  const step = {
    kind: 'assigned',
    key: `assign:${steps}`,
    stage: 'main' as const,
    referralId: lead.referralId,
  };
  await product.database.tenant(product.tenantId, (rows) =>
    finishStep(rows, lead.leadId, step, {}, withoutAgent === undefined ? {} : { withoutAgent }),
  );
  const [after] = await query<{ attention: string | null; told: boolean }>(
    'select attention, attention_at is not null as told from lead',
  );
  return after;
}

test.each([
  [null, true, 'consultant_without_agent'],
  ['consultant_without_agent', true, 'consultant_without_agent'],
  ['consultant_without_agent', undefined, 'consultant_without_agent'],
  ['consultant_without_agent', false, null],
  ['send_unknown', true, 'send_unknown'],
  ['channel_paused', true, 'channel_paused'],
  ['channel_paused', false, 'channel_paused'],
  ['chatwoot_unauthorized', true, 'consultant_without_agent'],
  ['chatwoot_unavailable', undefined, null],
  ['step_failing', false, null],
  [null, undefined, null],
] as const)('attention %s, a step done that says %s of a missing agent: %s', async (before, says, after) => {
  expect(await attentionAfter(before, says)).toMatchObject({ attention: after });
});

test('since when attention is asked for is told anew only with a new reason', async () => {
  expect(await attentionAfter(null, true)).toMatchObject({ told: true });
  expect(await attentionAfter('consultant_without_agent', true)).toMatchObject({ told: false });
  expect(await attentionAfter('send_unknown', true)).toMatchObject({ told: false });
});
