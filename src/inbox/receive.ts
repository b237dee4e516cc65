import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type Response, raw, Router } from 'express';
import type { Database } from '../db/database.ts';
import { identitiesOf } from '../db/identities.ts';
import { receiveEvents } from '../db/inbox.ts';
import type { Sealing } from '../db/sealing.ts';
import { cached, findWebhook, loadSettings, type WebhookEndpoint } from '../db/tenants.ts';
import { parseChatwootWebhook } from '../domain/chatwoot-webhook.ts';
import { idOf } from '../domain/loose-json.ts';
import { chatwootSignatureValid, metaSignatureValid } from '../domain/signature.ts';
import { optOutOf, parseWhatsAppWebhook, type WhatsAppEvent } from '../domain/whatsapp-webhook.ts';

export type ReceiverOptions = {
  database: Database;
  sealing: Sealing;
  /** Called with what a webhook brought, once it is stored. */
  onReceived?: (source: 'whatsapp' | 'chatwoot', events: number, stored: number) => void;
};

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * The webhooks' way in: verified on its raw bytes, stored in one round trip, answered. Nothing is applied here.
 *
 * 200 stored (or known already); 400 not JSON; 401 signature; 404 key; 413 too large; and, by the error
 * handler of the application, 503 where it cannot be stored, so that the sender tries again.
 */
export function webhookReceiver({ database, sealing, onReceived }: ReceiverOptions): Router {
  const endpointsOf = (kind: 'whatsapp' | 'chatwoot') =>
    cached(async (key) => {
      const found = await findWebhook(database, kind, key);
      if (!found) return null;
      const settings = await database.together(found.tenantId, ({ query }) => loadSettings(query));
      return { ...found, optOutWords: settings.optOutWords, secrets: openSecrets(sealing, kind, found) };
    });
  const whatsapp = endpointsOf('whatsapp');
  const chatwoot = endpointsOf('chatwoot');

  const router = Router();

  router.get('/whatsapp/:key', async (request, response) => {
    const found = await whatsapp(request.params.key);
    const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query;
    const expected = found?.verifyTokenSealed ? sealing.open(found.verifyTokenSealed) : null;
    if (mode !== 'subscribe' || expected === null || sha256(String(token)) !== sha256(expected)) {
      response.status(403).type('text/plain').send('verify token refused');
      return;
    }
    response.type('text/plain').send(String(challenge ?? ''));
  });

  router.post('/whatsapp/:key', raw({ type: () => true, limit: '3mb' }), async (request, response) => {
    const found = await whatsapp(request.params.key);
    if (!found) return refuse(response, 404, 'no webhook under this key');
    const body = bytesOf(request.body);
    if (!metaSignatureValid(body, request.get('x-hub-signature-256'), found.secrets)) {
      return refuse(response, 401, 'X-Hub-Signature-256 does not match the body and the app secret');
    }
    const parsed = parseJson(body);
    if (parsed === undefined) return refuse(response, 400, 'the body is not JSON');
    const events = parseWhatsAppWebhook(parsed, sha256, new Date());
    const stopped = events.filter((event) => optOutOf(event, found.optOutWords));
    const suppressed = stopped.flatMap((event) => whoSaid(sealing, found.tenantId, event));
    const stored =
      events.length === 0
        ? 0
        : await receiveEvents(database, { ...found, source: 'whatsapp' }, events, [...new Set(suppressed)]);
    onReceived?.('whatsapp', events.length, stored);
    response.status(200).json({ status: 'received' });
  });

  router.post('/chatwoot/:key', raw({ type: () => true, limit: '1mb' }), async (request, response) => {
    const found = await chatwoot(request.params.key);
    if (!found) return refuse(response, 404, 'no webhook under this key');
    const body = bytesOf(request.body);
    const [secret] = found.secrets;
    const headers = {
      signature: request.get('x-chatwoot-signature'),
      timestamp: request.get('x-chatwoot-timestamp'),
    };
    if (secret !== undefined && !chatwootSignatureValid(body, headers, secret, new Date())) {
      return refuse(
        response,
        401,
        'X-Chatwoot-Signature does not match the body, or is older than 5 minutes',
      );
    }
    const parsed = parseJson(body);
    if (parsed === undefined) return refuse(response, 400, 'the body is not JSON');
    const event = parseChatwootWebhook(parsed);
    const events = event
      ? [
          {
            dedupeKey: idOf(request.get('x-chatwoot-delivery')) ?? `body:${sha256(body)}`,
            kind: event.event,
            payload: event,
          },
        ]
      : [];
    const stored =
      events.length === 0 ? 0 : await receiveEvents(database, { ...found, source: 'chatwoot' }, events, []);
    onReceived?.('chatwoot', events.length, stored);
    response.status(200).json({ status: 'received' });
  });

  return router;
}

function openSecrets(sealing: Sealing, kind: 'whatsapp' | 'chatwoot', found: WebhookEndpoint): string[] {
  if (!found.secretSealed) return [];
  const opened = sealing.open(found.secretSealed);
  return kind === 'whatsapp' ? (JSON.parse(opened) as string[]) : [opened];
}

function whoSaid(sealing: Sealing, tenantId: string, event: WhatsAppEvent): string[] {
  if (event.kind === 'other') return [];
  const { waId, userId } = event.payload;
  return identitiesOf(sealing, tenantId, { waId, bsuid: userId }).map((identity) => identity.hash);
}

/** The raw bytes; express.raw leaves an object where the request had no body. */
function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(response: Response, status: number, reason: string): void {
  response.status(status).json({ status: 'refused', reason });
}
