import { type Request, Router } from 'express';
import { identitiesOf } from '../db/identities.ts';
import type { NewEvent } from '../db/inbox.ts';
import type { Sealing } from '../db/sealing.ts';
import { evolutionTokenValid, secretHeaderValid } from '../domain/evolution-authentication.ts';
import { SECRET_HEADER } from '../domain/evolution-subscription.ts';
import {
  type EvolutionEvent,
  evolutionInstance,
  evolutionOptOut,
  type IgnoredReason,
  parseEvolutionWebhook,
} from '../domain/evolution-webhook.ts';
import { endpointsByInstance, endpointsByKey, type GatewayEndpoint } from './evolution-endpoints.ts';
import { namesHere, toStore } from './evolution-stored.ts';
import {
  type Brought,
  type Delivery,
  incoming,
  OTHERS_LIMIT,
  type ReceiverOptions,
  sha256,
} from './incoming.ts';

/**
 * Webhooks of Evolution gateways whose address holds the key: `/evolution/:key`, with the event's name behind it
 * where the gateway is set to one address for each event.
 */
export function evolutionReceiver(options: ReceiverOptions): Router {
  const find = endpointsByKey(options);
  return routes(
    '/evolution/:key',
    incoming<GatewayEndpoint>(options, {
      ...reading(options.sealing),
      find: (delivery) => find(String(delivery.request.params.key), instanceIn(delivery)),
      doubt: () => null,
    }),
  );
}

/**
 * The same for gateways set up without a key in the address: the instance in the body says whose it is, and a
 * secret proves it, in `x-webhook-secret`, as `Authorization: Bearer`, or as the key of a token (`jwt_key`).
 */
export function evolutionInstanceReceiver(options: ReceiverOptions): Router {
  const find = endpointsByInstance(options);
  return routes(
    '/evolution',
    incoming<GatewayEndpoint>(options, {
      ...reading(options.sealing),
      async find(delivery) {
        const instance = instanceIn(delivery);
        return instance === null ? null : find(instance, (secrets) => proves(delivery.request, secrets));
      },
      nobody(delivery) {
        const json = delivery.json();
        return 'fault' in json ? json.fault : 'unknown_instance';
      },
      doubt: (_delivery, { believed }) =>
        believed ? null : `${SECRET_HEADER} or Authorization does not fit`,
    }),
  );
}

function routes(path: string, handler: ReturnType<typeof incoming>): Router {
  const router = Router();
  router.post(path, handler);
  router.post(`${path}/:event`, handler);
  return router;
}

/** What both ways in have in common. */
function reading(sealing: Sealing) {
  return {
    source: 'evolution' as const,
    limit: OTHERS_LIMIT,
    read(value: unknown, { request, body }: Delivery, endpoint: GatewayEndpoint): Brought {
      const events = parseEvolutionWebhook(value, {
        pathEvent: String(request.params.event ?? ''),
        numbering: endpoint.numbering,
        hash: sha256,
        receivedAt: new Date(),
      });
      if (endpoint.foreign) return { events: [foreign(events, sha256(body))] };
      const { tenantId, optOutWords } = endpoint;
      const suppressed = events
        .filter((event) => evolutionOptOut(event, optOutWords))
        .flatMap(({ payload }) => payload.from ?? [])
        .flatMap((from) => identitiesOf(sealing, tenantId, namesHere(from)))
        .map(({ hash }) => hash);
      return {
        events: events.filter((event) => !isNoise(event)).map(toStore),
        suppressed: [...new Set(suppressed)],
      };
    },
    answer: ({ events }: Brought) => ({
      status: events.some(({ kind }) => kind !== 'ignored') ? 'processed' : 'ignored',
    }),
  };
}

function instanceIn({ json }: Delivery): string | null {
  const read = json();
  return 'fault' in read ? null : evolutionInstance(read.value);
}

function proves(request: Request, secrets: readonly string[]): boolean {
  const authorization = request.get('authorization');
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return (
    secretHeaderValid(request.get(SECRET_HEADER), secrets) ||
    secretHeaderValid(bearer, secrets) ||
    evolutionTokenValid(authorization, secrets, new Date())
  );
}

/** Comes by the thousand, and nobody will ever ask for it. */
const NOISE: ReadonlySet<IgnoredReason> = new Set<IgnoredReason>(['presence', 'chats']);

function isNoise(event: EvolutionEvent): boolean {
  return event.kind === 'ignored' && NOISE.has(event.payload.reason);
}

/** Of another's instance the fact alone is kept: what was said there was not said to this tenant. */
function foreign(events: readonly EvolutionEvent[], hash: string): NewEvent {
  const [{ instance } = { instance: null }] = events;
  const payload = { instance, event: null, reason: 'other_instance', count: events.length, pieces: [] };
  return { dedupeKey: `ignored:other_instance:${hash}`, kind: 'ignored', payload };
}
