import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { authenticator } from '../../src/api/authentication.ts';
import { cookieSecret } from '../../src/api/session-cookie.ts';
import { attachStream, type Stream } from '../../src/api/stream/stream.ts';
import { STREAM_CLOSED } from '../../src/contract/stream-closed.ts';
import { hashKey, newKey } from '../../src/db/sealing.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { asPage, signIn } from '../harness/signing-in.ts';
import { closeStreamPages, openStreamPage } from '../harness/stream-page.ts';

// Who is let in, and who is shown out again: at a stream of our own, which looks more often.

const ALIVE_MS = 200;

/** A stream, and what it tells of itself. */
type Served = { url: string; stream: Stream; registry: Registry; stop(): Promise<void> };

let product: Product;
let served: Served;

beforeAll(async () => {
  product = await startProduct({ worker: false });
  served = await serve({ aliveMs: ALIVE_MS });
});
afterEach(closeStreamPages);
afterAll(async () => {
  await served.stop();
  await product.stop();
});

async function serve(times: { aliveMs?: number; idleMs?: number } = {}): Promise<Served> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const registry = new Registry();
  const stream = attachStream(server, {
    database: product.database,
    authenticate: authenticator(product.database, cookieSecret(product.secretKey)),
    readLines: ({ query }, ids) =>
      query(`select id, attention, repeat('x', $2) as long from lead where id = any ($1)`, [ids, 20_000]),
    registry,
    log: pino({ level: 'silent' }),
    ...times,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stream,
    registry,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      await stream.stop();
      await closed;
    },
  };
}

const page = (over: Record<string, unknown> = {}, options = {}, at = served.url) =>
  openStreamPage(at, { key: product.apiKey, ...over }, options);
const shut = { awaited: false };

test.each<[string, Record<string, unknown> | string, number]>([
  ['a key that is unknown', { key: 'lf_unknown' }, STREAM_CLOSED.unauthorised],
  ['neither a key nor a session', {}, STREAM_CLOSED.unauthorised],
  ['no JSON', 'hello', STREAM_CLOSED.helloExpected],
  ['something else than hello', { type: 'bye' }, STREAM_CLOSED.helloExpected],
  ['more than hello has', { key: 'lf_unknown', admin: true }, STREAM_CLOSED.helloExpected],
  ['a hello larger than any can be', { cursor: 'x'.repeat(65 * 1024) }, 1009],
])('%s opens nothing', async (_, hello, code) => {
  const refused = await openStreamPage(served.url, hello, shut);
  expect(await refused.closed).toBe(code);
  expect(refused.messages).toEqual([]);
});

test('who says nothing is shown out after 5 s, who says more than hello at once', async () => {
  const silent = await openStreamPage(served.url, null, shut);
  const begun = performance.now();
  expect(await silent.closed).toBe(STREAM_CLOSED.helloExpected);
  expect(performance.now() - begun).toBeGreaterThan(4_500);
  const talkative = await page();
  talkative.socket.send('{"type":"hello"}');
  expect(await talkative.closed).toBe(STREAM_CLOSED.helloExpected);
});

test('a session’s cookie lets in a page of our own, and no page of another site', async () => {
  const { cookie: session } = await signIn(product);
  const from = (origin: string | undefined, cookie = session) => ({
    headers: { cookie, ...(origin === undefined ? {} : { origin }) },
  });
  const own = await openStreamPage(served.url, {}, from(served.url));
  expect(own.messages[0]?.type).toBe('ready');
  for (const origin of ['http://evil.example', `${served.url}.evil.example`, 'null', undefined]) {
    const refused = await openStreamPage(served.url, {}, { ...shut, ...from(origin) });
    expect([origin, await refused.closed]).toEqual([origin, STREAM_CLOSED.unauthorised]);
  }
  const other = await openStreamPage(
    served.url,
    {},
    { ...shut, ...from(served.url, `${session.slice(0, -9)}AAAAAAAAA`) },
  );
  expect(await other.closed).toBe(STREAM_CLOSED.unauthorised);
  // A key is nobody's by accident: it may come from wherever it was given to.
  const extension = await page({}, { headers: { origin: 'chrome-extension://abcdefgh' } });
  expect(extension.messages[0]?.type).toBe('ready');
});

