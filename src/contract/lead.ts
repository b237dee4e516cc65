import { z } from 'zod';
import { HOLDS, OUTCOMES, STAGES } from '../domain/lead.ts';
import { instant } from './instant.ts';

/** The board's columns, in their order; every lead stands in one of them, or in none (merged, erased). */
export const BOARD_COLUMNS = [
  'new',
  'contacted',
  'waiting',
  'rework',
  'attention',
  'converted',
  'not_converted',
  'opted_out',
  'no_whatsapp',
] as const;

export const boardColumn = z.enum(BOARD_COLUMNS);
export type BoardColumn = z.infer<typeof boardColumn>;

/** How far a message came. */
export const messageState = z.enum(['queued', 'sent', 'delivered', 'read', 'failed', 'received']);

export const leadLinks = z.object({
  lead: z.string(),
  /** The workflow's page in the Temporal UI. */
  workflow: z.string(),
  /** The conversation in Chatwoot; null while there is none. */
  conversation: z.string().nullable(),
});

/** A lead as lists, the board and the stream show it. */
export const leadLine = z.object({
  id: z.uuid(),
  name: z.string(),
  /** E.164. */
  phone: z.string(),
  cnpj: z.string().nullable(),
  stage: z.enum(STAGES),
  outcome: z.enum(OUTCOMES).nullable(),
  /** Null where the board does not show it: merged or erased. */
  column: boardColumn.nullable(),
  origin: z.string(),
  status_indicacao: z.string(),
  consultant: z.string(),
  consultant_known: z.boolean(),
  /** What asks for attention; its code. */
  attention: z.string().nullable(),
  /** What the message to the person waits for; `until` null where it lasts until somebody lifts it. */
  held: z.object({ reason: z.enum(HOLDS), since: instant, until: instant.nullable() }).nullable(),
  wake_at: instant.nullable(),
  rework: z.object({ count: z.int(), at: instant.nullable() }),
  referral_count: z.int(),
  /** State of the newest message to the person; null where there is none. */
  message_state: messageState.nullable(),
  /** When the person last wrote or pressed a button. */
  replied_at: instant.nullable(),
  chatwoot: z.object({ contact_id: z.int().nullable(), conversation_id: z.int().nullable() }),
  converted_at: instant.nullable(),
  created_at: instant,
  updated_at: instant,
  closed_at: instant.nullable(),
  links: leadLinks,
});
export type LeadLine = z.infer<typeof leadLine>;

/** `GET /v1/leads`. */
export const leadList = z.object({ leads: z.array(leadLine), next_cursor: z.string().nullable() });
export type LeadList = z.infer<typeof leadList>;

/** `GET /v1/board`: how many leads stand in each column, and the newest of each. */
export const board = z.object({
  columns: z.array(
    z.object({
      column: boardColumn,
      count: z.int(),
      leads: z.array(leadLine),
      /** Goes on with `GET /v1/leads?column=…&cursor=…`. */
      next_cursor: z.string().nullable(),
    }),
  ),
  /** Where the stream goes on from. */
  cursor: z.string(),
});
export type Board = z.infer<typeof board>;

export const referralLine = z.object({
  id: z.uuid(),
  number: z.int(),
  origin: z.string(),
  name: z.string(),
  phone: z.string(),
  cnpj: z.string().nullable(),
  email: z.string().nullable(),
  notes: z.string().nullable(),
  status_indicacao: z.string(),
  consultant: z.string(),
  created_at: instant,
});

export const sendAttempt = z.object({
  id: z.uuid(),
  try: z.int(),
  state: z.enum(['begun', 'accepted', 'refused', 'not_sent']),
  error_class: z.string().nullable(),
  error_code: z.int().nullable(),
  settled_by: z.string().nullable(),
  begun_at: instant,
  ended_at: instant.nullable(),
});

export const messageLine = z.object({
  id: z.uuid(),
  referral_id: z.uuid().nullable(),
  direction: z.enum(['in', 'out']),
  stage: z.enum(['main', 'rework']),
  kind: z.string(),
  template: z.string().nullable(),
  body: z.string().nullable(),
  button_payload: z.string().nullable(),
  wamid: z.string().nullable(),
  state: messageState,
  sent_at: instant.nullable(),
  delivered_at: instant.nullable(),
  read_at: instant.nullable(),
  failed_at: instant.nullable(),
  error_code: z.int().nullable(),
  error_text: z.string().nullable(),
  /** As WhatsApp told it: `billable`, `category`, `pricing_model`. */
  pricing: z.record(z.string(), z.unknown()).nullable(),
  /** Estimated by the tenant's price list, in R$; null while WhatsApp has told no pricing. */
  cost: z.number().nullable(),
  created_at: instant,
  attempts: z.array(sendAttempt),
});
export type MessageLine = z.infer<typeof messageLine>;

export const timelineEntry = z.object({
  kind: z.string(),
  stage: z.enum(['main', 'rework']),
  referral_id: z.uuid().nullable(),
  detail: z.record(z.string(), z.unknown()),
  at: instant,
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** `GET /v1/leads/:id`. */
export const leadPage = leadLine.extend({
  email: z.string().nullable(),
  merged_into: z.uuid().nullable(),
  merged_leads: z.array(z.uuid()),
  /** Until when WhatsApp takes free text: 24 h from what the person last wrote; null where closed. */
  window_until: instant.nullable(),
  /** Sum of the messages' costs, in R$. */
  cost: z.number(),
  referrals: z.array(referralLine),
  messages: z.array(messageLine),
  timeline: z.array(timelineEntry),
});
export type LeadPage = z.infer<typeof leadPage>;
