import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { openDatabase, type Query } from '../../src/db/database.ts';
import { type CreatedTenant, createFirstTenant } from '../../src/db/first-tenant.ts';
import type { TenantSettings } from '../../src/domain/settings.ts';
import { freePorts } from '../../src/local/ports.ts';
import type { RunningProcess } from '../../src/local/processes.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { ownFolder, startApi, startOwnPostgres, startOwnTemporal, startWorker } from './processes.ts';

/** A process that can be killed, and started again at the same place with what it kept. */
export type Killable<Running extends RunningProcess = RunningProcess> = {
  readonly now: Running;
  /** Kills it (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, as whoever deploys a new version does. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** The product as four processes of a suite's own, each of which may be killed; the sandbox is in the test's. */
export type KillableProduct = {
  sandbox: Sandbox;
  tenant: CreatedTenant;
  postgres: Killable<Awaited<ReturnType<typeof startOwnPostgres>>>;
  temporal: Killable<Awaited<ReturnType<typeof startOwnTemporal>>>;
  api: Killable<Awaited<ReturnType<typeof startApi>>>;
  worker: Killable;
  client: Client;
  secretKey: string;
  /** One statement on the tenant's rows. */
  query: Query;
  /** Asks the API as an integrator does; the body parsed. A connection that fails is status 0. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  call(method: string, path: string, body?: unknown, key?: string): Promise<{ status: number; body: any }>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  lead(id: string): Promise<any>;
  stop(): Promise<void>;
};

async function killable<Running extends RunningProcess>(
  launch: () => Promise<Running>,
): Promise<Killable<Running>> {
  let running = await launch();
  return {
    get now() {
      return running;
    },
    async kill() {
      running.kill('SIGKILL');
      await running.exited;
    },
    async stop() {
      await running.stop();
    },
    async start() {
      running = await launch();
    },
  };
}

/** Starts everything; `stop` it in `afterAll`, whatever was killed meanwhile. */
export async function startKillableProduct(
  options: { sandbox?: SandboxOptions; settings?: Partial<TenantSettings> } = {},
): Promise<KillableProduct> {
  const [postgresPort = 0, temporalPort = 0, apiPort = 0, workerPort = 0] = await freePorts(4);
  const folder = await ownFolder('killable');
  const sandbox = await startSandbox(options.sandbox);
  const [postgres, temporal] = await Promise.all([
    killable(() => startOwnPostgres({ dataDir: join(folder, 'data'), port: postgresPort })),
    killable(() => startOwnTemporal({ dbFile: join(folder, 'temporal.db'), port: temporalPort })),
  ]);
  const { ownerUrl } = postgres.now;
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../src/db/migrate.ts')], {
    env: { ...process.env, DATABASE_OWNER_URL: ownerUrl },
  });
  const secretKey = randomBytes(32).toString('base64');
  const tenant = await createFirstTenant(ownerUrl, secretKey, sandboxTenant(sandbox));
  if (!tenant) throw new Error('the database was not empty');
  const services = {
    databaseUrl: ownerUrl,
    secretKey,
    temporalAddress: temporal.now.address,
    temporalNamespace: 'default',
  };
  const api = await killable(() => startApi(services, { port: apiPort }));
  const worker = await killable(() => startWorker(services, { port: workerPort }));
  const database = openDatabase(ownerUrl, { connections: 2, name: 'test', onError: () => {} });
  const connection = Connection.lazy({ address: temporal.now.address });

  const call: KillableProduct['call'] = async (method, path, body, key) => {
    const response = await fetch(api.now.url + path, {
      method,
      headers: {
        authorization: `Bearer ${tenant.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => null);
    const text = (await response?.text().catch(() => '')) ?? '';
    return { status: response?.status ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  if (options.settings) {
    const saved = await call('PATCH', '/v1/settings', options.settings);
    if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  }
  await sandbox.whatsapp.registerWebhook({ url: api.now.url + tenant.whatsappWebhookPath });
  await sandbox.chatwoot.registerWebhook({ url: api.now.url + tenant.chatwootWebhookPath });
  return {
    sandbox,
    tenant,
    postgres,
    temporal,
    api,
    worker,
    client: new Client({ connection }),
    secretKey,
    query: (sql, values) => database.tenant(tenant.tenantId, (rows) => rows.query(sql, values)),
    call,
    lead: async (id) => (await call('GET', `/v1/leads/${id}`)).body,
    async stop() {
      await sandbox.close();
      await connection.close();
      await database.close();
      for (const one of [worker, api, temporal, postgres]) await one.stop();
    },
  };
}
