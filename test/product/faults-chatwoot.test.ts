import { until } from '../harness/product.ts';
import { inStage, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();
afterEach(() => product.sandbox.chatwoot.clearFaults());

const refer = async (telefone: string): Promise<string> => (await product.refer({ telefone })).lead_id;
const giveToken = async (token: string) =>
  expect(await product.call('PATCH', '/v1/chatwoot', { token })).toMatchObject({ status: 200 });
const callsSince = (instant: number) =>
  product.sandbox.chatwoot.calls().filter(({ at }) => Date.parse(at) >= instant);

test('429 with Retry-After, twice at each of two steps: no call before that time', async () => {
  const phone = '11940010001';
  const person = viewOf(product, phone);
  // Longer than a step waits by itself before it is tried again.
  const SECONDS = 3;
  for (const path of ['/contacts$', '/messages$']) {
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path },
      kind: 'status',
      status: 429,
      headers: { 'retry-after': String(SECONDS) },
      times: 2,
    });
  }
  const begin = Date.now();
  await inStage(product, await refer(phone), 'waiting', 60_000);
  const calls = callsSince(begin);
  const refused = calls.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(4);
  for (const { seq, at } of refused) {
    const next = calls.find((call) => call.seq > seq);
    expect(Date.parse(next?.at ?? '') - Date.parse(at)).toBeGreaterThanOrEqual(SECONDS * 1_000 - 20);
  }
  expect(person.contacts()).toHaveLength(1);
  expect(person.conversations()).toHaveLength(1);
  expect(person.conversations()[0]?.messages).toHaveLength(1);
  expect(person.sendCalls()).toHaveLength(1);
}, 90_000);

test('401: the steps stop and the leads say why; with the right token they go on by themselves', async () => {
  const asleep = '11940020001';
  const fresh = ['11940020002', '11940020003'];
  const reworked = await refer(asleep);
  await inStage(product, reworked, 'waiting');
  await giveToken('taken-back');
  // The one before is served from memory for so long.
  await new Promise((resolve) => setTimeout(resolve, 5_100));
  const begin = Date.now();
  const leads = await Promise.all(fresh.map(refer));
  expect(await product.call('POST', `/v1/leads/${reworked}/rework-now`)).toMatchObject({ status: 202 });
  for (const leadId of [...leads, reworked]) {
    await until(async () => (await product.lead(leadId)).attention === 'chatwoot_unauthorized');
  }
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const refused = callsSince(begin);
  expect(refused.map(({ status, effect }) => [status, effect])).toEqual(refused.map(() => [401, false]));
  // Once as it comes, once more where ops see it; then somebody has to mend it. Besides, the labels were asked for.
  expect(refused.length).toBeLessThanOrEqual(2 * 3 + 1);
  for (const phone of fresh) {
    expect(viewOf(product, phone).contacts()).toEqual([]);
    expect(viewOf(product, phone).sendCalls()).toEqual([]);
  }
  expect(viewOf(product, asleep).sendCalls()).toHaveLength(1);

  await giveToken(product.sandbox.chatwoot.token);
  for (const leadId of leads) {
    expect(await inStage(product, leadId, 'waiting', 75_000)).toMatchObject({ attention: null });
  }
  expect(await inStage(product, reworked, 'closed')).toMatchObject({ attention: null, rework: { count: 1 } });
  for (const phone of [asleep, ...fresh]) {
    const person = viewOf(product, phone);
    const times = phone === asleep ? 2 : 1;
    expect(person.contacts()).toHaveLength(1);
    expect([phone, person.conversations().length]).toEqual([phone, times]);
    expect([phone, person.sendCalls().length]).toEqual([phone, times]);
  }
}, 120_000);
