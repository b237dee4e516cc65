import { Router } from 'express';
import { chatwootReceiver } from './chatwoot-receiver.ts';
import { evolutionInstanceReceiver, evolutionReceiver } from './evolution-receiver.ts';
import type { ReceiverOptions } from './incoming.ts';
import { whatsAppReceiver } from './whatsapp-receiver.ts';

/** Every webhook's way in, one router a source. */
export function webhookReceiver(options: ReceiverOptions): Router {
  const router = Router();
  router.use(whatsAppReceiver(options));
  router.use(chatwootReceiver(options));
  router.use(evolutionReceiver(options));
  return router;
}

/** The way in at an address that gateways may be set to already, of which no part is a secret. */
export function keylessWebhookReceiver(options: ReceiverOptions): Router {
  return evolutionInstanceReceiver(options);
}
