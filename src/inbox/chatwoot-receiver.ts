import { Router } from 'express';
import { parseChatwootWebhook } from '../domain/chatwoot-webhook.ts';
import { idOf } from '../domain/loose-json.ts';
import { chatwootSignatureValid } from '../domain/signature.ts';
import { endpointsOf } from './endpoints.ts';
import { incoming, OTHERS_LIMIT, type ReceiverOptions, sha256 } from './incoming.ts';

/** Chatwoot's webhooks: one event each, signed by recent versions; older ones prove themselves by the address. */
export function chatwootReceiver(options: ReceiverOptions): Router {
  const find = endpointsOf(options, 'chatwoot', (opened) => [opened]);
  const router = Router();
  router.post(
    '/chatwoot/:key',
    incoming(options, {
      source: 'chatwoot',
      limit: OTHERS_LIMIT,
      find: ({ request }) => find(String(request.params.key)),
      doubt({ request, body }, { secrets: [secret] }) {
        const headers = {
          signature: request.get('x-chatwoot-signature'),
          timestamp: request.get('x-chatwoot-timestamp'),
        };
        return secret === undefined || chatwootSignatureValid(body, headers, secret, new Date())
          ? null
          : 'X-Chatwoot-Signature does not match the body, or is older than 5 minutes';
      },
      read(value, { request, body }) {
        const event = parseChatwootWebhook(value);
        const dedupeKey = idOf(request.get('x-chatwoot-delivery')) ?? `body:${sha256(body)}`;
        return { events: event ? [{ dedupeKey, kind: event.event, payload: event }] : [] };
      },
    }),
  );
  return router;
}
