import { chatwootAccess } from '../src/db/chatwoot-access.ts';
import type { Database } from '../src/db/database.ts';
import { openNumber } from '../src/db/official-channels.ts';
import type { Sealing } from '../src/db/sealing.ts';
import { cached } from '../src/db/tenants.ts';
import type { ChatwootConnection } from '../src/providers/chatwoot/client.ts';
import type { WhatsAppConnection } from '../src/providers/whatsapp/client.ts';

/** Opens the stored connections to other companies' services; served from memory for at most `CACHE_MS`. */
export type Connections = {
  chatwoot(tenantId: string, connectionId: string): Promise<ChatwootConnection>;
  whatsapp(tenantId: string, channelId: string): Promise<WhatsAppConnection>;
};

export function openConnections(database: Database, sealing: Sealing): Connections {
  const chatwoot = cached(async (key) => {
    const [tenantId, id] = key.split(' ') as [string, string];
    const access = await database.tenant(tenantId, ({ query }) => chatwootAccess(query, sealing, id));
    if (!access) throw new Error(`Chatwoot connection ${id} is not there`);
    return access;
  });
  const whatsapp = cached(async (key) => {
    const [tenantId, id] = key.split(' ') as [string, string];
    const number = await database.tenant(tenantId, (rows) => openNumber(rows, sealing, id));
    if (!number) throw new Error(`channel ${id} is no official number`);
    const { baseUrl, version, phoneNumberId, token } = number;
    return { baseUrl, version, phoneNumberId, token };
  });
  return {
    chatwoot: (tenantId, id) => chatwoot(`${tenantId} ${id}`),
    whatsapp: (tenantId, id) => whatsapp(`${tenantId} ${id}`),
  };
}
