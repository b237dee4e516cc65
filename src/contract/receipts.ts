import { z } from 'zod';
import { instant } from './instant.ts';

/** Names of what was sent that says nothing here; left out where there are none. */
const ignoredFields = z.array(z.string()).optional();

/** Where the rest of a lead is to be found. */
export const receiptLinks = z.object({
  lead: z.string(),
  /** The workflow's page in the Temporal UI. */
  workflow: z.string(),
});

/** `POST /v1/leads`. */
export const leadReceipt = z.object({
  lead_id: z.uuid(),
  referral_id: z.uuid(),
  /** Which of the lead's referrals this is, from 1. */
  referral_number: z.int(),
  status: z.enum(['received', 'joined', 'opted_out']),
  consultant_known: z.boolean(),
  created_at: instant,
  links: receiptLinks,
  ignored_fields: ignoredFields,
});
export type LeadReceipt = z.infer<typeof leadReceipt>;

/** `POST /v1/leads/:id/rework-now`; `note` says in Portuguese when it comes. */
export const reworkReceipt = z.object({ lead_id: z.uuid(), note: z.string(), links: receiptLinks });

/** `POST /v1/leads/:id/opt-out`. */
export const optOutReceipt = z.object({ lead_id: z.uuid(), links: receiptLinks });

/** `POST /v1/conversions`: the leads that are converted now, and whether they were before. */
export const conversionReceipt = z.object({
  leads: z.array(z.object({ lead_id: z.uuid(), already_converted: z.boolean() })),
  ignored_fields: ignoredFields,
});

/** `POST /v1/send-attempts/:id/decision`. */
export const decisionReceipt = z.object({
  attempt_id: z.uuid(),
  state: z.enum(['accepted', 'not_sent']),
});

/** `POST /v1/channels/:id/webhook`: the address the gateway calls now, and its connection. */
export const webhookReceipt = z.object({
  url: z.string(),
  connection: z.enum(['open', 'connecting', 'close', 'refused']),
});
