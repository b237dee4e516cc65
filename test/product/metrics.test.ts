import { until } from '../harness/product.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();

test("the worker's metrics tell what is waiting", async () => {
  const gauge = async (name: string) => {
    const text = await (await fetch(`${product.workerUrl()}/metrics`)).text();
    return Number(new RegExp(`^lead_flow_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 'missing');
  };
  await until(async () => (await gauge('events_pending')) === 0 && (await gauge('words_untold')) === 0);
  await product.query(
    `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload, received_at, due_at, state)
     select $1, 'whatsapp', uuidv7(), 'waiting ' || state, 'status', '{}', now() - interval '1 minute',
       now() + interval '1 hour', state from unnest(array['pending', 'dead']) as state`,
    [product.tenantId],
  );
  expect(await gauge('events_pending')).toBe(1);
  expect(await gauge('events_dead')).toBe(1);
  expect(await gauge('events_oldest_seconds')).toBeGreaterThan(55);
  expect(await gauge('words_oldest_seconds')).toBe(0);
});
