import { setTimeout as sleep } from 'node:timers/promises';
import { type FailingWay, openWay } from '../harness/network.ts';
import { servicesOf, type ServingProcess, startWorker } from '../harness/processes.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { viewOf } from '../harness/sandbox-views.ts';
import { temporalAddress } from '../harness/temporal.ts';

// The API has its own way to the database: what comes in is stored while the worker is cut off.

let product: Product;
let worker: ServingProcess;
let postgres: FailingWay;
let temporal: FailingWay;

beforeAll(async () => {
  product = await startProduct({ worker: false, settings: { unknownGraceSeconds: 2 } });
  const { address } = temporalAddress();
  postgres = await openWay(Number(new URL(product.databaseUrl).port));
  temporal = await openWay(Number(address.split(':').at(-1)));
  const databaseUrl = new URL(product.databaseUrl);
  databaseUrl.port = String(postgres.port);
  worker = await startWorker(
    {
      ...servicesOf(product),
      databaseUrl: databaseUrl.href,
      temporalAddress: `127.0.0.1:${temporal.port}`,
    },
    { env: { LEAD_FLOW_TASK_QUEUE: product.taskQueue } },
  );
}, 90_000);
afterAll(async () => {
  await worker.stop();
  await Promise.all([postgres.close(), temporal.close()]);
  await product.stop();
});
afterEach(() => {
  product.sandbox.chatwoot.clearFaults();
  product.sandbox.whatsapp.clearFaults();
});

let referred = 0;
/** Refers so many people, and gives their phones by their leads. */
async function refer(count: number): Promise<Map<string, string>> {
  const leads = new Map<string, string>();
  for (let n = 0; n < count; n++) {
    const telefone = `119200${String(referred++).padStart(5, '0')}`;
    leads.set((await product.refer({ telefone })).lead_id, telefone);
  }
  return leads;
}

/** Waits until all of them sleep, and sees that each person has one of everything. */
async function expectCarried(leads: Map<string, string>, ms: number): Promise<void> {
  const standing = () =>
    product.query<{ id: string; stage: string; attention: string | null }>(
      'select id, stage, attention from lead where id = any ($1) order by id',
      [[...leads.keys()]],
    );
  await until(async () => (await standing()).every(({ stage }) => stage === 'waiting'), {
    ms,
    state: standing,
  });
  await until(
    async () => {
      const [left] = await product.query<{ open: number; unread: number; events: number }>(
        `select (select count(*) from send_attempt where state = 'begun') as open,
           (select count(*) from message where direction = 'out' and state <> 'read') as unread,
           (select count(*) from inbox_event where state <> 'applied') as events`,
      );
      return left?.open === 0 && left.unread === 0 && left.events === 0;
    },
    { ms, state: () => product.query(`select * from send_attempt where state = 'begun'`) },
  );
  for (const phone of leads.values()) {
    const person = viewOf(product, phone);
    const seen = [person.contacts().length, person.conversations().length, person.sends().length];
    expect([phone, ...seen]).toEqual([phone, 1, 1, 1]);
    expect(person.conversations()[0]?.messages).toHaveLength(1);
  }
}

/** Calls take so long that a fault finds some under way. */
function slowProviders(): void {
  const { whatsapp, chatwoot } = product.sandbox;
  chatwoot.addFault({ match: { method: 'POST' }, kind: 'latency', when: 'after', ms: 400, times: 1_000 });
  whatsapp.addFault({ match: { path: '/messages' }, kind: 'latency', when: 'after', ms: 800, times: 1_000 });
}
const underWay = () => until(() => product.sandbox.whatsapp.calls().some(({ status }) => status === null));

test('everything takes 100 ms more each way: all are carried', async () => {
  postgres.delay(100);
  temporal.delay(100);
  await expectCarried(await refer(6), 60_000);
  postgres.heal();
  temporal.heal();
}, 90_000);

test.each([
  ['cut', 'connections reset', 60_000],
  // Nobody says that the other side is gone: it has to be noticed.
  ['silence', 'half-open connections', 120_000],
] as const)(
  'the ways to PostgreSQL and Temporal fail in the middle of it (%s: %s)',
  async (fault, _, ms) => {
    slowProviders();
    const leads = await refer(12);
    await underWay();
    postgres[fault]();
    temporal[fault]();
    const meanwhile = await refer(4);
    await sleep(4_000);
    postgres.heal();
    temporal.heal();
    // The channel is alive: by what leaves now, the sends that were left open are judged.
    const after = await refer(2);
    await expectCarried(new Map([...leads, ...meanwhile, ...after]), ms);
  },
  150_000,
);
