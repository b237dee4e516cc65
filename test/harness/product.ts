import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import { pino } from 'pino';
import { type RunningApi, startApi } from '../../src/api/server.ts';
import { readConfiguration } from '../../src/configuration.ts';
import { type Database, openDatabase, type Query } from '../../src/db/database.ts';
import { createFirstTenant } from '../../src/db/first-tenant.ts';
import { makeFirstUser } from '../../src/db/users.ts';
import type { TenantSettings } from '../../src/domain/settings.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type RunningWorker, startWorker, type WorkerSeams } from '../../src/worker/worker.ts';
import { createTestDatabase } from './database.ts';
import { surroundings } from './surroundings.ts';
import { connectTemporal, ownTaskQueue, temporalAddress } from './temporal.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
type Json = any;

/** An answer of the API, its body parsed where it is JSON. */
export type Answer = { status: number; headers: Headers; body: Json };

export type ProductOptions = {
  sandbox?: SandboxOptions;
  /** When leads wake, in place of the business calendar. */
  wakeAt?: WorkerSeams['wakeAt'];
  settings?: Partial<TenantSettings>;
  /** False: only the API, until `startWorker` is called. */
  worker?: boolean;
  /** More of the API's variables. */
  variables?: NodeJS.ProcessEnv;
};

/** The whole product in this process, on a database and a task queue of its own, with the sandbox beside it. */
export type Product = {
  tenantId: string;
  apiKey: string;
  /** Of the tenant's first user; see signing-in.ts. */
  login: { email: string; password: string };
  sandbox: Sandbox;
  client: Client;
  taskQueue: string;
  url: string;
  /** What answers there. */
  application: Express;
  webhooks: { whatsapp: string; chatwoot: string };
  secretKey: string;
  databaseUrl: string;
  database: Database;
  /** One statement on the tenant's rows. */
  query: Query;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Refers a lead that has every field, `over` replacing some; returns the receipt. */
  refer(over?: Record<string, unknown>): Promise<Json>;
  lead(id: string): Promise<Json>;
  /** Where the worker's health and metrics are. */
  workerUrl(): string;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the product; `stop` it in `afterAll`. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const db = await createTestDatabase();
  const temporal = await connectTemporal();
  const { address, namespace } = temporalAddress();
  const sandbox = await startSandbox({
    delays: { sentMs: 30, deliveredMs: 60, readMs: 90 },
    ...options.sandbox,
  });
  const secretKey = randomBytes(32).toString('base64');
  const login = { email: 'supervisao@exemplo.com.br', password: randomBytes(12).toString('base64url') };
  const tenant = await createFirstTenant(db.url, secretKey, sandboxTenant(sandbox));
  if (!tenant) throw new Error('the database was not empty');
  await makeFirstUser(db.url, { ...login, name: 'Supervisão' });
  const database = openDatabase(db.url, { connections: 3, name: 'test' });
  const { tenantId, apiKey } = tenant;
  const taskQueue = ownTaskQueue('product');
  const configuration = readConfiguration({
    DATABASE_URL: db.url,
    LEAD_FLOW_SECRET_KEY: secretKey,
    LEAD_FLOW_PORT: '0',
    LEAD_FLOW_WORKER_PORT: '0',
    LEAD_FLOW_TASK_QUEUE: taskQueue,
    LEAD_FLOW_WORKFLOW_BUNDLE: surroundings().workflowBundle,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    LEAD_FLOW_SANDBOX_WHATSAPP_URL: sandbox.whatsapp.url,
    ...options.variables,
  });
  const log = pino({ level: process.env.LEAD_FLOW_LOG_LEVEL ?? 'silent' });
  const api: RunningApi = await startApi(configuration, log);
  let worker: RunningWorker | undefined;
  const query: Query = (sql, values) => database.tenant(tenantId, (rows) => rows.query(sql, values));

  const product: Product = {
    tenantId,
    apiKey,
    login,
    sandbox,
    client: temporal.client,
    taskQueue,
    url: api.url,
    application: api.application,
    webhooks: {
      whatsapp: api.url + tenant.whatsappWebhookPath,
      chatwoot: api.url + tenant.chatwootWebhookPath,
    },
    secretKey,
    databaseUrl: db.url,
    database,
    query,
    call: (method, path, body, headers = {}) =>
      call(api.url + path, method, body, { authorization: `Bearer ${apiKey}`, ...headers }),
    async refer(over = {}) {
      const answer = await product.call('POST', '/v1/leads', {
        ...newLead(),
        consultor: sandbox.chatwoot.agents[0]?.name,
        ...over,
      });
      if (answer.status !== 202) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    lead: async (id) => (await product.call('GET', `/v1/leads/${id}`)).body,
    workerUrl: () => worker?.url ?? '',
    async startWorker() {
      worker = await startWorker(configuration, log, options.wakeAt ? { wakeAt: options.wakeAt } : {});
    },
    async stopWorker() {
      await worker?.stop();
      worker = undefined;
    },
    async stop() {
      await sandbox.close();
      await product.stopWorker();
      await api.stop();
      await removeSchedule(temporal.client, taskQueue);
      await temporal.close();
      await database.close();
      await db.drop();
    },
  };
  if (options.settings) {
    const saved = await product.call('PATCH', '/v1/settings', options.settings);
    if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  }
  await sandbox.whatsapp.registerWebhook({ url: product.webhooks.whatsapp });
  await sandbox.chatwoot.registerWebhook({ url: product.webhooks.chatwoot });
  if (options.worker !== false) await product.startWorker();
  return product;
}

/** A referral with every field, of a person nobody else is. */
export function newLead(): Record<string, unknown> {
  const digits = String(Math.floor(Math.random() * 1e7)).padStart(7, '0');
  return {
    nome: 'Maria Aparecida da Silva',
    telefone: `(11) 99${digits.slice(0, 3)}-${digits.slice(3)}`,
    cnpj: '11.222.333/0001-81',
    status_indicacao: 'qualificado',
  };
}

/** Calls `look` until it gives something true, and gives that; fails after `ms` with what `state` says. */
export async function until<Found>(
  look: () => Promise<Found> | Found,
  { ms = 30_000, state }: { ms?: number; state?: () => unknown } = {},
): Promise<NonNullable<Found>> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) {
      throw new Error(`waited ${ms} ms in vain${state ? `: ${JSON.stringify(await state(), null, 1)}` : ''}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function call(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? JSON.parse(text) : text,
  };
}

async function removeSchedule(client: Client, taskQueue: string): Promise<void> {
  await client.schedule
    .getHandle(`${taskQueue}-sweep`)
    .delete()
    .catch(() => {});
}
