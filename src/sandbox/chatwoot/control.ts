import type { Router } from 'express';
import { z } from 'zod';
import { type Controlled, controlRouter, read } from '../control.ts';
import type { Desk } from '../endpoint.ts';
import { type AgentRecord, type ChatwootBehaviour, STATUSES, type Status } from './records.ts';

/** `PUT /_sandbox/behaviour`: what is left out stays. */
export const behaviourSchema = z.strictObject({
  allowDuplicatePhones: z.boolean().optional(),
  unknownAssignee: z.enum(['not_found', 'unassign']).optional(),
  signWebhooks: z.boolean().optional(),
});

/** `POST /_sandbox/messages`: what an agent writes; `incoming`: what the person wrote, as Chatwoot got it. */
export const agentMessageSchema = z.strictObject({
  conversationId: z.int(),
  content: z.string().min(1),
  agentId: z.int().optional(),
  private: z.boolean().default(false),
  incoming: z.boolean().default(false),
});

/** As it is asked for. */
export type AgentMessage = z.input<typeof agentMessageSchema>;

const labelsSchema = z.strictObject({ conversationId: z.int(), labels: z.array(z.string()) });
const statusSchema = z.strictObject({ conversationId: z.int(), status: z.enum(STATUSES) });
const availabilitySchema = z.strictObject({ availability: z.enum(['online', 'busy', 'offline']) });

/** What the control API does to the Chatwoot stand-in. */
export type ControlledChatwoot = Omit<Controlled, 'desk'> & {
  setBehaviour(behaviour: Partial<ChatwootBehaviour>): unknown;
  setLabels(conversationId: number, labels: string[]): string[];
  setStatus(conversationId: number, status: Status): void;
  postMessage(message: AgentMessage): unknown;
  setAvailability(agentId: number, availability: AgentRecord['availability']): unknown;
};

/** `/_sandbox/` of the Chatwoot stand-in. */
export function chatwootControl(app: ControlledChatwoot, desk: Desk): Router {
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
    router.post('/labels', (request, response) => {
      const { conversationId, labels } = read(labelsSchema, request);
      response.json({ labels: app.setLabels(conversationId, labels) });
    });
    router.post('/status', (request, response) => {
      const { conversationId, status } = read(statusSchema, request);
      app.setStatus(conversationId, status);
      response.json({ conversationId, status });
    });
    router.post('/messages', (request, response) => {
      response.json(app.postMessage(read(agentMessageSchema, request)));
    });
    router.put('/agents/:id', (request, response) => {
      const { availability } = read(availabilitySchema, request);
      response.json(app.setAvailability(Number(request.params.id), availability));
    });
  });
}
