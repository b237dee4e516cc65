import { type NextFunction, type Request, type Response, Router } from 'express';
import { ZodError, z } from 'zod';
import { type Desk, Refusal } from './endpoint.ts';
import { faultSchema } from './faults.ts';
import { type WebhookFaults, webhookFaultsSchema } from './webhook-faults.ts';

/** What the control API of one stand-in needs of it. */
export type Controlled = {
  desk: Desk;
  state(): unknown;
  setWebhookFaults(faults: WebhookFaults): void;
  registerWebhook(target: WebhookTargetRequest): Promise<{ registered: boolean }>;
  removeWebhooks(): void;
};

/** A receiver to register; `subscriptions` (Chatwoot) names events, all where left out; `verify` is WhatsApp's. */
export const webhookTargetSchema = z.strictObject({
  url: z.url(),
  subscriptions: z.array(z.string()).optional(),
  verify: z.boolean().optional(),
});

/** As it is asked for. */
export type WebhookTargetRequest = z.infer<typeof webhookTargetSchema>;

/** The part of `/_sandbox/` both stand-ins have; loopback only. `more` adds the part of one. */
export function controlRouter(controlled: Controlled, more: (router: Router) => void): Router {
  const { desk } = controlled;
  const router = Router();
  router.use(loopbackOnly);
  router.get('/calls', (_, response) => void response.json(desk.calls.list()));
  router.delete('/calls', (_, response) => {
    desk.calls.clear();
    response.json({ cleared: true });
  });
  router.get('/state', (_, response) => void response.json(controlled.state()));
  router.get('/faults', (_, response) => void response.json(desk.faults.list()));
  router.post(
    '/faults',
    (request, response) => void response.json(desk.faults.add(read(faultSchema, request))),
  );
  router.delete('/faults', (_, response) => {
    desk.faults.clear();
    response.json({ cleared: true });
  });
  router.put('/webhook-faults', (request, response) => {
    const faults = read(webhookFaultsSchema, request);
    controlled.setWebhookFaults(faults);
    response.json(faults);
  });
  router.put('/webhooks', async (request, response) => {
    const result = await controlled.registerWebhook(read(webhookTargetSchema, request));
    response.status(result.registered ? 200 : 422).json(result);
  });
  router.delete('/webhooks', (_, response) => {
    controlled.removeWebhooks();
    response.json({ cleared: true });
  });
  more(router);
  router.use((request, response) => {
    response.status(404).json({ error: `no control at ${request.method} ${request.originalUrl}` });
  });
  router.use(refused);
  return router;
}

/**
 * The request's JSON body by a schema.
 *
 * @throws ZodError, Refusal (answered with 400 by the router)
 */
export function read<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(400, { error: 'the body is not JSON' });
  }
  return schema.parse(body);
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

function loopbackOnly(request: Request, response: Response, next: NextFunction): void {
  if (LOOPBACK.has(request.socket.remoteAddress ?? '')) next();
  else response.status(403).json({ error: 'the control API answers to this machine only' });
}

function refused(error: Error, _: Request, response: Response, next: NextFunction): void {
  if (error instanceof Refusal) response.status(error.answer.status).json(error.answer.body);
  else if (error instanceof ZodError) response.status(400).json({ error: z.prettifyError(error) });
  else next(error);
}
