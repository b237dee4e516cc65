import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { Configuration } from '../configuration.ts';
import { openDatabase } from '../db/database.ts';
import { readLeadLines } from '../db/lead-lines.ts';
import { createSealing } from '../db/sealing.ts';
import { createApplication } from './application.ts';
import { authenticator } from './authentication.ts';
import { leadAnswers } from './lead-answers.ts';
import { cookieSecret } from './session-cookie.ts';
import { createSignIn } from './sign-in.ts';
import { attachStream } from './stream/stream.ts';

/**
 * How long a connection may be idle, in milliseconds: longer than proxies keep theirs (a minute, mostly). Whoever
 * sends a webhook once would lose it in a connection that is closed under the request.
 */
const KEEP_ALIVE_MS = 75_000;

export type RunningApi = { url: string; application: Express; stop(): Promise<void> };

/** Starts the API; `stop` lets requests under way end. It starts, and says 503, while PostgreSQL is away. */
export async function startApi(configuration: Configuration, log: Logger): Promise<RunningApi> {
  const sealing = createSealing(configuration.LEAD_FLOW_SECRET_KEY);
  const database = openDatabase(configuration.DATABASE_URL, {
    name: 'lead-flow api',
    connections: 10,
    onError: (error) => log.warn({ err: error }, 'the database cannot be reached'),
  });
  const secret = cookieSecret(configuration.LEAD_FLOW_SECRET_KEY);
  const authenticate = authenticator(database, secret);
  const signIn = createSignIn({ databaseUrl: configuration.DATABASE_URL, database, secret, log });
  const registry = new Registry();
  const ui = { uiUrl: configuration.TEMPORAL_UI_URL, namespace: configuration.TEMPORAL_NAMESPACE };
  const { line } = leadAnswers(ui);
  const application = createApplication({
    database,
    sealing,
    log,
    registry,
    ...ui,
    signIn,
    authenticate,
    publicUrl: configuration.LEAD_FLOW_PUBLIC_URL,
    dashboardDir: configuration.LEAD_FLOW_DASHBOARD_DIR,
    testPhoneUrl: configuration.LEAD_FLOW_SANDBOX_WHATSAPP_URL,
  });
  const closeDatabase = () => Promise.all([signIn.close(), database.close()]);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, application);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(configuration.LEAD_FLOW_PORT, configuration.LEAD_FLOW_HOST, resolve);
    });
  } catch (error) {
    await closeDatabase();
    throw error;
  }
  const stream = attachStream(server, {
    database,
    authenticate,
    readLines: async (rows, ids) => (await readLeadLines(rows, ids)).map(line),
    registry,
    log,
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${configuration.LEAD_FLOW_HOST}:${port}`,
    application,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      await stream.stop();
      // Those under way become idle one by one.
      const closing = setInterval(() => server.closeIdleConnections(), 50);
      const patience = setTimeout(() => server.closeAllConnections(), 10_000);
      await closed;
      clearInterval(closing);
      clearTimeout(patience);
      await closeDatabase();
    },
  };
}
