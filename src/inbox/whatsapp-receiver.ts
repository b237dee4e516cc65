import { Router } from 'express';
import { identitiesOf } from '../db/identities.ts';
import type { Sealing } from '../db/sealing.ts';
import { metaSignatureValid } from '../domain/signature.ts';
import { optOutOf, parseWhatsAppWebhook, type WhatsAppEvent } from '../domain/whatsapp-webhook.ts';
import { endpointsOf } from './endpoints.ts';
import { incoming, META_LIMIT, type ReceiverOptions, sha256 } from './incoming.ts';

/** Meta's webhooks: `GET` proves that the address is ours, `POST` brings what happened, signed. */
export function whatsAppReceiver(options: ReceiverOptions): Router {
  const { sealing } = options;
  const find = endpointsOf(options, 'whatsapp', (opened) => JSON.parse(opened) as string[]);
  const router = Router();

  router.get('/whatsapp/:key', async (request, response) => {
    const found = await find(request.params.key);
    const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query;
    const expected = found?.verifyTokenSealed ? sealing.open(found.verifyTokenSealed) : null;
    if (mode !== 'subscribe' || expected === null || sha256(String(token)) !== sha256(expected)) {
      response.status(403).type('text/plain').send('verify token refused');
      return;
    }
    response.type('text/plain').send(String(challenge ?? ''));
  });

  router.post(
    '/whatsapp/:key',
    incoming(options, {
      source: 'whatsapp',
      limit: META_LIMIT,
      find: ({ request }) => find(String(request.params.key)),
      doubt: ({ request, body }, { secrets }) =>
        metaSignatureValid(body, request.get('x-hub-signature-256'), secrets)
          ? null
          : 'X-Hub-Signature-256 does not match the body and the app secret',
      read(value, { request, body }, { tenantId, optOutWords, relayed }) {
        const events = parseWhatsAppWebhook(value, sha256, new Date());
        const stopped = events.filter((event) => optOutOf(event, optOutWords));
        const suppressed = new Set(stopped.flatMap((event) => whoSaid(sealing, tenantId, event)));
        const signature = request.get('x-hub-signature-256') ?? '';
        return { events, suppressed: [...suppressed], relay: relayed ? { body, signature } : null };
      },
    }),
  );

  return router;
}

function whoSaid(sealing: Sealing, tenantId: string, event: WhatsAppEvent): string[] {
  if (event.kind === 'other' || event.kind === 'account') return [];
  const { waId, userId } = event.payload;
  return identitiesOf(sealing, tenantId, { waId, bsuid: userId }).map((identity) => identity.hash);
}
