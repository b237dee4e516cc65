import { randomBytes } from 'node:crypto';
import { signMeta } from '../../src/domain/signature.ts';
import { freePorts } from '../../src/local/ports.ts';
import {
  type ServingProcess,
  startApi,
  startOwnPostgres,
  startOwnTemporal,
  startWorker,
} from '../harness/processes.ts';
import { until } from '../harness/product.ts';
import { type OwnTenant, startOwnTenant } from './own-tenant.ts';
import { wholeLead } from './sending.ts';

// The product's own processes, on a PostgreSQL that goes away and a Temporal that is not there yet.

const secretKey = randomBytes(32).toString('base64');
let place: OwnTenant['place'];
let postgres: OwnTenant['postgres'];
let sandbox: OwnTenant['sandbox'];
let tenant: OwnTenant['tenant'];
let database: OwnTenant['database'];
let temporalPort: number;
let api: ServingProcess;

beforeAll(async () => {
  [temporalPort = 0] = await freePorts(1);
  ({ place, postgres, sandbox, tenant, database } = await startOwnTenant(secretKey));
  api = await startApi(services());
});
afterAll(async () => {
  await api.stop();
  await database.close();
  await sandbox.close();
  await postgres.stop();
});

const services = () => ({
  databaseUrl: postgres.ownerUrl,
  secretKey,
  temporalAddress: `127.0.0.1:${temporalPort}`,
  temporalNamespace: 'default',
});
const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(api.url + path, { ...init, signal: AbortSignal.timeout(30_000) });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const refer = (key: string, body = wholeLead()) =>
  ask('/v1/leads', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tenant.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
const signIn = () =>
  ask('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ana@exemplo.com.br', password: 'qualquer-uma' }),
  });
const webhook = (path: string, body: unknown) => {
  const bytes = Buffer.from(JSON.stringify(body));
  return ask(path, {
    method: 'POST',
    headers: { 'x-hub-signature-256': signMeta(bytes, sandbox.whatsapp.appSecret) },
    body: bytes,
  });
};
const said = (text: string, from: string) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '1',
      changes: [
        {
          field: 'messages',
          value: { messages: [{ id: `wamid.${text}`, from, type: 'text', text: { body: text } }] },
        },
      ],
    },
  ],
});
const rows = <Row>(sql: string, values: unknown[] = []) =>
  database.tenant(tenant.tenantId, ({ query }) => query<Row>(sql, values));
const isReady = async () => (await ask('/health/ready')).status === 200;

