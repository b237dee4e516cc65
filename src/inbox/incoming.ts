import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type Request, type RequestHandler, type Response, raw } from 'express';
import type { Database } from '../db/database.ts';
import { type NewEvent, receiveEvents, type WebhookSource } from '../db/inbox.ts';
import type { Sealing } from '../db/sealing.ts';
import { DEEPEST_JSON, parseStrictJson, type StrictJson } from '../domain/strict-json.ts';

export type ReceiverOptions = {
  database: Database;
  sealing: Sealing;
  /** Called with what a webhook brought, once it is stored. */
  onReceived?: (source: WebhookSource, events: number, stored: number) => void;
  /** Called with every delivery that is refused, whoever sent it. */
  onRefused?: (source: WebhookSource, reason: RefusalReason) => void;
};

/** What a delivery may weigh, inflated. */
export const META_LIMIT = '3mb';
export const OTHERS_LIMIT = '1mb';

/** Every way a delivery is refused: its HTTP status and its words. */
export const REFUSALS = {
  unknown_key: [404, 'no webhook under this key'],
  unknown_instance: [404, 'no instance of this name is set up here'],
  unauthenticated: [401, 'the sender is not who the webhook belongs to'],
  too_large: [413, 'the body is too large'],
  encoding: [415, 'the body must be plain, gzip, deflate or br'],
  unreadable: [400, 'the body could not be read'],
  not_utf8: [400, 'the body is not UTF-8'],
  not_json: [400, 'the body is not JSON'],
  too_deep: [400, `the JSON is nested deeper than ${DEEPEST_JSON} levels`],
  polluted_key: [400, 'the JSON has a key that would reach a prototype'],
  duplicate_key: [400, 'the JSON has a key twice in one object'],
  nul: [400, 'the JSON has a NUL character'],
  half_surrogate: [400, 'the JSON has half of a surrogate pair'],
  number_too_large: [400, 'the JSON has a number beyond a double'],
} as const satisfies Record<string, readonly [number, string]>;

/** The kind of an event that is the fact of a refusal. */
export const REFUSED = 'refused';

/** What an event is kept under that Chatwoot tells of another account than the connection's: it has no effect. */
export const OTHER_ACCOUNT = 'other_account';

export type RefusalReason = keyof typeof REFUSALS;

/** One delivery as it came; `json` reads the body when first asked, and remembers it. */
export type Delivery = { request: Request; body: Buffer; json(): StrictJson | { fault: 'not_utf8' } };

/** Where a delivery belongs. */
export type Endpoint = { tenantId: string; endpointId: string };

/** What a delivery brings; `relay` is what is to be passed on as it came. */
export type Brought = {
  events: readonly NewEvent[];
  /** Identity hashes (hex) of those who asked to stop. */
  suppressed?: readonly string[];
  relay?: { body: Buffer; signature: string } | null;
};

/** What is particular to one source of webhooks. */
export type Source<Whose extends Endpoint> = {
  source: WebhookSource;
  limit: string;
  /** Whose delivery it is; null: nobody's, which is answered 404. */
  find(delivery: Delivery): Promise<Whose | null>;
  /** Why what is nobody's is refused; `unknown_key` where it is left out. */
  nobody?(delivery: Delivery): RefusalReason;
  /** Why its sender is not believed, answered 401; null where they are. Looks at headers and raw bytes alone. */
  doubt(delivery: Delivery, endpoint: Whose): string | null;
  /** Reads the parsed body; never throws. */
  read(value: unknown, delivery: Delivery, endpoint: Whose): Brought;
  /** The body of the answer; `{"status":"received"}` where it is left out. */
  answer?(brought: Brought): unknown;
};

/**
 * The way in of one source: verified on its raw bytes, checked, stored in one round trip, answered. Nothing is
 * applied here.
 *
 * 200 stored (or known already); 4xx as `REFUSALS` says; and, by the error handler of the application, 503 where it
 * cannot be stored, so that the sender tries again. Of a delivery that is refused although its sender was known, the
 * fact alone is stored, as an event of kind `refused`; of others nothing.
 */
export function incoming<Whose extends Endpoint>(
  options: ReceiverOptions,
  source: Source<Whose>,
): RequestHandler<{ key: string }> {
  const readBody = raw({ type: () => true, limit: source.limit });
  const refuse = (response: Response, reason: RefusalReason, words?: string) => {
    options.onRefused?.(source.source, reason);
    const [status, standing] = REFUSALS[reason];
    response.status(status).json({ status: 'refused', reason: words ?? standing });
  };
  const store = (whose: Whose, { events, suppressed = [], relay = null }: Brought) =>
    receiveEvents(
      options.database,
      { tenantId: whose.tenantId, endpointId: whose.endpointId, source: source.source },
      events,
      suppressed,
      relay,
    );

  return async (request, response) => {
    const unread = await bodyFault(readBody, request, response);
    const delivery = deliveryOf(request as Request);
    const whose = await source.find(delivery);
    // A body that could not be read proves no signature; an address that is itself the secret does.
    const doubt = whose && source.doubt(delivery, whose);
    if (unread) {
      if (whose && doubt === null) await store(whose, { events: [refusal(unread, delivery)] });
      return refuse(response, unread);
    }
    if (!whose) return refuse(response, source.nobody?.(delivery) ?? 'unknown_key');
    if (doubt !== null) return refuse(response, 'unauthenticated', doubt);
    const json = delivery.json();
    if ('fault' in json) {
      await store(whose, { events: [refusal(json.fault, delivery)] });
      return refuse(response, json.fault);
    }
    const brought = source.read(json.value, delivery, whose);
    const stored = brought.events.length > 0 || brought.relay ? await store(whose, brought) : 0;
    options.onReceived?.(source.source, brought.events.length, stored);
    response.status(200).json(source.answer?.(brought) ?? { status: 'received' });
  };
}

/** A SHA-256 in hex. */
export const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Reads the body into `request.body`; says why where it could not be. */
function bodyFault(
  readBody: ReturnType<typeof raw>,
  request: Parameters<RequestHandler<{ key: string }>>[0],
  response: Response,
): Promise<'too_large' | 'encoding' | 'unreadable' | null> {
  return new Promise((resolve, reject) => {
    readBody(request, response, (error?: unknown) => {
      const { status } = (error ?? {}) as { status?: number };
      if (!error) resolve(null);
      else if (status === 413) resolve('too_large');
      else if (status === 415) resolve('encoding');
      else if (status === 400) resolve('unreadable');
      else reject(error);
    });
  });
}

function deliveryOf(request: Request): Delivery {
  // express.raw leaves an object where the request had no body.
  const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  let json: ReturnType<Delivery['json']> | undefined;
  return {
    request,
    body,
    json() {
      json ??= isUtf8(body) ? parseStrictJson(body.toString('utf8')) : { fault: 'not_utf8' };
      return json;
    },
  };
}

/** The fact that a delivery was refused: what it was can be told by its size and hash, it is not kept itself. */
function refusal(reason: RefusalReason, { request, body }: Delivery): NewEvent {
  const length = Number(request.get('content-length'));
  const read = body.length > 0;
  const bytes = read ? body.length : Number.isSafeInteger(length) ? length : null;
  const hash = read ? sha256(body) : null;
  const day = new Date().toISOString().slice(0, 10);
  return {
    dedupeKey: `refused:${hash ?? `${reason}:${bytes}:${day}`}`,
    kind: REFUSED,
    payload: { reason, bytes, sha256: hash },
  };
}
