import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { MOST_ATTEMPTS, markFailed } from '../../src/db/inbox.ts';
import { streamMessage } from '../../src/contract/stream.ts';
import { liveCursor } from '../../src/db/live.ts';
import { servicesOf, type ServingProcess, startApi } from '../harness/processes.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { closeStreamPages, openStreamPage } from '../harness/stream-page.ts';

let product: Product;
/** A second API process, of which the first knows nothing. */
let other: ServingProcess;
/** As somebody at the database's own prompt, whom the product does not see. */
let hand: Client;

beforeAll(async () => {
  product = await startProduct();
  other = await startApi(servicesOf(product));
  hand = await byHand();
});
afterEach(closeStreamPages);
afterAll(async () => {
  await hand.end();
  await other.stop();
  await product.stop();
});

/** A connection of which nothing is announced. */
async function byHand(): Promise<Client> {
  const client = new Client({ connectionString: product.databaseUrl, options: '-c role=leadflow_app' });
  await client.connect();
  await client.query(`select set_config('lead_flow.tenant', $1, false)`, [product.tenantId]);
  return client;
}

const page = (over: Record<string, unknown> = {}) =>
  openStreamPage(product.url, { key: product.apiKey, ...over });
const cursorNow = () => product.database.tenant(product.tenantId, liveCursor);
const flag = (client: Client, leadId: string, code: string) =>
  client.query('update lead set attention = $2, attention_at = now() where id = $1', [leadId, code]);

/** A lead that nothing happens to any more: it waits for its day, and its message was read. */
async function restingLead(): Promise<string> {
  const { lead_id } = await product.refer();
  await until(async () => {
    const { stage, messages } = await product.lead(lead_id);
    return stage === 'waiting' && messages[0].state === 'read';
  });
  await product.sandbox.settled();
  await until(async () => {
    const [left] = await product.query<{ left: number }>(
      `select (select count(*) from inbox_event where state = 'pending') + (select count(*) from engine_outbox) as left`,
    );
    return left?.left === 0;
  });
  return lead_id;
}

test('a lead is followed step by step at the pages of every API process', async () => {
  const pages = [await page(), await openStreamPage(other.url, { key: product.apiKey })];
  const leadId = await restingLead();
  const { leads } = (await product.call('GET', '/v1/leads')).body;
  const now = leads.find(({ id }: { id: string }) => id === leadId);
  for (const { lines, messages } of pages) {
    await until(() => JSON.stringify(lines(leadId).at(-1)) === JSON.stringify(now), {
      state: () => [lines(leadId), now],
    });
    const seen = lines(leadId);
    expect(seen[0]?.stage).toBe('main');
    const stages = seen.map(({ stage }) => stage);
    expect(stages).toEqual([...stages].sort());
    const changes = seen.map(({ updated_at }) => updated_at);
    expect(changes).toEqual([...changes].sort());
    expect(messages[0]?.type).toBe('ready');
    for (const message of messages) streamMessage.parse(message);
  }
});

test('what somebody writes at the database’s own prompt is shown, though nobody announced it', async () => {
  const leadId = await restingLead();
  const here = await page();
  await flag(hand, leadId, 'by_hand');
  await until(() => here.lines(leadId).at(-1)?.attention === 'by_hand');
});

test('of two transactions that overlap, the one that commits later is shown as well', async () => {
  const [first, second] = [await restingLead(), await restingLead()];
  const here = await page();
  const slow = await byHand();
  await slow.query('begin');
  await flag(slow, first, 'slow');
  await flag(hand, second, 'quick');
  await until(() => here.lines(second).at(-1)?.attention === 'quick');
  // Many others come and go while it is open.
  for (let n = 0; n < 5; n++) {
    await flag(hand, second, `quick ${n}`);
    await until(() => here.lines(second).at(-1)?.attention === `quick ${n}`);
  }
  expect(here.lines(first)).toEqual([]);
  const cursor = here.cursor();
  await slow.query('commit');
  await slow.end();
  await until(() => here.lines(first).at(-1)?.attention === 'slow');
  expect(here.lines(second)).toHaveLength(6);

  // Nor is it lost to a page that was away while it committed, though others had begun and ended after it.
  const back = await page({ cursor });
  await until(() => back.lines(first).length > 0);
  expect(back.lines()).toHaveLength(1);
});

