import { Client } from 'pg';
import { openDatabase } from '../../src/db/database.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { settingsReader } from '../../src/db/tenants.ts';
import { applyPending } from '../../src/inbox/apply.ts';
import { type KillableProduct, startKillableProduct } from '../harness/killable.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { historyOf } from '../harness/workflow-history.ts';

let product: KillableProduct;
beforeAll(async () => {
  product = await startKillableProduct({
    // Nobody reads: what is read is told by hand.
    sandbox: { delays: { sentMs: 30, deliveredMs: 60 }, readRate: 0 },
    settings: { resendAfterHours: 0 },
  });
}, 120_000);
afterAll(() => product.stop());

async function refer(telefone: string, over: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await product.call('POST', '/v1/leads', {
    nome: 'Maria Aparecida',
    telefone,
    consultor: product.sandbox.chatwoot.agents[0]?.name,
    status_indicacao: 'qualificado',
    ...over,
  });
  expect(status).toBe(202);
  return body.lead_id;
}
const asleep = (leadId: string) => inStage(product, leadId, 'waiting', 40_000);
const person = (phone: string) => viewOf(product, phone);
const notesOf = (phone: string, words: string) =>
  person(phone)
    .conversations()
    .flatMap(({ messages }) => messages.filter(({ content }) => content.includes(words)));
const STOPPED = 'pediu descadastro';
const eventsOf = async (leadId: string, kind: string) =>
  kindsOf(await product.lead(leadId)).filter((one) => one === kind).length;

/** Nothing waits any more, neither to be applied nor to be told. */
const drained = () =>
  until(
    async () => {
      const [left] = await product
        .query<{ events: number; words: number }>(
          `select (select count(*) from inbox_event where state <> 'applied') as events,
             (select count(*) from engine_outbox) as words`,
        )
        .catch(() => []);
      return left?.events === 0 && left.words === 0;
    },
    { ms: 60_000, state: () => product.query('select * from engine_outbox') },
  );

test('killed between storing and applying: what was acknowledged has its effect, once', async () => {
  const phones = ['11970010001', '11970010002', '11970010003', '11970010004', '11970010005'] as const;
  const [replies, stops, converts, reads, later] = phones;
  const leads = {} as Record<(typeof phones)[number], string>;
  for (const phone of phones) leads[phone] = await refer(phone);
  for (const phone of phones) await asleep(leads[phone]);
  await until(async () => (await product.lead(leads[reads])).messages[0]?.state === 'delivered');
  await product.sandbox.settled();
  await drained();
  const [before] = await product.query<{ last: number }>('select max(id) as last from inbox_event');
  await product.worker.stop();

  person(replies).says('Quero saber mais');
  person(stops).says('SAIR');
  product.sandbox.chatwoot.setLabels(person(converts).conversations()[0]!.id, ['convertido']);
  product.sandbox.whatsapp.setStatus({ wamid: person(reads).sends()[0]!.wamid, status: 'read' });
  await product.sandbox.settled();
  const stored = () =>
    product.query<{ kind: string; state: string; outcome: string | null; attempts: number }>(
      `select kind, state, outcome, attempts from inbox_event where id > $1 order by kind, id`,
      [before?.last],
    );
  const acknowledged = [
    { kind: 'conversation_updated', state: 'pending', attempts: 0 },
    { kind: 'message', state: 'pending', attempts: 0 },
    { kind: 'message', state: 'pending', attempts: 0 },
    { kind: 'status', state: 'pending', attempts: 0 },
  ];
  expect(await stored()).toMatchObject(acknowledged);
  await product.postgres.kill();
  // Said while nothing can be stored: refused with 503, and repeated by WhatsApp until it is taken.
  person(later).says('parar');
  await product.postgres.start();
  await until(() => product.sandbox.whatsapp.pendingWebhooks() === 0);
  expect(await stored()).toHaveLength(acknowledged.length + 1);
  await product.worker.start();
  await drained();

  for (const event of await stored()) expect(event).toMatchObject({ state: 'applied', attempts: 1 });
  const outcomes = (await stored()).map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual(['converted', 'opted_out', 'opted_out', 'replied', 'updated']);
  for (const phone of [stops, later]) {
    expect(await inStage(product, leads[phone], 'closed')).toMatchObject({ outcome: 'opted_out' });
    await until(() => notesOf(phone, STOPPED).length > 0);
  }
  expect(await inStage(product, leads[converts], 'closed')).toMatchObject({ outcome: 'converted' });
  expect(await eventsOf(leads[converts], 'converted')).toBe(1);
  const answered = await product.lead(leads[replies]);
  expect(answered).toMatchObject({ stage: 'waiting' });
  expect(answered.messages.filter((m: { direction: string }) => m.direction === 'in')).toHaveLength(1);
  expect(await eventsOf(leads[replies], 'replied')).toBe(1);
  expect((await product.lead(leads[reads])).messages).toMatchObject([{ state: 'read' }]);
  for (const phone of phones) {
    const stopped = phone === stops || phone === later;
    expect(notesOf(phone, STOPPED)).toHaveLength(stopped ? 1 : 0);
    expect(person(phone).sendCalls()).toHaveLength(1);
    expect(person(phone).contacts()).toHaveLength(1);
    expect(person(phone).conversations()).toMatchObject([
      { labels: stopped ? ['descadastrado'] : phone === converts ? ['convertido'] : [] },
    ]);
  }
}, 150_000);

