import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { openConnections } from '../../activities/connections.ts';
import { createActivities } from '../../activities/index.ts';
import type { Configuration } from '../configuration.ts';
import { openDatabase } from '../db/database.ts';
import { INBOX_NEWS, RELAY_NEWS, tenantsWithPendingEvents } from '../db/inbox.ts';
import { OUTBOX_NEWS } from '../db/outbox.ts';
import { createSealing } from '../db/sealing.ts';
import { settingsReader } from '../db/tenants.ts';
import { wakeAt } from '../domain/business-calendar.ts';
import { applyPending, BATCH } from '../inbox/apply.ts';
import { startLoop } from '../loop.ts';
import { openTemporal } from '../temporal/connection.ts';
import { dispatchOutbox, Turns } from '../temporal/dispatch.ts';
import { paceSends } from '../temporal/pacing.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { scheduleSweep } from '../temporal/sweep-schedule.ts';
import { measureBacklog } from './backlog-metrics.ts';
import { type Engine, startEngine } from './engine.ts';
import { startForgetting } from './forgetting.ts';
import { startRelaying } from './relaying.ts';

export type RunningWorker = {
  /** Rejects where the worker cannot go on. */
  failed: Promise<never>;
  /** Address of its health and metrics. */
  url: string;
  stop(): Promise<void>;
};

export type WorkerSeams = { wakeAt?: typeof wakeAt };

/** Events that have waited for so long are a backlog: what comes in meanwhile goes before it. */
const BACKLOG_SECONDS = 5;

/**
 * Runs the worker: applies what came in by webhook, tells the engine what the outbox holds, and does the work of
 * the lead workflows. It begins at once with what needs no Temporal and waits for the rest.
 */