test('a page that comes back has what changed meanwhile, once and as it is now, and nothing else', async () => {
  const [changed, untouched] = [await restingLead(), await restingLead()];
  const before = await page();
  await flag(hand, untouched, 'seen');
  await until(() => before.lines(untouched).length > 0);
  const cursor = before.cursor();
  await before.close();
  await flag(hand, changed, 'one');
  await flag(hand, changed, 'two');
  await hand.query('update consultant set email = email');
  const back = await page({ cursor });
  await until(() => back.messages.length >= 3);
  await sleep(600); // whatever else would come
  expect(back.messages).toMatchObject([
    { type: 'ready', cursor },
    { type: 'lead_updated', cursor, leads: [{ id: changed, attention: 'two' }] },
    { type: 'changed', of: ['consultants'] },
  ]);
  const newest = back.cursor();
  await back.close();
  const again = await page({ cursor: newest });
  await sleep(600);
  expect(again.messages).toMatchObject([{ type: 'ready' }]);
});

test('a cursor that is too old, of another database, or none at all is told to read anew', async () => {
  const now = await cursorNow();
  const [epoch, seconds, snapshot = ''] = now.split('/');
  const wrong = [
    `${epoch}/${Number(seconds) - 601}/${snapshot}`,
    `${Number(epoch) + 1}/${seconds}/${snapshot}`,
    `1/${seconds}/${snapshot}`,
    `${epoch}/${seconds}/5:3:`,
    `${epoch}/${seconds}/3:9:8,4`,
    `${epoch}/${seconds}/3:9:,`,
    `${epoch}/${seconds}/3:9:4,,5`,
    `${epoch}/${seconds}/0:9:`,
    `${epoch}/${seconds}/3:99999999999999999999:`,
    'yesterday',
    '',
  ];
  for (const cursor of wrong) {
    const { messages } = await page({ cursor });
    expect([cursor, messages[0]?.type]).toEqual([cursor, 'resync']);
    expect(messages[0]?.cursor).toMatch(/^\d+\/\d+\/\d+:\d+:/);
  }
  expect((await page({ cursor: `${epoch}/${Number(seconds) - 590}/${snapshot}` })).messages[0]?.type).toBe(
    'ready',
  );
  expect((await page({ cursor: now })).messages[0]?.type).toBe('ready');
});

test('what changes in another company is not told', async () => {
  const stranger = await addTenant(product);
  const leadId = await restingLead();
  const here = await page();
  await stranger.query(
    `insert into consultant (tenant_id, name, name_key) values (current_tenant(), 'Outro', 'outro')`,
  );
  await stranger.call('PATCH', '/v1/settings', { qualified: ['sim'] });
  const answer = await stranger.call('POST', '/v1/leads', {
    nome: 'João',
    telefone: '11987650077',
    consultor: 'Outro',
    status_indicacao: 'qualificado',
  });
  expect(answer.status).toBe(202);
  await flag(hand, leadId, 'ours');
  await until(() => here.lines(leadId).length > 0);
  await sleep(600);
  expect(here.messages.map(({ type }) => type)).toEqual(['ready', 'lead_updated']);
  // And a cursor of theirs opens nothing of theirs.
  const theirs = await product.database.tenant(stranger.tenantId, liveCursor);
  await stranger.query('update consultant set name = name');
  const back = await page({ cursor: theirs });
  await sleep(600);
  expect(back.messages).toMatchObject([{ type: 'ready' }]);
});

test('a page that asked for some leads hears of these alone', async () => {
  const [wanted, unwanted] = [await restingLead(), await restingLead()];
  const all = await page();
  const some = await page({ leads: [wanted] });
  await flag(hand, unwanted, 'one');
  await until(() => all.lines(unwanted).length > 0);
  await flag(hand, wanted, 'two');
  await until(() => some.lines(wanted).length > 0);
  expect(some.lines()).toHaveLength(1);
});

