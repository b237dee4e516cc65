import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type RunningApi, startApi } from '../../src/api/server.ts';
import { readConfiguration } from '../../src/configuration.ts';
import { startOwnPostgres } from '../harness/processes.ts';
import { until } from '../harness/product.ts';
import { closeStreamPages, openStreamPage } from '../harness/stream-page.ts';
import { type OwnTenant, startOwnTenant } from './own-tenant.ts';

// Open pages, while the database goes away and comes back.

const secretKey = randomBytes(32).toString('base64');
let place: OwnTenant['place'];
let postgres: OwnTenant['postgres'];
let sandbox: OwnTenant['sandbox'];
let tenant: OwnTenant['tenant'];
let database: OwnTenant['database'];
let api: RunningApi;

beforeAll(async () => {
  ({ place, postgres, sandbox, tenant, database } = await startOwnTenant(secretKey));
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
