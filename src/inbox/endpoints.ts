import { chatwootAccountOf } from '../db/chatwoot-access.ts';
import type { WebhookSource } from '../db/inbox.ts';
import { cached, findWebhook, loadSettings, type WebhookEndpoint } from '../db/tenants.ts';
import type { TenantSettings } from '../domain/settings.ts';
import type { ReceiverOptions } from './incoming.ts';

/** Where a webhook's key leads: its tenant, what is said there for a stop, and its secrets in clear. */
export type KnownEndpoint = WebhookEndpoint & {
  optOutWords: TenantSettings['optOutWords'];
  secrets: string[];
  /** Of Chatwoot: the account that the connection is for. */
  accountId: number | null;
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
    const [settings, accountId] = await database.together(found.tenantId, ({ query }) =>
      Promise.all([
        loadSettings(query),
        source === 'chatwoot' ? chatwootAccountOf(query, found.endpointId) : null,
      ]),
    );
    return {
      ...found,
      optOutWords: settings.optOutWords,
      accountId,
      secrets: found.secretSealed ? secretsIn(sealing.open(found.secretSealed)) : [],
    };
  });
}