test('killed between telling the engine and striking the words out: told again, each effect is there once', async () => {
  const [fresh, joined, sold, answers, stops] = [
    '11970020001',
    '11970020002',
    '11970020003',
    '11970020004',
    '11970020005',
  ] as const;
  const [, bruno] = product.sandbox.chatwoot.agents;
  const leads = {
    joined: await refer(joined),
    sold: await refer(sold),
    answers: await refer(answers),
    stops: await refer(stops),
  };
  for (const leadId of Object.values(leads)) await asleep(leadId);
  await product.call('POST', `/v1/leads/${leads.answers}/rework-now`);
  await until(async () => (await eventsOf(leads.answers, 'contact_updated')) > 0);
  await product.sandbox.settled();
  await drained();
  await product.worker.stop();

  const started = await refer(fresh);
  expect(await refer(joined, { consultor: bruno?.name })).toBe(leads.joined);
  await product.call('POST', '/v1/conversions', { lead_id: leads.sold });
  await product.call('POST', `/v1/leads/${leads.stops}/opt-out`);
  person(answers).says('Oi, voltei');
  await product.sandbox.settled();
  await applyAsTheWorkerDoes();
  const words = () =>
    product.query<{ word: string; attempts: number }>(
      `select coalesce(payload ->> 'type', kind) as word, attempts from engine_outbox order by 1`,
    );
  const all = ['cancel', 'conversion', 'referred', 'reply', 'start'];
  expect(await words()).toEqual(all.map((word) => ({ word, attempts: 0 })));

  await asOwner(
    `create function stall() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
     create trigger stall before delete on engine_outbox for each statement execute function stall()`,
  );
  await product.worker.start();
  await until(
    async () => (await asOwner(`select from pg_stat_activity where wait_event = 'PgSleep'`)).length > 0,
  );
  await product.postgres.kill();
  await product.postgres.start();
  expect(await words()).toEqual(all.map((word) => ({ word, attempts: 1 })));
  await asOwner('drop trigger stall on engine_outbox; drop function stall');
  // The words were lent to the dispatcher for a minute, which is over sooner here.
  await product.query('update engine_outbox set due_at = now()');
  await drained();

  await asleep(started);
  const again = await until(
    async () => (await eventsOf(leads.joined, 'asleep')) === 2 && product.lead(leads.joined),
  );
  expect(await inStage(product, leads.sold, 'closed')).toMatchObject({ outcome: 'converted' });
  expect(await inStage(product, leads.answers, 'closed')).toMatchObject({ outcome: 'not_converted' });
  expect(await inStage(product, leads.stops, 'closed')).toMatchObject({ outcome: 'opted_out' });
  await until(() => notesOf(stops, STOPPED).length > 0);

  // The word was told twice, and opened one chapter.
  const heard = await historyOf(product.client, leads.joined);
  expect(heard.told.filter((word) => word === 'referred')).toHaveLength(2);
  expect(heard.localSteps.filter((step) => step === 'openChapter')).toHaveLength(2);
  expect(again).toMatchObject({ stage: 'waiting', referral_count: 2, outcome: null });
  expect(await eventsOf(leads.joined, 'referred_again')).toBe(1);
  expect(await eventsOf(leads.joined, 'asleep')).toBe(2);
  expect(person(joined).sendCalls()).toHaveLength(2);
  expect(notesOf(joined, 'indic')).toHaveLength(3);
  expect(person(joined).conversations()).toMatchObject([{ assigneeId: bruno?.id }]);

  const others = { [fresh]: 1, [sold]: 1, [answers]: 2, [stops]: 1 };
  for (const [phone, sends] of Object.entries(others)) {
    expect([phone, person(phone).sendCalls().length]).toEqual([phone, sends]);
    expect([phone, person(phone).conversations().length]).toEqual([phone, sends]);
    expect(person(phone).contacts()).toHaveLength(1);
  }
  expect(notesOf(stops, STOPPED)).toHaveLength(1);
  expect(await eventsOf(leads.sold, 'converted')).toBe(1);
  expect(await eventsOf(leads.answers, 'replied')).toBe(1);
}, 150_000);

/** Applies what is stored, without telling the engine. */
async function applyAsTheWorkerDoes(): Promise<void> {
  const database = openDatabase(product.postgres.now.ownerUrl, { connections: 1, name: 'test' });
  const { tenantId } = product.tenant;
  await applyPending(database, createSealing(product.secretKey), settingsReader(database), tenantId);
  await database.close();
}

/** Statements of whoever owns the tables. */
async function asOwner(sql: string): Promise<unknown[]> {
  const owner = new Client({ connectionString: product.postgres.now.ownerUrl });
  await owner.connect();
  try {
    return (await owner.query(sql)).rows ?? [];
  } finally {
    await owner.end();
  }
}
