import { until } from '../harness/product.ts';
import { inStage, kindsOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const CONTACT = /\/contacts\/\d+$/;

const product = suiteProduct({ wakeAt: () => new Date(Date.now() + 1_500) });

test('a referral that joins while its lead is about to be closed: the lead goes on', async () => {
  const telefone = '11988880002';
  const { lead_id } = await product.refer({ telefone, status_indicacao: 'nao_qualificado' });
  await inStage(product, lead_id, 'waiting');
  // At D+3 the lead is found not qualified, and Chatwoot takes its time to answer.
  const asked = () =>
    product.sandbox.chatwoot.calls().filter(({ method, path }) => method === 'GET' && CONTACT.test(path));
  const before = asked().length;
  product.sandbox.chatwoot.addFault({
    match: { method: 'GET', path: CONTACT.source },
    kind: 'latency',
    ms: 3_000,
  });
  await until(() => asked().length > before);
  expect(await product.refer({ telefone })).toMatchObject({ lead_id, status: 'joined' });
  const lead = await until(
    async () => {
      const found = await product.lead(lead_id);
      return kindsOf(found).filter((kind) => kind === 'asleep').length === 2 && found;
    },
    { state: () => product.lead(lead_id) },
  );
  expect(lead).toMatchObject({ outcome: null, referral_count: 2 });
});
