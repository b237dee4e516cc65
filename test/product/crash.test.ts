import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createFirstTenant } from '../../src/db/first-tenant.ts';
import { freePorts } from '../../src/local/ports.ts';
import type { RunningProcess } from '../../src/local/processes.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import {
  ownFolder,
  startApi,
  startOwnPostgres,
  startOwnTemporal,
  startWorker,
} from '../harness/processes.ts';
import { until } from '../harness/product.ts';

const LEADS = 200;
const LATER = 5;

const phoneOf = (number: number) => `+55119${60_000_000 + number}`;

/** A process that can be killed, and started again at the same place. */
async function killable<Running extends RunningProcess>(start: () => Promise<Running>) {
  let running = await start();
  return {
    get now() {
      return running;
    },
    async killAndStart() {
      running.kill('SIGKILL');
      await running.exited;
      running = await start();
    },
  };
}

let sandbox: Sandbox;
let database: Database | undefined;
const processes: Awaited<ReturnType<typeof killable>>[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ delays: { sentMs: 100, deliveredMs: 300, readMs: 600 } });
});
afterAll(async () => {
  await database?.close();
  for (const { now } of processes.reverse()) await now.stop();
  await sandbox.close();
});

async function startEverything() {
  const [postgresPort = 0, temporalPort = 0, apiPort = 0, workerPort = 0] = await freePorts(4);
  const folder = await ownFolder('crash');
  const postgres = await killable(() =>
    startOwnPostgres({ dataDir: join(folder, 'data'), port: postgresPort }),
  );
  const temporal = await killable(() =>
    startOwnTemporal({ dbFile: join(folder, 'temporal.db'), port: temporalPort }),
  );
  const { ownerUrl } = postgres.now;
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../src/db/migrate.ts')], {
    env: { ...process.env, DATABASE_URL: ownerUrl },
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
  processes.push(postgres, temporal, api, worker);
  database = openDatabase(ownerUrl, { connections: 2, name: 'test' });
  await sandbox.whatsapp.registerWebhook({ url: api.now.url + tenant.whatsappWebhookPath });
  await sandbox.chatwoot.registerWebhook({ url: api.now.url + tenant.chatwootWebhookPath });

  /** Refers a lead as a careful client does: again with the same key until it was taken. */
  async function refer(number: number): Promise<void> {
    await until(
      async () => {
        const answer = await fetch(`${api.now.url}/v1/leads`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${tenant?.apiKey}`,
            'content-type': 'application/json',
            'idempotency-key': `lead-${number}`,
          },
          body: JSON.stringify({
            nome: `Pessoa ${number}`,
            telefone: phoneOf(number),
            consultor: sandbox.chatwoot.agents[number % 3]?.name,
            status_indicacao: 'qualificado',
          }),
          signal: AbortSignal.timeout(10_000),
        }).catch(() => null);
        await answer?.arrayBuffer().catch(() => {});
        return answer?.status === 202;
      },
      { ms: 120_000 },
    );
  }

  const rows = <Row>(sql: string) =>
    (database as Database).tenant(tenant.tenantId, ({ query }) => query<Row>(sql)).catch(() => [] as Row[]);
  await rows(
    `insert into setting (tenant_id, name, value) values (current_tenant(), 'unknownGraceSeconds', '3')`,
  );
  return { postgres, temporal, api, worker, refer, rows };
}

test('worker, API, Temporal and PostgreSQL killed in turn under 200 leads: all asleep, nothing doubled', async () => {
  const { postgres, temporal, api, worker, refer, rows } = await startEverything();
  // Answers take their time, so that kills find calls under way; and some calls are cut before WhatsApp took them.
  const sends = { method: 'POST', path: '/messages' };
  for (const nth of [15, 70, 125]) sandbox.whatsapp.addFault({ match: { ...sends, nth }, kind: 'cut' });
  sandbox.whatsapp.addFault({ match: sends, kind: 'latency', when: 'after', ms: 800, times: 10_000 });
  const referring = (async () => {
    const left = Array.from({ length: LEADS }, (_, number) => number);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let number = left.shift(); number !== undefined; number = left.shift()) {
          await refer(number);
          await sleep(150);
        }
      }),
    );
  })();

  for (const victim of [worker, api, temporal, postgres, worker, postgres]) {
    await sleep(2_500);
    await victim.killAndStart();
  }
  await referring;
  // The channel is alive: what came later gets its statuses, by which the attempts left open are judged.
  await sleep(3_000);
  for (let number = LEADS; number < LEADS + LATER; number++) await refer(number);

  type Count = { all: number; asleep: number; open: number; unread: number };
  const count = async () =>
    (
      await rows<Count>(
        `select count(*) as all, count(*) filter (where stage = 'waiting') as asleep,
           (select count(*) from send_attempt where state = 'begun') as open,
           (select count(*) from message where direction = 'out' and state <> 'read') as unread from lead`,
      )
    )[0];
  await until(
    async () => {
      const now = await count();
      return now?.all === LEADS + LATER && now.asleep === now.all && now.open === 0 && now.unread === 0;
    },
    {
      ms: 120_000,
      state: async () => [
        await count(),
        await rows(
          `select a.*, m.state as message, now() as now, (select jsonb_agg(jsonb_build_array(e.kind, e.at, e.detail) order by e.id) from lead_event e
             where e.lead_id = a.lead_id) as timeline
           from send_attempt a join message m on m.id = a.message_id where m.state <> 'read'`,
        ),
      ],
    },
  );

  const { contacts, conversations } = sandbox.chatwoot.state();
  const { messages } = sandbox.whatsapp.state();
  for (let number = 0; number < LEADS + LATER; number++) {
    const theirs = contacts.filter((contact) => contact.phone === phoneOf(number));
    const talks = conversations.filter((conversation) => conversation.contactId === theirs[0]?.id);
    const sends = messages.filter((message) => `+${message.to}` === phoneOf(number));
    expect([number, theirs.length, talks.length, sends.length]).toEqual([number, 1, 1, 1]);
  }
  expect(messages.every((message) => message.via === 'api')).toBe(true);

  const attempts = await rows<{ state: string; settled_by: string | null; attempts: number }>(
    'select state, settled_by, count(*) as attempts from send_attempt group by 1, 2 order by 1, 2',
  );
  // Calls were left open, those that had left and those that had not: each was settled, and rightly, as above.
  expect(attempts).toContainEqual(expect.objectContaining({ state: 'not_sent', settled_by: 'silence' }));
  expect(attempts).toContainEqual(expect.objectContaining({ state: 'accepted', settled_by: 'status' }));
  const events = await rows<{ state: string }>(`select distinct state from inbox_event`);
  expect(events).toEqual([{ state: 'applied' }]);
}, 480_000);
