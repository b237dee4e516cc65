import { isUtf8 } from 'node:buffer';
import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { Counter, collectDefaultMetrics, type Registry } from 'prom-client';
import type { Database } from '../db/database.ts';
import type { Sealing } from '../db/sealing.ts';
import type { ReceiverOptions } from '../inbox/incoming.ts';
import { keylessWebhookReceiver, webhookReceiver } from '../inbox/receive.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { type Authenticator, requireCaller } from './authentication.ts';
import { boardRoutes } from './board.ts';
import { channelRoutes } from './channels.ts';
import { chatwootRoutes } from './chatwoot.ts';
import { consultantRoutes } from './consultants.ts';
import { conversionRoutes } from './conversions.ts';
import { dashboard } from './dashboard.ts';
import { documentationRoutes } from './documentation.ts';
import { eventRoutes } from './events.ts';
import { flowRoutes } from './flows.ts';
import { leadActionRoutes } from './lead-actions.ts';
import { leadImportRoutes } from './lead-import.ts';
import { leadRoutes } from './leads.ts';
import { meRoutes } from './me.ts';
import { otherMethods } from './methods.ts';
import { overviewRoutes } from './overview.ts';
import { answerProblems, Problem, unknownAddress } from './problems.ts';
import { settingRoutes } from './settings.ts';
import type { SignIn } from './sign-in.ts';
import { templateRoutes } from './templates.ts';
import { testPhoneRoutes } from './test-phone.ts';
import { unknownSendRoutes } from './unknown-sends.ts';

export type ApplicationOptions = {
  database: Database;
  sealing: Sealing;
  log: Logger;
  /** Takes the metrics that `/metrics` tells. */
  registry: Registry;
  /** Where the Temporal UI is, for links. */
  uiUrl: string;
  namespace: string;
  signIn: SignIn;
  authenticate: Authenticator;
  /** Where people reach us from outside, through a proxy; undefined: without one. */
  publicUrl: string | undefined;
  /** The folder of the built dashboard. */
  dashboardDir: string;
  /** Where the sandbox's fake phone is; undefined where there is none. */
  testPhoneUrl: string | undefined;
};

/** The HTTP side of the product. It needs PostgreSQL alone: Temporal being away is not its concern. */
export function createApplication(options: ApplicationOptions): Express {
  const { database, sealing, log, registry } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // What a proxy says of the client is believed where there is one, which then stands beside us.
  app.set('trust proxy', options.publicUrl ? ['loopback', 'linklocal', 'uniquelocal'] : false);

  collectDefaultMetrics({ register: registry });
  const received = counter(registry, 'lead_flow_webhook_events_total', 'Events brought by webhooks');
  const duplicates = counter(
    registry,
    'lead_flow_webhook_duplicates_total',
    'Events that were known already',
  );
  const refused = new Counter({
    name: 'lead_flow_webhook_refused_total',
    help: 'Deliveries answered 4xx',
    labelNames: ['source', 'reason'],
    registers: [registry],
  });

  // Before helmet and everything else: a webhook's answer is the hot path, and nobody renders it.
  const receiving: ReceiverOptions = {
    database,
    sealing,
    onReceived(source, events, stored) {
      received.inc({ source }, events);
      duplicates.inc({ source }, events - stored);
    },
    onRefused: (source, reason) => refused.inc({ source, reason }),
  };
  app.use('/webhooks', webhookReceiver(receiving));
  app.use('/api/webhooks', keylessWebhookReceiver(receiving));

  app.use(protection);
  const live: RequestHandler = (_request, response) => {
    response.json({ status: 'ok' });
  };
  const ready: RequestHandler = async (_request, response) => {
    await database.query('select 1');
    response.json({ status: 'ok', database: 'ok' });
  };
  const metrics: RequestHandler = async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  };
  app.route('/health/live').get(live).all(otherMethods);
  app.route('/health/ready').get(ready).all(otherMethods);
  app.route('/metrics').get(metrics).all(otherMethods);

  app.use(documentationRoutes());

  const v1 = Router();
  v1.use(requireCaller(options.authenticate));
  v1.use(leadImportRoutes(options));
  v1.use((request, _response, next) => {
    const bodied = request.method === 'POST' || request.method === 'PATCH';
    const empty =
      request.get('content-length') === '0' ||
      (!request.get('content-length') && !request.get('transfer-encoding'));
    if (bodied && !empty && !request.is('application/json')) throw new Problem('not_json');
    next();
  });
  // Not strict: whoever sends null or a text is told that an object is expected.
  v1.use(express.json({ limit: '100kb', strict: false, verify: refuseOtherThanUtf8 }));
  v1.use(meRoutes(options));
  v1.use(apiKeyRoutes(options));
  v1.use(leadRoutes(options));
  v1.use(boardRoutes(options));
  v1.use(overviewRoutes(options));
  v1.use(leadActionRoutes(options));
  v1.use(conversionRoutes(options));
  v1.use(unknownSendRoutes(options));
  v1.use(settingRoutes(options));
  v1.use(consultantRoutes(options));
  v1.use(channelRoutes(options));
  v1.use(chatwootRoutes(options));
  v1.use(templateRoutes(options));
  v1.use(flowRoutes(options));
  v1.use(eventRoutes(options));
  v1.use(testPhoneRoutes(options));
  app.use('/v1', v1);
  app.use('/api/auth', options.signIn.routes);
  app.use(dashboard(options.dashboardDir));

  app.use(unknownAddress);
  app.use(answerProblems(log));
  return app;
}

/** Headers of every answer; nothing of one that is no page may be loaded or framed. */
const protection = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
});

/** JSON is UTF-8; read as that, other bytes would silently become question marks in somebody's name. */
function refuseOtherThanUtf8(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new Problem('invalid_json');
}

function counter(registry: Registry, name: string, help: string): Counter<'source'> {
  return new Counter({ name, help, labelNames: ['source'], registers: [registry] });
}
