import { dispatchOutbox, Turns } from '../../src/temporal/dispatch.ts';
import { until } from '../harness/product.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();

const MANY = 60;

test('leads of an import that are overdue are not made up for at once: whoever is referred now goes first', async () => {
  await product.stopWorker();
  const lines = Array.from({ length: MANY }, (_, n) => `Ana;(31) 98763-${1_000 + n};Zé;qualificado`);
  const imported = await product.call(
    'POST',
    '/v1/leads/import',
    ['nome;telefone;consultor;status_indicacao', ...lines].join('\n'),
    { 'content-type': 'text/csv' },
  );
  expect(imported).toMatchObject({ status: 200, body: { received: MANY } });
  // As after a stop that was longer than the import would have taken.
  await product.query(`update engine_outbox set due_at = due_at - interval '1 hour'`);
  const { lead_id: fresh } = await product.refer();

  const { database, client, taskQueue } = product;
  const told = (turns: Turns) => dispatchOutbox(database, client, taskQueue, turns);
  const started = async () =>
    (
      await product.query<{ id: string }>(
        'select id from lead where id not in (select lead_id from engine_outbox)',
      )
    ).map(({ id }) => id);
  const began = performance.now();
  const turns = new Turns();
  expect(await told(turns)).toBe(11);
  expect(await started()).toContain(fresh);
  const later = await told(turns);
  expect(later).toBeLessThanOrEqual(((performance.now() - began) / 1_000) * 10);

  await product.startWorker();
  await until(async () => (await started()).length === MANY + 1);
});