describe('PostgreSQL goes away', () => {
  const before = wholeLead();
  const meanwhile = wholeLead();
  let first: string;
  const expectUnavailable = ({ status, headers, text }: Awaited<ReturnType<typeof ask>>) => {
    expect(status).toBe(503);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(text)).toMatchObject({ status: 503, code: 'unavailable' });
  };

  test('503 to all that must be stored; alive, but not ready', async () => {
    const answer = await refer('before', before);
    first = answer.text;
    expect(answer.status).toBe(202);
    expect((await webhook(tenant.whatsappWebhookPath, said('antes', '5511987657001'))).status).toBe(200);
    await postgres.stop();
    // Key and settings are still known to the process, and then no more.
    for (let round = 0; round < 2; round++) {
      expectUnavailable(await refer('meanwhile', meanwhile));
      expectUnavailable(await webhook(tenant.whatsappWebhookPath, said('SAIR', '5511987657001')));
      expectUnavailable(await webhook(tenant.chatwootWebhookPath, { event: 'conversation_updated' }));
      expectUnavailable(await ask('/health/ready'));
      expectUnavailable(await ask('/v1/leads', { headers: { 'x-api-key': tenant.apiKey } }));
      expectUnavailable(await signIn());
      expect((await ask('/health/live')).status).toBe(200);
      if (round === 0) await new Promise((resolve) => setTimeout(resolve, 5_100));
    }
  });

  test('back again: the same process goes on, and each key has its one answer', async () => {
    postgres = await startOwnPostgres(place);
    await until(isReady);
    expect((await refer('before', before)).text).toBe(first);
    const answers = await Promise.all(Array.from({ length: 5 }, () => refer('meanwhile', meanwhile)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(202));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await webhook(tenant.whatsappWebhookPath, said('SAIR', '5511987657001'))).status).toBe(200);
    expect(await rows('select count(*) from referral')).toEqual([{ count: 2 }]);
    expect(await rows('select count(*) from suppression')).toEqual([{ count: 1 }]);
  });

  test('killed under load: nothing acknowledged is lost, nothing is stored twice', async () => {
    const sent = new Map<string, { body: Record<string, unknown>; statuses: number[] }>();
    let stop = false;
    const senders = Array.from({ length: 8 }, async (_, sender) => {
      for (let n = 0; !stop; n++) {
        const one = { body: wholeLead(), statuses: [] as number[] };
        sent.set(`load-${sender}-${n}`, one);
        one.statuses.push((await refer(`load-${sender}-${n}`, one.body)).status);
      }
    });
    const acknowledged = () => [...sent.values()].filter(({ statuses }) => statuses[0] === 202).length;
    await until(() => acknowledged() > 50);
    postgres.kill();
    await postgres.exited;
    const refused = () => [...sent.values()].some(({ statuses }) => statuses[0] === 503);
    await until(refused);
    stop = true;
    await Promise.all(senders);
    postgres = await startOwnPostgres(place);
    await until(isReady);

    const kept = await rows<{ key: string }>(`select key from idempotency_key where key like 'load-%'`);
    const keys = new Set(kept.map(({ key }) => key));
    for (const [key, { statuses }] of sent) {
      expect([202, 503]).toContain(statuses[0]);
      if (statuses[0] === 202) expect(keys).toContain(key);
    }
    for (const [key, { body }] of sent) expect((await refer(key, body)).status).toBe(202);
    expect(await rows('select count(*) from referral')).toEqual([{ count: sent.size + 2 }]);
    expect(await rows('select count(*) from lead_event')).toEqual([{ count: sent.size + 2 }]);
    await rows('delete from engine_outbox');
  });
});

test('Temporal comes late: the lead is taken, events are applied, and it starts once Temporal is there', async () => {
  const { status, text } = await refer('late', wholeLead({ telefone: '11987657002' }));
  expect(status).toBe(202);
  const { lead_id } = JSON.parse(text);
  const [port = 0] = await freePorts(1);
  const starting = startWorker(services(), { port });
  let ready = false;
  starting.then(
    () => {
      ready = true;
    },
    () => {},
  );
  const health = (what: string) =>
    fetch(`http://127.0.0.1:${port}/health/${what}`).then(
      (r) => r.status,
      () => 0,
    );
  await until(async () => (await health('live')) === 200);
  expect(await health('ready')).toBe(503);
  expect((await webhook(tenant.whatsappWebhookPath, said('oi', '5511987657002'))).status).toBe(200);
  await until(async () => {
    const [event] = await rows<{ state: string; outcome: string }>(
      `select state, outcome from inbox_event where dedupe_key = 'message:wamid.oi'`,
    );
    return event?.state === 'applied' && event.outcome === 'replied';
  });
  const words = () =>
    rows<{ kind: string; attempts: number }>(
      'select kind, attempts from engine_outbox where lead_id = $1 order by id',
      [lead_id],
    );
  await until(async () => (await words())[0]?.attempts);
  expect(await words()).toMatchObject([{ kind: 'start' }, { kind: 'signal' }]);
  expect(ready).toBe(false);

  const temporal = await startOwnTemporal({ port: temporalPort });
  const worker = await starting;
  await until(
    async () => {
      const [lead] = await rows<{ stage: string }>('select stage from lead where id = $1', [lead_id]);
      return lead?.stage === 'waiting';
    },
    { ms: 40_000 },
  );
  // Struck out once the engine has answered, which may be after it began.
  await until(async () => (await words()).length === 0);
  await worker.stop();
  await temporal.stop();
});
