import { z } from 'zod';

/**
 * What to do to webhooks on their way out: `duplicate` = how many times each is sent besides the first; `shuffle` =
 * each waits up to 1.5 s more, so that they overtake each other; `lose` = the share never sent; `delayMs` = all wait.
 */
export const webhookFaultsSchema = z.strictObject({
  duplicate: z.int().min(0).max(1000).default(0),
  shuffle: z.boolean().default(false),
  lose: z.number().min(0).max(1).default(0),
  delayMs: z.number().min(0).default(0),
});

/** As it is asked for. */
export type WebhookFaultsRequest = z.input<typeof webhookFaultsSchema>;

/** As it is applied. */
export type WebhookFaults = z.output<typeof webhookFaultsSchema>;

/** No faults. */
export const HEALTHY: WebhookFaults = webhookFaultsSchema.parse({});

const SHUFFLE_MS = 1_500;

/** How long one webhook has to wait, in milliseconds; null where it is lost. */
export function fateOf(faults: WebhookFaults): number | null {
  if (faults.lose > 0 && Math.random() < faults.lose) return null;
  return faults.delayMs + (faults.shuffle ? Math.random() * SHUFFLE_MS : 0);
}
