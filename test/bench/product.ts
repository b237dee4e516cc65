import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { Pool } from 'undici';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createFirstTenant } from '../../src/db/first-tenant.ts';
import { migrate } from '../../src/db/migrate.ts';
import { freePorts } from '../../src/local/ports.ts';
import { startPostgres } from '../../src/local/postgres.ts';
import { type ProductServices, startApi, startWorker } from '../../src/local/product.ts';
import { registerWebhooks, type SandboxAccess, startSandbox } from '../../src/local/sandbox.ts';
import { StartError } from '../../src/local/start-error.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import type { Ground } from './ground.ts';
import type { Watched } from './usage.ts';

const HOST = '127.0.0.1';
const BUNDLER = join(import.meta.dirname, '../../src/worker/bundle.ts');

/** The whole product, each part a process of its own, with one tenant and nothing in it. */
export type Product = Ground & {
  services: ProductServices;
  apiUrl: string;
  /** Connections to the API that are kept alive. */
  api: Pool;
  apiKey: string;
  consultants: readonly string[];
  tenantId: string;
  /** Where WhatsApp's webhooks go, and what they are signed with. */
  webhook: { path: string; appSecret: string };
  database: Database;
  temporal: Client;
  /** The processes whose CPU and memory are looked at. */
  watched: readonly Watched[];
  workerLog: string;
};

/**
 * Starts everything as `npm start` does, with PostgreSQL as durable as in production and the workflows bundled.
 * `wakeAt`: all leads wake then, and not when the calendar says so.
 */
export async function startProduct(ground: Ground, wakeAt?: Date): Promise<Product> {
  const { folder, start, progress } = ground;
  const cli = process.env.LEAD_FLOW_TEMPORAL_CLI;
  if (!cli) {
    throw new StartError(
      'The benchmark needs a Temporal of its own: run it through npm run bench, without TEMPORAL_ADDRESS.',
    );
  }
  const ports = await freePorts(6);
  const port = () => ports.pop() ?? 0;
  const log = (name: string) => join(folder, `${name}.log`);
  const bundle = join(folder, 'workflows.js');

  return progress.step('starting all processes', async () => {
    const [postgres, temporal, sandbox] = await allEnded([
      start((options) =>
        startPostgres({
          dataDir: join(folder, 'postgres'),
          port: port(),
          logFile: log('postgres'),
          ...options,
        }),
      ),
      start((options) =>
        startTemporal({
          cli,
          port: port(),
          uiPort: null,
          dbFile: join(folder, 'temporal.db'),
          logFile: log('temporal'),
          ...options,
        }),
      ),
      start((options) =>
        startSandbox(
          {
            chatwootPort: port(),
            whatsappPort: port(),
            stateFile: '', // It keeps nothing: the services it stands in for are not on this machine either.
            readyFile: join(folder, 'sandbox.json'),
            logFile: log('sandbox'),
          },
          options,
        ),
      ),
      promisify(execFile)(process.execPath, [BUNDLER, bundle], { signal: ground.signal }),
    ]);
    await migrate(postgres.ownerUrl);
    const secretKey = randomBytes(32).toString('base64');
    const tenant = await makeTenant(postgres.ownerUrl, secretKey, sandbox.access);
    const services: ProductServices = {
      databaseUrl: postgres.ownerUrl,
      secretKey,
      temporalAddress: temporal.address,
      temporalNamespace: 'default',
    };
    const [apiPort, workerPort] = [port(), port()];
    const env = { LEAD_FLOW_WORKFLOW_BUNDLE: bundle, LEAD_FLOW_TASK_QUEUE: '' };
    const [api, worker] = await allEnded([
      start((options) =>
        startApi({ host: HOST, port: apiPort, logFile: log('api'), env }, services, options),
      ),
      start((options) =>
        startWorker(
          {
            host: HOST,
            port: workerPort,
            logFile: log('worker'),
            env: { ...env, ...(wakeAt && { BENCH_WAKE_AT: wakeAt.toISOString() }) },
            ...(wakeAt && { module: 'test/bench/waking-worker.ts' }),
          },
          services,
          options,
        ),
      ),
    ]);
    const apiUrl = `http://${HOST}:${apiPort}`;
    await registerWebhooks(sandbox.access, apiUrl, {
      chatwoot: tenant.chatwootWebhookPath,
      whatsapp: tenant.whatsappWebhookPath,
    });

    const database = openDatabase(postgres.ownerUrl, { connections: 2, name: 'lead-flow bench' });
    ground.atEnd(() => database.close());
    const connection = await Connection.connect({ address: temporal.address });
    ground.atEnd(() => connection.close());
    const pool = new Pool(apiUrl, { connections: 256 });
    ground.atEnd(() => pool.destroy());
    return {
      ...ground,
      services,
      apiUrl,
      api: pool,
      apiKey: tenant.apiKey,
      consultants: sandbox.access.chatwoot.agents.map((agent) => agent.name),
      tenantId: tenant.tenantId,
      webhook: { path: tenant.whatsappWebhookPath, appSecret: sandbox.access.whatsapp.appSecret },
      database,
      temporal: new Client({ connection, namespace: 'default' }),
      watched: [
        { name: 'api', pid: api.pid },
        { name: 'worker', pid: worker.pid },
        { name: 'temporal', pid: temporal.pid },
        { name: 'postgres', pid: postgres.pid, withChildren: true },
        { name: 'sandbox', pid: sandbox.pid },
      ],
      workerLog: log('worker'),
    };
  });
}

async function makeTenant(url: string, secretKey: string, sandbox: SandboxAccess) {
  const tenant = await createFirstTenant(url, secretKey, sandboxTenant(sandbox, 'Benchmark'));
  if (!tenant) throw new Error('the new database has a tenant already');
  return tenant;
}

/** Like Promise.all, but where one fails the others are waited for too: none writes into a folder that is gone. */
async function allEnded<const Works extends readonly Promise<unknown>[]>(works: Works) {
  await Promise.allSettled(works);
  return Promise.all(works);
}
