import { Client } from 'pg';
import { until } from '../harness/product.ts';
import { inStage, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

test('a send that stood still on its way to the call does not call: it goes through the gate anew', async () => {
  const phone = '11984470001';
  const { lead_id } = await product.refer({ telefone: phone });
  const owner = new Client({ connectionString: product.databaseUrl });
  await owner.connect();
  try {
    // Of all the steps the gate alone reads this table.
    await owner.query('begin; lock table template_stop in access exclusive mode');
    await product.startWorker();
    await until(async () => {
      const { rows } = await owner.query(
        `select from pg_locks where relation = 'template_stop'::regclass and not granted`,
      );
      return rows.length > 0;
    });
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    await owner.query('rollback');
  } finally {
    await owner.end();
  }
  await inStage(product, lead_id, 'waiting');
  expect((await product.lead(lead_id)).messages[0].attempts).toMatchObject([
    { try: 1, state: 'refused', error_class: 'not_sent' },
    { try: 2, state: 'accepted' },
  ]);
  expect(viewOf(product, phone).sendCalls()).toHaveLength(1);
});