export async function startWorker(
  configuration: Configuration,
  log: Logger,
  seams: WorkerSeams = {},
): Promise<RunningWorker> {
  const sealing = createSealing(configuration.LEAD_FLOW_SECRET_KEY);
  const onError = (error: Error) => log.warn({ err: error }, 'the database cannot be reached');
  const database = openDatabase(configuration.DATABASE_URL, {
    name: 'lead-flow worker',
    connections: 8,
    planOnce: true,
    onError,
  });
  const settingsOf = settingsReader(database);
  const { client, connection } = openTemporal({
    address: configuration.TEMPORAL_ADDRESS,
    namespace: configuration.TEMPORAL_NAMESPACE,
  });
  const taskQueue = configuration.LEAD_FLOW_TASK_QUEUE;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  measureBacklog(database, registry);
  const applied = new Counter({
    name: 'lead_flow_events_applied_total',
    help: 'Webhook events applied',
    registers: [registry],
  });
  const failures = new Counter({
    name: 'lead_flow_events_failed_total',
    help: 'Times that a webhook event could not be applied',
    labelNames: ['source'],
    registers: [registry],
  });
  const told = new Counter({
    name: 'lead_flow_words_told_total',
    help: 'Starts, signals and cancels taken for the engine',
    registers: [registry],
  });

  const swept = new Counter({
    name: 'lead_flow_sweeps_total',
    help: 'Connections looked through for what their webhooks should have told, by how that ended',
    labelNames: ['source', 'end'],
    registers: [registry],
  });

  let waited = 0;
  const inbox = startLoop({
    idleMs: 1_000,
    gatherMs: 200,
    // What comes in just now is kept up with; a backlog is worked off a third of the time.
    full: { size: BATCH, pauseMs: (tookMs) => (waited > BACKLOG_SECONDS ? 2 * tookMs : 0) },
    onError: (error) => log.error({ err: error }, 'the inbox could not be applied'),
    async pass() {
      let taken = 0;
      waited = 0;
      for (const tenantId of await tenantsWithPendingEvents(database)) {
        const apply = applyPending(database, sealing, settingsOf, tenantId, {
          onTaken(oldest) {
            waited = Math.max(waited, oldest.waited);
          },
          onFailed(event, error) {
            failures.inc({ source: event.source });
            log.warn({ err: error, eventId: event.id, kind: event.kind }, 'an event could not be applied');
          },
        });
        // What is wrong with one tenant is not to hold up the others.
        taken += await apply.catch((error) => {
          log.error({ err: error, tenantId }, 'the inbox could not be applied');
          return 0;
        });
      }
      applied.inc(taken);
      return taken;
    },
  });
  const turns = new Turns();
  const outbox = startLoop({
    idleMs: 1_000,
    gatherMs: 50,
    onError: (error) => log.error({ err: error }, 'the outbox could not be told'),
    async pass() {
      const taken = await connection.withDeadline(Date.now() + 15_000, () =>
        dispatchOutbox(database, client, taskQueue, turns, (entry, error) =>
          log.warn(
            { leadId: entry.leadId, kind: entry.kind, reason: error.message },
            'Temporal was not told yet',
          ),
        ),
      );
      told.inc(taken);
      return taken;
    },
  });
  const relays = startRelaying(database, registry, log);
  const forgetting = startForgetting(database, log);
  const loops = { [INBOX_NEWS]: inbox, [OUTBOX_NEWS]: outbox, [RELAY_NEWS]: relays };
  const ears = await database.listen(Object.keys(loops), (channel) => {
    for (const [name, loop] of Object.entries(loops)) if (channel === null || channel === name) loop.poke();
  });

  let engine: Engine | undefined;
  let stopping = false;
  const activities = createActivities({
    database,
    sealing,
    connections: openConnections(database, sealing),
    settingsOf,
    log,
    onSwept: (source, end) => swept.inc({ source, end }),
    wakeAt: seams.wakeAt ?? wakeAt,
  });

  async function startWhenTemporalIsThere(): Promise<void> {
    for (let pause = 500; !stopping; pause = Math.min(pause * 2, 10_000)) {
      try {
        await connection.withDeadline(Date.now() + 15_000, async () => {
          await registerSearchAttributes(client);
          await scheduleSweep(client, taskQueue);
          await paceSends(client, taskQueue).catch((error) =>
            log.warn({ err: error }, 'Temporal does not pace sends: switch matching.enableFairness on'),
          );
        });
        engine = await startEngine({
          address: configuration.TEMPORAL_ADDRESS,
          namespace: configuration.TEMPORAL_NAMESPACE,
          taskQueue,
          activities,
          workflowBundle: configuration.LEAD_FLOW_WORKFLOW_BUNDLE,
        });
        log.info({ taskQueue }, 'working');
        return;
      } catch (error) {
        log.warn(
          { reason: (error as Error).message, address: configuration.TEMPORAL_ADDRESS },
          'Temporal cannot be reached yet',
        );
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  const started = startWhenTemporalIsThere();
  const failed = started.then(() => engine?.ended).then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  const health = await serveHealth(configuration, registry, () => engine !== undefined && !stopping);

  return {
    failed,
    url: health.url,
    async stop() {
      stopping = true;
      await ears.stop();
      await Promise.all([inbox.stop(), outbox.stop(), relays.stop(), forgetting.stop()]);
      await started;
      await engine?.stop().catch((error) => log.error({ err: error }, 'the engine did not end well'));
      await connection.close();
      await database.close();
      await new Promise((resolve) => health.server.close(resolve));
    },
  };
}

async function serveHealth(
  configuration: Configuration,
  registry: Registry,
  ready: () => boolean,
): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    if (request.url === '/metrics') {
      response.setHeader('content-type', registry.contentType).end(await registry.metrics());
    } else if (request.url === '/health/live' || request.url === '/health/ready') {
      const ok = request.url === '/health/live' || ready();
      response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: ok ? 'ok' : 'waiting for Temporal' }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(configuration.LEAD_FLOW_WORKER_PORT, configuration.LEAD_FLOW_HOST, resolve);
  });
  const { port } = server.address() as { port: number };
  return { server, url: `http://${configuration.LEAD_FLOW_HOST}:${port}` };
}
