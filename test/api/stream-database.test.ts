import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { type RunningApi, startApi } from '../../src/api/server.ts';
import { readConfiguration } from '../../src/configuration.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { type CreatedTenant, createFirstTenant } from '../../src/db/first-tenant.ts';
import { freePorts } from '../../src/local/ports.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { ownFolder, startOwnPostgres } from '../harness/processes.ts';
import { until } from '../harness/product.ts';
import { closeStreamPages, openStreamPage } from '../harness/stream-page.ts';

// Open pages, while the database goes away and comes back.

const secretKey = randomBytes(32).toString('base64');
let place: { dataDir: string; port: number };
let postgres: LocalPostgres;
let sandbox: Sandbox;
let tenant: CreatedTenant;
let database: Database;
let api: RunningApi;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  place = { dataDir: join(await ownFolder('postgres'), 'data'), port };
  [postgres, sandbox] = await Promise.all([startOwnPostgres(place), startSandbox()]);
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../src/db/migrate.ts')], {
    env: { ...process.env, DATABASE_OWNER_URL: postgres.ownerUrl },
  });
  const created = await createFirstTenant(postgres.ownerUrl, secretKey, sandboxTenant(sandbox));
  if (!created) throw new Error('the database was not empty');
  tenant = created;
  database = openDatabase(postgres.ownerUrl, { connections: 2, name: 'test', onError: () => {} });
  api = await startApi(
    readConfiguration({
      DATABASE_URL: postgres.ownerUrl,
      LEAD_FLOW_SECRET_KEY: secretKey,
      LEAD_FLOW_PORT: '0',
    }),
    pino({ level: 'silent' }),
  );
});
afterEach(closeStreamPages);
afterAll(async () => {
  await api.stop();
  await database.close();
  await sandbox.close();
  await postgres.stop();
});

const page = (over = {}, options = {}) => openStreamPage(api.url, { key: tenant.apiKey, ...over }, options);
const changeConsultants = () =>
  database.tenant(tenant.tenantId, ({ query }) => query('update consultant set email = email'));
const isBack = () =>
  changeConsultants().then(
    () => true,
    () => false,
  );

test('the database crashes: pages stay open, read anew once it is back, and go on from there', async () => {
  const here = await page();
  await changeConsultants();
  await until(() => here.changed().length === 1);
  const cursor = here.cursor();
  postgres.kill('SIGKILL');
  await postgres.exited;
  // Nobody can tell whose this key is: it may come again. Of the other it is remembered.
  const unknown = await page({ key: 'lf_unknown' }, { awaited: false });
  expect(await unknown.closed).toBe(1013);
  const early = await page({ cursor }, { awaited: false });
  postgres = await startOwnPostgres(place);
  await until(isBack);
  // What was written in between may have the number of a transaction that the crash has undone.
  await until(() => here.messages.some(({ type }) => type === 'resync'), { ms: 25_000 });
  await until(() => early.messages.length > 0);
  expect(early.messages[0]?.type).toBe('resync');
  for (const { changed } of [here, early]) {
    const before = changed().length;
    await changeConsultants();
    await until(() => changed().length > before);
  }
  expect(here.socket.readyState).toBe(here.socket.OPEN);
}, 90_000);

test('the database is restarted in good order: nobody misses anything, nor reads anew', async () => {
  const here = await page();
  await changeConsultants();
  await until(() => here.changed().length === 1);
  const cursor = here.cursor();
  await postgres.stop();
  postgres = await startOwnPostgres(place);
  await until(isBack);
  await until(() => here.changed().length >= 2, { ms: 25_000 });
  const back = await page({ cursor });
  await until(() => back.changed().length > 0);
  expect(back.messages[0]?.type).toBe('ready');
  expect(here.messages.some(({ type }) => type === 'resync')).toBe(false);
}, 90_000);
