import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { type RunningApi, startApi } from '../../src/api/server.ts';
import { readConfiguration } from '../../src/configuration.ts';
import type { LeadLine } from '../../src/contract/lead.ts';
import {
  openStream,
  type StreamClient,
  type StreamClientOptions,
  type StreamState,
} from '../../src/contract/stream-client.ts';
import { liveCursor } from '../../src/db/live.ts';
import { freePorts } from '../../src/local/ports.ts';
import { openWay } from '../harness/network.ts';
import { type Product, startProduct, until } from '../harness/product.ts';

// The module that pages use, with the WebSocket that Node has of browsers, at an API that comes and goes.

let product: Product;
let port: number;
let api: RunningApi;
const clients: StreamClient[] = [];
const TIMES = { wait: 50, longestWait: 200 };

beforeAll(async () => {
  product = await startProduct({ worker: false });
  [port = 0] = await freePorts(1);
  api = await serve();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await api.stop();
  await product.stop();
});

const serve = () =>
  startApi(
    readConfiguration({
      DATABASE_URL: product.databaseUrl,
      LEAD_FLOW_SECRET_KEY: product.secretKey,
      LEAD_FLOW_PORT: String(port),
    }),
    pino({ level: 'silent' }),
  );

/** A page, with all that it was called with. */
function open(over: Partial<StreamClientOptions> = {}, at = port) {
  const told = { leads: [] as LeadLine[], changed: [] as string[], resyncs: 0, states: [] as StreamState[] };
  const client = openStream({
    url: `ws://127.0.0.1:${at}/v1/stream`,
    key: product.apiKey,
    onLeads: (leads) => told.leads.push(...leads),
    onChanged: (of) => told.changed.push(...of),
    onResync: () => told.resyncs++,
    onState: (state) => told.states.push(state),
    times: TIMES,
    ...over,
  });
  clients.push(client);
  const isLive = () => until(() => client.state === 'live', { state: () => told.states });
  return { client, told, isLive };
}

const mark = (leadId: string, attention: string) =>
  product.query('update lead set attention = $2 where id = $1', [leadId, attention]);
const newLead = async (): Promise<string> => (await product.refer()).lead_id;

test('it is told of leads and of whatever else changes', async () => {
  const leadId = await newLead();
  const { told, isLive } = open();
  await isLive();
  await mark(leadId, 'one');
  await until(() => told.leads.at(-1)?.attention === 'one');
  await product.query('update consultant set email = email');
  await until(() => told.changed.includes('consultants'));
  expect(told.states).toEqual(['connecting', 'live']);
  expect(told.resyncs).toBe(0);
});

test('while the server is away it tries again by itself, and then has what it missed, and nothing twice', async () => {
  const [changed, untouched] = [await newLead(), await newLead()];
  const { told, isLive, client } = open();
  await isLive();
  await mark(untouched, 'before');
  await until(() => told.leads.length > 0);
  await api.stop();
  await until(() => client.state !== 'live');
  await mark(changed, 'meanwhile');
  await sleep(500);
  api = await serve();
  await isLive();
  await until(() => told.leads.at(-1)?.attention === 'meanwhile');
  await mark(changed, 'after');
  await until(() => told.leads.at(-1)?.attention === 'after');
  expect(told.leads.map(({ attention }) => attention)).toEqual(['before', 'meanwhile', 'after']);
  expect(told.resyncs).toBe(0);
  expect(told.states).toContain('away');
});

test('it goes on from where the page was read, and hears where that is too long ago', async () => {
  const cursor = await product.database.tenant(product.tenantId, liveCursor);
  const leadId = await newLead();
  const since = open({ cursor, leads: [leadId] });
  await until(() => since.told.leads.some(({ id }) => id === leadId));
  const old = open({ cursor: cursor.replace(/\/\d+/, '/1700000000') });
  await until(() => old.told.resyncs === 1);
  expect(old.client.state).toBe('live');
  await mark(leadId, 'goes on');
  await until(() => old.told.leads.some(({ attention }) => attention === 'goes on'));
});

test('a connection that is dead without a word is noticed and replaced', async () => {
  const leadId = await newLead();
  const way = await openWay(port);
  const { told, isLive, client } = open({ times: { ...TIMES, silence: 700, welcome: 300 } }, way.port);
  await isLive();
  await mark(leadId, 'alive');
  await until(() => told.leads.length > 0);
  way.silence();
  await mark(leadId, 'unheard');
  await until(() => client.state !== 'live');
  await sleep(800); // it tries, and gets no answer either
  expect(client.state).not.toBe('live');
  way.heal();
  await until(() => told.leads.at(-1)?.attention === 'unheard');
  client.close();
  await way.close();
});

test('told that the network is back it tries at once, and leaves alone what is live', async () => {
  const way = await openWay(port);
  const { told, isLive, client } = open({ times: { wait: 600_000, longestWait: 600_000 } }, way.port);
  await isLive();
  client.reconnect();
  expect(client.state).toBe('live');
  way.cut();
  await until(() => client.state === 'away');
  way.heal();
  await sleep(300);
  expect(client.state).toBe('away');
  client.reconnect();
  await isLive();
  expect(told.states).toEqual(['connecting', 'live', 'away', 'connecting', 'live']);

  // Of one that has been quiet for too long, it is not sure.
  client.close();
  const quiet = open({ times: { ...TIMES, quiet: 0 } }, way.port);
  await quiet.isLive();
  await sleep(20);
  quiet.client.reconnect();
  expect(quiet.client.state).toBe('connecting');
  await quiet.isLive();
  quiet.client.close();
  await way.close();
});

test('with a key that does not serve it waits to be told', async () => {
  const { told, client } = open({ key: 'lf_unknown' });
  await until(() => client.state === 'refused');
  await sleep(500);
  expect(told.states).toEqual(['connecting', 'refused']);
  client.reconnect();
  await until(() => told.states.length === 5);
  expect(told.states.slice(2)).toEqual(['away', 'connecting', 'refused']);
});

test('closed, it calls nothing any more and leaves nothing behind', async () => {
  const leadId = await newLead();
  const { told, isLive, client } = open();
  await isLive();
  client.close();
  client.reconnect();
  const before = structuredClone(told);
  await mark(leadId, 'closed');
  await sleep(600);
  expect(told).toEqual(before);
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(await metrics.text()).toContain('\nlead_flow_stream_pages 0\n');
});
