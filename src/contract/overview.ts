import { z } from 'zod';
import { day, instant } from './instant.ts';

const share = z.number().min(0).max(1);

/** `GET /v1/overview?from=&until=` (days, both included): of the leads that came in on these days. */
export const overview = z.object({
  from: day,
  until: day,
  zone: z.string(),
  made_at: instant,
  totals: z.object({
    leads: z.int(),
    referrals: z.int(),
    open: z.int(),
    attention: z.int(),
    converted: z.int(),
    /** Before and after a rework's message. */
    converted_main: z.int(),
    converted_rework: z.int(),
    not_converted: z.int(),
    opted_out: z.int(),
    no_whatsapp: z.int(),
    conversion: share,
  }),
  per_day: z.array(z.object({ day, leads: z.int(), converted: z.int() })),
  consultants: z.array(
    z.object({
      consultant: z.string(),
      leads: z.int(),
      converted_main: z.int(),
      converted_rework: z.int(),
      conversion: share,
    }),
  ),
  /** Leads of which a message got so far; of the first messages and of the rework's. */
  funnel: z.array(
    z.object({
      stage: z.enum(['main', 'rework']),
      sent: z.int(),
      delivered: z.int(),
      read: z.int(),
      replied: z.int(),
    }),
  ),
  /** Seconds from the referral to the first message's leaving; null where none left. */
  first_message: z.object({ p50: z.number().nullable(), p90: z.number().nullable(), count: z.int() }),
  /** Estimated by the tenant's price list, in R$. */
  cost: z.object({
    total: z.number(),
    per_lead: z.number(),
    categories: z.array(z.object({ category: z.string(), messages: z.int(), total: z.number() })),
  }),
  errors: z.array(
    z.object({ code: z.int().nullable(), class: z.string(), text: z.string(), count: z.int() }),
  ),
});
export type Overview = z.infer<typeof overview>;
