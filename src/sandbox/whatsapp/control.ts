import type { Router } from 'express';
import { z } from 'zod';
import { type Controlled, controlRouter, read } from '../control.ts';
import type { Desk } from '../endpoint.ts';
import { type PhonesRequest, phonesSchema } from './phones.ts';
import { MESSAGE_STATUSES } from './records.ts';

const templateStatus = z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED']);
const quality = z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']);

/** `PUT /_sandbox/behaviour`: what is left out stays. `templates` sets statuses by name and tells them by webhook. */
export const behaviourSchema = z.strictObject({
  delays: z
    .strictObject({
      sentMs: z.number().min(0).optional(),
      deliveredMs: z.number().min(0).optional(),
      readMs: z.number().min(0).optional(),
    })
    .optional(),
  readRate: z.number().min(0).max(1).optional(),
  statuses: z.boolean().optional(),
  undeliverable: z.array(z.string()).optional(),
  rejectCode: z.record(z.string(), z.int()).optional(),
  messageStatus: z.enum(['accepted', 'held_for_quality_assessment', 'paused']).optional(),
  waId: z.enum(['as_registered', 'as_dialled']).optional(),
  maxBatch: z.int().min(1).max(1000).optional(),
  templates: z.record(z.string(), templateStatus).optional(),
  subscribedApps: z.array(z.strictObject({ id: z.string(), name: z.string() })).optional(),
  token: z.strictObject({ scopes: z.array(z.string()), expiresAt: z.int() }).optional(),
});

/** As it is asked for. */
export type WhatsAppBehaviourRequest = z.input<typeof behaviourSchema>;

/**
 * `POST /_sandbox/reply`: what a person does; one of `text`, `button` and `preference`. `from`: their number, or
 * their user id. A button belongs to the last template they got unless `contextWamid` names another (null: none).
 */
export const replySchema = z
  .strictObject({
    from: z.string().min(1),
    name: z.string().default('Pessoa de Teste'),
    text: z.string().optional(),
    button: z.strictObject({ payload: z.string(), text: z.string() }).optional(),
    contextWamid: z.string().nullish(),
    preference: z.enum(['stop', 'resume']).optional(),
  })
  .refine(
    ({ text, button, preference }) =>
      [text, button, preference].filter((one) => one !== undefined).length === 1,
    'give one of text, button and preference',
  );

/** As it is asked for. */
export type Reply = z.input<typeof replySchema>;

/** `POST /_sandbox/status`: brings a message to a status now. */
export const statusSchema = z.strictObject({
  wamid: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  errorCode: z.int().optional(),
});

/** As it is asked for. */
export type StatusRequest = z.input<typeof statusSchema>;

/** `POST /_sandbox/template`: pauses, approves, rates … a template and tells it; `why` is what Meta says to it. */
export const templateSchema = z.strictObject({
  name: z.string(),
  status: templateStatus.optional(),
  quality: quality.optional(),
  why: z.strictObject({ title: z.string(), description: z.string() }).optional(),
});

/** As it is asked for. */
export type TemplateRequest = z.input<typeof templateSchema>;

/**
 * `POST /_sandbox/account`: restricts the account until then (unix seconds), bans, reinstates or deletes it, or gives
 * the number another rating, limit or status; and tells it.
 */
export const accountSchema = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('restrict'), until: z.int() }),
  z.strictObject({ event: z.enum(['ban', 'reinstate', 'delete']) }),
  z.strictObject({
    event: z.literal('number'),
    quality: quality.optional(),
    limit: z.string().optional(),
    status: z.string().optional(),
  }),
]);

/** As it is asked for. */
export type AccountRequest = z.input<typeof accountSchema>;

/** What the control API does to the WhatsApp stand-in. */
export type ControlledWhatsApp = Omit<Controlled, 'desk'> & {
  setBehaviour(behaviour: WhatsAppBehaviourRequest): unknown;
  reply(reply: Reply): unknown;
  setStatus(status: StatusRequest): unknown;
  setTemplate(template: TemplateRequest): unknown;
  setAccount(account: AccountRequest): unknown;
  phones(request: PhonesRequest): unknown;
};

/** `/_sandbox/` of the WhatsApp stand-in. */
export function whatsappControl(app: ControlledWhatsApp, desk: Desk): Router {
  const controlled = {
    desk,
    state: () => app.state(),
    setWebhookFaults: app.setWebhookFaults.bind(app),
    registerWebhook: app.registerWebhook.bind(app),
    removeWebhooks: app.removeWebhooks.bind(app),
  };
  return controlRouter(controlled, (router) => {
    router.put('/behaviour', (request, response) => {
      response.json(app.setBehaviour(read(behaviourSchema, request)));
    });
    router.post('/reply', (request, response) => {
      response.json(app.reply(read(replySchema, request)));
    });
    router.post('/phones', (request, response) => {
      response.json(app.phones(read(phonesSchema, request)));
    });
    router.post('/status', (request, response) => {
      response.json(app.setStatus(read(statusSchema, request)));
    });
    router.post('/template', (request, response) => {
      response.json(app.setTemplate(read(templateSchema, request)));
    });
    router.post('/account', (request, response) => {
      response.json(app.setAccount(read(accountSchema, request)));
    });
  });
}