test('with its key revoked, or its session ended, an open page is closed', async () => {
  const key = newKey('lf');
  await product.query(
    `insert into api_key (tenant_id, name, prefix, hash) values (current_tenant(), 'short', 'lf_', $1)`,
    [hashKey(key)],
  );
  const { cookie } = await signIn(product);
  const [byKey, bySession, stays] = [
    await page({ key }),
    await openStreamPage(served.url, {}, { headers: { cookie, origin: served.url } }),
    await page(),
  ];
  await sleep(3 * ALIVE_MS);
  expect(byKey.socket.readyState).toBe(byKey.socket.OPEN);
  await product.query('update api_key set revoked_at = now() where hash = $1', [hashKey(key)]);
  expect(await byKey.closed).toBe(STREAM_CLOSED.unauthorised);
  await asPage(product, cookie)('POST', '/api/auth/sign-out', {});
  expect(await bySession.closed).toBe(STREAM_CLOSED.unauthorised);
  expect(stays.socket.readyState).toBe(stays.socket.OPEN);
});

test('a page hears that a quiet stream is alive, and from where to go on', async () => {
  const here = await page();
  await until(() => here.messages.filter(({ type }) => type === 'alive').length >= 2);
  const back = await page({ cursor: here.cursor() });
  expect(back.messages[0]?.type).toBe('ready');
});

test('a page that is gone without a word is forgotten', async () => {
  const [gone, stays] = [await page({}, { autoPong: false }), await page()];
  expect(await gone.closed).toBe(1006);
  await until(async () => (await gauge('pages')) === 1);
  expect(stays.socket.readyState).toBe(stays.socket.OPEN);
});

test('a page that takes nothing is closed, and the others are told on', async () => {
  const patient = await serve();
  const [leadId] = await newLeads(1);
  const many = await newLeads(60);
  const [slow, quick] = [await page({}, {}, patient.url), await page({}, {}, patient.url)];
  const code = slow.closed;
  slow.socket.pause();
  // A megabyte each time, until more has gathered than lies on the way.
  let times = 0;
  while ((await gauge('pages', patient)) > 1) {
    await product.query('update lead set attention = $2 where id = any ($1)', [many, `time ${++times}`]);
    await until(() => quick.lines().at(-1)?.attention === `time ${times}`);
    expect(times).toBeLessThan(50);
  }
  slow.socket.resume();
  expect([STREAM_CLOSED.tooSlow, 1006]).toContain(await code);
  await product.query('update lead set attention = $2 where id = $1', [leadId, 'later']);
  await until(() => quick.lines(leadId).length > 0);
  await patient.stop();
});

test('what the product writes is announced: nobody has to look for it', async () => {
  const deaf = await serve({ idleMs: 600_000 });
  const [leadId] = await newLeads(1);
  const here = await page({}, {}, deaf.url);
  for (const attention of ['one', 'two']) {
    await sleep(500); // until it is not looking any more
    await product.query('update lead set attention = $2 where id = $1', [leadId, attention]);
    await until(() => here.lines(leadId).at(-1)?.attention === attention);
  }
  await deaf.stop();
});

test('metrics tell the messages sent and how far behind the pages are', async () => {
  const [leadId] = await newLeads(1);
  const here = await page();
  const before = await gauge('messages_total');
  await product.query('update lead set attention = $2 where id = $1', [leadId, 'metrics']);
  await until(() => here.lines(leadId).length > 0);
  expect(await gauge('messages_total')).toBeGreaterThan(before);
  const lag = await gauge('lag_seconds');
  expect(lag).toBeGreaterThan(0);
  expect(lag).toBeLessThan(30);
});

test('no other address is opened', async () => {
  for (const path of ['/v1/streams', '/v1/stream/', '/v1/stream?key=lf_x', '/']) {
    const status = await new Promise((resolve, reject) => {
      const upgrade = request(served.url + path, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        },
      });
      upgrade.on('response', (response) => resolve(response.statusCode));
      upgrade.on('upgrade', (_response, socket) => resolve(socket.destroy() && 101));
      upgrade.on('error', reject);
      upgrade.end();
    });
    expect([path, status]).toEqual([path, 404]);
  }
});

test('stopping closes every page, and lets none in', async () => {
  const stopping = await serve();
  const pages = [
    await page({}, {}, stopping.url),
    await openStreamPage(stopping.url, null, shut), // not in yet
  ];
  await until(() => pages.every(({ socket }) => socket.readyState === socket.OPEN));
  const stopped = stopping.stop();
  expect(await Promise.all(pages.map(({ closed }) => closed))).toEqual([1001, 1001]);
  await stopped;
});

async function gauge(name: string, { registry } = served): Promise<number> {
  const text = await registry.metrics();
  return Number(new RegExp(`^lead_flow_stream_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function newLeads(count: number): Promise<string[]> {
  const leads: string[] = [];
  for (let n = 0; n < count; n++) leads.push((await product.refer()).lead_id);
  return leads;
}
