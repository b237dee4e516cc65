import { Router } from 'express';
import { parseChatwootWebhook } from '../domain/chatwoot-webhook.ts';
import { idOf } from '../domain/loose-json.ts';
import { chatwootSignatureValid } from '../domain/signature.ts';
import { endpointsOf } from './endpoints.ts';
import { incoming, OTHER_ACCOUNT, OTHERS_LIMIT, type ReceiverOptions, sha256 } from './incoming.ts';

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
      read(value, { request, body }, { accountId }) {
        const event = parseChatwootWebhook(value);
        if (!event) return { events: [] };
        const dedupeKey = idOf(request.get('x-chatwoot-delivery')) ?? `body:${sha256(body)}`;
        // Ids mean something within one account alone; what does not name its own came by the connection's key.
        const own = event.accountId === null || event.accountId === accountId;
        return { events: [{ dedupeKey, kind: own ? event.event : OTHER_ACCOUNT, payload: event }] };
      },
    }),
  );
  return router;
}
