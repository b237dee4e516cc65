import { setTimeout as sleep } from 'node:timers/promises';
import { signMeta } from '../../src/domain/signature.ts';
import { type KillableProduct, startKillableProduct } from '../harness/killable.ts';
import { until } from '../harness/product.ts';
import { inStage, viewOf } from '../harness/sandbox-views.ts';
import { post, text } from '../inbox/webhooks.ts';

const AWAY_MS = 120_000;
/** Between two referrals, and between two webhooks: some three things a second. */
const EVERY_MS = 650;
/** Once the engine is back, the last lead sleeps after so long at most. */
const CAUGHT_UP_MS = 240_000;

let product: KillableProduct;
beforeAll(async () => {
  product = await startKillableProduct({
    sandbox: { delays: { sentMs: 30, deliveredMs: 60, readMs: 90 } },
  });
}, 120_000);
afterAll(() => product.stop());

const phoneOf = (group: number, number: number) => `1193${group}00${String(number).padStart(4, '0')}`;

async function refer(telefone: string) {
  const { status, body } = await product.call('POST', '/v1/leads', {
    nome: 'Maria Aparecida',
    telefone,
    consultor: product.sandbox.chatwoot.agents[0]?.name,
    status_indicacao: 'qualificado',
  });
  return { status, leadId: body.lead_id as string };
}

function webhook(body: unknown): Promise<number> {
  const { appSecret } = product.sandbox.whatsapp;
  const signature = signMeta(Buffer.from(JSON.stringify(body)), appSecret);
  const url = product.api.now.url + product.tenant.whatsappWebhookPath;
  return post(url, body, { 'x-hub-signature-256': signature }).catch(() => 0);
}

test('Temporal away for two minutes under load: all is acknowledged, and then every lead sleeps, messaged once', async () => {
  const early = Array.from({ length: 8 }, (_, number) => phoneOf(1, number));
  const [stops, sold, again, ...talks] = early as [string, string, string, ...string[]];
  const leads = new Map<string, string>();
  for (const phone of early) leads.set(phone, (await refer(phone)).leadId);
  for (const leadId of leads.values()) await inStage(product, leadId, 'waiting');

  await product.temporal.kill();
  const back = Date.now() + AWAY_MS;
  const fresh: string[] = [];
  const answers: { what: 'lead' | 'webhook'; status: number; ms: number }[] = [];
  const timed = async (what: 'lead' | 'webhook', ask: () => Promise<number>) => {
    const from = Date.now();
    const status = await ask();
    answers.push({ what, status, ms: Date.now() - from });
  };
  // Neither waits for an answer before the next: whoever sends to us does not either.
  const asked: Promise<void>[] = [];
  for (let number = 0; Date.now() < back; number++) {
    const phone = phoneOf(2, number);
    fresh.push(phone);
    asked.push(
      timed('lead', async () => {
        const { status, leadId } = await refer(phone);
        leads.set(phone, leadId);
        return status;
      }),
      timed('webhook', () => webhook(text(`55${talks[number % talks.length]}`, `Mensagem ${number}`))),
    );
    if (number === 10) asked.push(timed('webhook', () => webhook(text(`55${stops}`, 'SAIR'))));
    if (number === 20)
      product.sandbox.chatwoot.setLabels(viewOf(product, sold).conversations()[0]!.id, ['convertido']);
    if (number === 30) asked.push(timed('lead', async () => (await refer(again)).status));
    await sleep(EVERY_MS);
  }
  await Promise.all(asked);
  const refused = answers.filter(({ what, status }) => status !== (what === 'lead' ? 202 : 200));
  expect(refused).toEqual([]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(AWAY_MS / 4);
  // What needs no engine was done without it.
  const pending = `select count(*) from inbox_event where state <> 'applied'`;
  await until(async () => (await product.query<{ count: number }>(pending))[0]?.count === 0);
  for (const phone of fresh) expect(viewOf(product, phone).sendCalls()).toEqual([]);

  await product.temporal.start();
  const waiting = async () => {
    const [row] = await product.query<{ asleep: number; words: number }>(
      `select (select count(*) from lead where stage = 'waiting') as asleep,
         (select count(*) from engine_outbox) as words`,
    );
    return { ...row, wanted: leads.size - 2 };
  };
  await until(
    async () => {
      const { asleep, words, wanted } = await waiting();
      return asleep === wanted && words === 0;
    },
    { ms: CAUGHT_UP_MS, state: waiting },
  );
  expect(await product.lead(leads.get(stops)!)).toMatchObject({ stage: 'closed', outcome: 'opted_out' });
  expect(await product.lead(leads.get(sold)!)).toMatchObject({ stage: 'closed', outcome: 'converted' });
  expect(await product.lead(leads.get(again)!)).toMatchObject({ stage: 'waiting', referral_count: 2 });
  await product.sandbox.settled();
  for (const phone of [...early, ...fresh]) {
    const person = viewOf(product, phone);
    const seen = [person.contacts().length, person.conversations().length, person.sendCalls().length];
    expect([phone, ...seen]).toEqual([phone, 1, 1, 1]);
  }
  const replies = await product.query<{ count: number }>(
    `select count(*) from message where direction = 'in'`,
  );
  expect(replies).toEqual([{ count: fresh.length + 1 }]);
}, 480_000);