describe('what else a page may have to read again', () => {
  const channel = () =>
    product.query(`update channel set state = 'paused', pause_reason = 'test' where state = 'active'`);
  const template = () =>
    product.query(
      `insert into template (tenant_id, channel_id, name, language, status)
       select tenant_id, id, 'novo', 'pt_BR', 'APPROVED' from channel`,
    );
  const stop = () =>
    product.query(
      `insert into template_stop (tenant_id, channel_id, template, language, reason)
       select tenant_id, id, 'novo', 'pt_BR', 'test' from channel`,
    );
  const lifted = () => product.query(`delete from template_stop where template = 'novo'`);
  const setting = () => product.call('PATCH', '/v1/settings', { weeklyMessages: 3 });
  const consultant = () => product.call('POST', '/v1/consultants', { nome: 'Nova Consultora' });
  const stored = (state: string, key: string) =>
    product.query(
      `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload, state, due_at)
       values (current_tenant(), 'whatsapp', uuidv7(), $2, 'unheard', '{}', $1, now() + interval '1 day')`,
      [state, key],
    );

  test.each<[string, () => Promise<unknown>, string[]]>([
    ['a number is paused', channel, ['channels']],
    ['a template comes', template, ['templates']],
    ['a template is stopped', stop, ['channels', 'templates']],
    ['a stop is lifted', lifted, ['channels', 'templates']],
    ['a setting is changed', setting, ['settings']],
    ['a consultant comes', consultant, ['consultants']],
    ['an event comes that cannot be passed on', () => stored('dead', 'dead at once'), ['events']],
  ])('%s', async (_, work, kinds) => {
    const here = await page();
    await work();
    await until(() => here.changed().length > 0);
    expect(here.changed().sort()).toEqual(kinds);
  });

  test('an event is given up, and replayed; those that are applied are nobody’s news', async () => {
    const here = await page();
    await stored('pending', 'fails for ever');
    const [event] = await product.query<{ id: number }>(
      `select id from inbox_event where dedupe_key = 'fails for ever'`,
    );
    const id = event?.id ?? 0;
    const fail = () => product.database.tenant(product.tenantId, (rows) => markFailed(rows, id, 'test'));
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) await fail();
    await sleep(600);
    expect(here.changed()).toEqual([]);
    await fail();
    await until(() => here.changed().length === 1);
    await product.call('POST', `/v1/events/${id}/replay`);
    await until(() => here.changed().length === 2);
    await until(async () => {
      const [now] = await product.query<{ state: string }>('select state from inbox_event where id = $1', [
        id,
      ]);
      return now?.state === 'applied';
    });
    await sleep(600);
    expect(here.changed()).toEqual(['events', 'events']);
  });
});

describe('leads by the hundred', () => {
  /** Leads that are nobody's but the test's, as many as told. */
  async function manyLeads(count: number): Promise<string[]> {
    const rows = await product.query<{ id: string }>(
      `with made as (select uuidv7() as id, uuidv7() as person_id, uuidv7() as referral_id, n from generate_series(1, $1::int) n),
       p as (insert into person (tenant_id, id, name) select current_tenant(), person_id, 'Pessoa ' || n from made),
       l as (insert into lead (tenant_id, id, person_id, flow_id, flow_version, origin, stage, status_value,
           consultant_name, referral_id, wake_at)
         select current_tenant(), made.id, person_id, f.id, f.version, 'api', 'waiting', 'qualificado', 'Ana',
           made.referral_id, now() + interval '3 days' from made, flow f returning id, referral_id, person_id)
       insert into referral (tenant_id, id, lead_id, person_id, number, origin, name, phone, status_value, consultant_name)
       select current_tenant(), l.referral_id, l.id, l.person_id, 1, 'api', 'Pessoa', '+5511987650000', 'qualificado', 'Ana'
       from l returning lead_id as id`,
      [count],
    );
    return rows.map(({ id }) => id);
  }

  test('they come a hundred a message, and the page is past them only with the last', async () => {
    const here = await page();
    const before = here.cursor();
    const ids = await manyLeads(250);
    await until(() => here.lines().length >= 250);
    const updates = here.messages.filter((message) => message.type === 'lead_updated');
    expect(updates.map(({ leads }) => leads.length)).toEqual([100, 100, 50]);
    expect(new Set(here.lines().map(({ id }) => id))).toEqual(new Set(ids));
    const cursors = updates.map(({ cursor }) => cursor);
    expect(cursors[0]).toBe(cursors[1]);
    expect(cursors[2]).not.toBe(cursors[0]);
    // A page that was cut off after the first has the rest when it comes back.
    const back = await page({ cursor: cursors[0] });
    await until(() => back.lines().length >= 250);
    expect(before).toMatch(/^\d+\//);
  });

  test('where more change at once than a page should take in, it is told to read anew', async () => {
    const [leadId] = await manyLeads(1);
    const [all, some] = [await page(), await page({ leads: [leadId] })];
    await manyLeads(1_001);
    await until(() => all.messages.at(-1)?.type === 'resync');
    expect(all.lines()).toEqual([]);
    await product.query(`update lead set attention = 'all' where stage = 'waiting'`);
    await until(() => some.lines().length > 0);
    expect(some.lines().map(({ id, attention }) => [id, attention])).toEqual([[leadId, 'all']]);
    expect(some.messages.filter(({ type }) => type === 'resync')).toEqual([]);
  });
});
