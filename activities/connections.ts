import type { ChatwootConnection } from '../src/providers/chatwoot/client.ts';
import type { WhatsAppConnection } from '../src/providers/whatsapp/client.ts';
import type { Database } from '../src/db/database.ts';
import type { Sealing } from '../src/db/sealing.ts';
import { cached } from '../src/db/tenants.ts';

/** Opens the stored connections to other companies' services; served from memory for at most `CACHE_MS`. */
export type Connections = {
  chatwoot(tenantId: string, connectionId: string): Promise<ChatwootConnection>;
  whatsapp(tenantId: string, channelId: string): Promise<WhatsAppConnection>;
};

export function openConnections(database: Database, sealing: Sealing): Connections {
  const chatwoot = cached(async (key) => {
    const [tenantId, id] = key.split(' ') as [string, string];
    const [row] = await database.tenant(tenantId, ({ query }) =>
      query<{ base_url: string; account_id: number; token_sealed: Buffer }>(
        'select base_url, account_id, token_sealed from chatwoot_connection where id = $1',
        [id],
      ),
    );
    if (!row) throw new Error(`Chatwoot connection ${id} is not there`);
    return { baseUrl: row.base_url, accountId: row.account_id, token: sealing.open(row.token_sealed) };
  });
  const whatsapp = cached(async (key) => {
    const [tenantId, id] = key.split(' ') as [string, string];
    const [row] = await database.tenant(tenantId, ({ query }) =>
      query<{ base_url: string; api_version: string; phone_number_id: string; token_sealed: Buffer }>(
        'select base_url, api_version, phone_number_id, token_sealed from channel where id = $1',
        [id],
      ),
    );
    if (!row) throw new Error(`channel ${id} is not there`);
    return {
      baseUrl: row.base_url,
      version: row.api_version,
      phoneNumberId: row.phone_number_id,
      token: sealing.open(row.token_sealed),
    };
  });
  return {
    chatwoot: (tenantId, id) => chatwoot(`${tenantId} ${id}`),
    whatsapp: (tenantId, id) => whatsapp(`${tenantId} ${id}`),
  };
}
