import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

test('a referral that comes while its lead is being closed opens a new lead; nothing joins a closed one', async () => {
  const telefone = '11988880001';
  const { lead_id } = await product.refer({ telefone });
  let arrived: Promise<{ lead_id: string; status: string }> | undefined;
  await product.database.tenant(product.tenantId, async ({ query }) => {
    await query(
      `update lead set stage = 'closed', outcome = 'not_converted', closed_at = now() where id = $1`,
      [lead_id],
    );
    arrived = product.refer({ telefone });
    await new Promise((resolve) => setTimeout(resolve, 500)); // it has read the lead as open, and waits for the row
  });
  const second = await arrived;
  expect(second).toMatchObject({ status: 'received', referral_number: 1 });
  expect(second?.lead_id).not.toBe(lead_id);
  expect((await product.lead(lead_id)).referrals).toHaveLength(1);
});
