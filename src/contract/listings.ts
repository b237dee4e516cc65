import { z } from 'zod';
import { instant } from './instant.ts';

/** `GET /v1/consultants`. */
export const consultant = z.object({
  id: z.uuid(),
  nome: z.string(),
  email: z.string().nullable(),
  chatwoot_agent_id: z.int().nullable(),
});
export const consultantList = z.object({ consultants: z.array(consultant) });
export type Consultant = z.infer<typeof consultant>;

/** `GET /v1/channels`. */
export const channel = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(['whatsapp_cloud', 'evolution']),
  phone_number_id: z.string().nullable(),
  instance: z.string().nullable(),
  connection: z.enum(['open', 'connecting', 'close', 'refused']).nullable(),
  status_numbering: z.enum(['documented', 'baileys']).nullable(),
  state: z.enum(['active', 'paused']),
  pause_reason: z.string().nullable(),
  /** When the pause ends by itself; null: somebody has to lift it. */
  paused_until: instant.nullable(),
  paused_by: z.enum(['person', 'error', 'provider']).nullable(),
  /** Meta's rating: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`. */
  quality: z.string().nullable(),
  /** How many people a day may be written to first: `TIER_10K`. */
  messaging_limit: z.string().nullable(),
  messages_per_second: z.number(),
  chatwoot_inbox_id: z.int(),
  relay_url: z.string().nullable(),
  stopped_templates: z.array(
    z.object({
      template: z.string(),
      language: z.string(),
      reason: z.string(),
      stopped_by: z.enum(['error', 'provider']),
      since: z.string(),
    }),
  ),
});
export const channelList = z.object({ channels: z.array(channel) });
export type Channel = z.infer<typeof channel>;

/** `POST /v1/channels`: the channel, and what its provider is to be set up with, shown this once. */
export const newChannel = z.discriminatedUnion('kind', [
  channel.extend({
    kind: z.literal('whatsapp_cloud'),
    /** For Meta's page *Webhooks*: the path at our address, and the token that it asks for. */
    webhook: z.object({ path: z.string(), verify_token: z.string() }),
  }),
  channel.extend({
    kind: z.literal('evolution'),
    /** The two addresses that the gateway may call; either will do. */
    webhook: z.object({
      by_key: z.object({ path: z.string(), headers: z.record(z.string(), z.string()) }),
      by_secret: z.object({ path: z.string(), headers: z.record(z.string(), z.string()) }),
      events: z.array(z.string()),
    }),
  }),
]);
export type NewChannel = z.infer<typeof newChannel>;

/** `GET /v1/templates`. `components` are Meta's: HEADER, BODY, FOOTER, BUTTONS. */
export const template = z.object({
  channel_id: z.uuid(),
  name: z.string(),
  language: z.string(),
  category: z.string().nullable(),
  status: z.string(),
  quality: z.string().nullable(),
  components: z.array(z.record(z.string(), z.unknown())),
  synced_at: instant,
  stop: z
    .object({ reason: z.string(), stopped_by: z.enum(['error', 'provider']), since: z.string() })
    .nullable(),
});
export const templateList = z.object({ templates: z.array(template) });
export type Template = z.infer<typeof template>;

/** `GET /v1/events`. */
export const eventLine = z.object({
  id: z.int(),
  source: z.enum(['whatsapp', 'chatwoot', 'evolution']),
  kind: z.string(),
  state: z.enum(['pending', 'applied', 'dead']),
  outcome: z.string().nullable(),
  attempts: z.int(),
  error: z.string().nullable(),
  received_at: instant,
  applied_at: instant.nullable(),
  due_at: instant,
});
export const eventList = z.object({ events: z.array(eventLine), next_cursor: z.string().nullable() });
export const eventPage = eventLine.extend({ payload: z.unknown() });
export type EventLine = z.infer<typeof eventLine>;
export type EventPage = z.infer<typeof eventPage>;

/** Every error, as `application/problem+json`. */
export const problem = z.object({
  type: z.string(),
  /** In Portuguese, with the remedy. */
  title: z.string(),
  status: z.int(),
  code: z.string(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
});
export type ProblemAnswer = z.infer<typeof problem>;
