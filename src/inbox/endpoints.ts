import type { WebhookSource } from '../db/inbox.ts';
import { cached, findWebhook, loadSettings, type WebhookEndpoint } from '../db/tenants.ts';
import type { TenantSettings } from '../domain/settings.ts';
import type { ReceiverOptions } from './incoming.ts';

/** Where a webhook's key leads: its tenant, what is said there for a stop, and its secrets in clear. */
export type KnownEndpoint = WebhookEndpoint & {
  optOutWords: TenantSettings['optOutWords'];
  secrets: string[];
};

/**
 * Finds endpoints of a source by the key in their URL, served from memory for at most `CACHE_MS`.
 *
 * @param secretsIn what the unsealed secret of this source holds
 */
export function endpointsOf(
  { database, sealing }: ReceiverOptions,
  source: WebhookSource,
  secretsIn: (opened: string) => string[],
): (key: string) => Promise<KnownEndpoint | null> {
  return cached(async (key) => {
    const found = await findWebhook(database, source, key);
    if (!found) return null;
    const settings = await database.together(found.tenantId, ({ query }) => loadSettings(query));
    return {
      ...found,
      optOutWords: settings.optOutWords,
      secrets: found.secretSealed ? secretsIn(sealing.open(found.secretSealed)) : [],
    };
  });
}
