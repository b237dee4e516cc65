import { addApiKey } from '../db/api-keys.ts';
import { openDatabase, type TenantRows } from '../db/database.ts';
import { createSealing, hashKey, newKey, type Sealing } from '../db/sealing.ts';
import type { ReadyDatabase } from './database.ts';
import type { SandboxAccess } from './sandbox.ts';

/** What a lost file held of the sandbox's tenant, made anew; a part that was not lost is undefined. */
export type Renewed = {
  apiKey: string | undefined;
  webhookPaths: { chatwoot: string; whatsapp: string } | undefined;
};

type Connection = { id: string; base_url: string; token_sealed: Buffer; secret_sealed: Buffer | null };

/**
 * Makes tenant and sandbox know each other again: after its state was lost the sandbox has other credentials,
 * with other variables another address. What is `lost` beside is made anew. Null, and nothing done, where the
 * database's tenant is none of a sandbox: then it is somebody's real one.
 */
export async function reconnectTenant(
  { url, secretKey, tenant }: ReadyDatabase,
  sandbox: SandboxAccess,
  lost: { apiKey: boolean; webhookPaths: boolean },
): Promise<Renewed | null> {
  if (!tenant) return null;
  const sealing = createSealing(secretKey);
  const database = openDatabase(url, { connections: 1, name: 'lead-flow start' });
  try {
    return await database.tenant(tenant.tenantId, async (rows) => {
      const found = await readConnections(rows, sandbox);
      if (!found) return null;
      const { channel, chatwoot } = found;
      const { query } = rows;
      if (differs(sealing, channel, sandbox.whatsapp, JSON.stringify([sandbox.whatsapp.appSecret]))) {
        await query(
          `update channel set base_url = $2, token_sealed = $3, app_secrets_sealed = $4, verify_token_sealed = $5
           where id = $1`,
          [channel.id, sandbox.whatsapp.url, ...sealed(sealing, sandbox.whatsapp)],
        );
      }
      if (differs(sealing, chatwoot, sandbox.chatwoot, sandbox.chatwoot.webhookSecret)) {
        const { token, webhookSecret } = sandbox.chatwoot;
        await query(
          `update chatwoot_connection set base_url = $2, token_sealed = $3, webhook_secret_sealed = $4
           where id = $1`,
          [
            chatwoot.id,
            sandbox.chatwoot.url,
            sealing.seal(token),
            webhookSecret && sealing.seal(webhookSecret),
          ],
        );
      }
      return {
        apiKey: lost.apiKey ? (await addApiKey(rows, 'made at a later start')).key : undefined,
        webhookPaths: lost.webhookPaths ? await newWebhookPaths(rows, channel.id, chatwoot.id) : undefined,
      };
    });
  } finally {
    await database.close();
  }
}

/** The highest id that the database has of anything in Chatwoot; 0 where it has none. */
export async function highestChatwootId({ url, tenant }: ReadyDatabase): Promise<number> {
  if (!tenant) return 0;
  const database = openDatabase(url, { connections: 1, name: 'lead-flow start' });
  try {
    const [found] = await database.together(tenant.tenantId, ({ query }) =>
      query<{ highest: number | null }>(
        'select max(greatest(chatwoot_contact_id, chatwoot_conversation_id)) as highest from lead',
      ),
    );
    return found?.highest ?? 0;
  } finally {
    await database.close();
  }
}

async function readConnections({ query }: TenantRows, { whatsapp }: SandboxAccess) {
  const [channel] = await query<Connection & { connection_id: string }>(
    `select c.id, c.base_url, c.token_sealed, c.app_secrets_sealed as secret_sealed,
       (select v.chatwoot_connection_id from flow_version v where v.channel_id = c.id limit 1) as connection_id
     from channel c where c.phone_number_id = $1 and c.base_url like 'http://127.0.0.1:%'`,
    [whatsapp.phoneNumberId],
  );
  const [chatwoot] = await query<Connection>(
    `select id, base_url, token_sealed, webhook_secret_sealed as secret_sealed from chatwoot_connection
     where id = $1 and base_url like 'http://127.0.0.1:%'`,
    [channel?.connection_id ?? null],
  );
  return channel && chatwoot ? { channel, chatwoot } : undefined;
}

function differs(
  sealing: Sealing,
  stored: Connection,
  now: { url: string; token: string },
  secret: string | null,
): boolean {
  const storedSecret = stored.secret_sealed && sealing.open(stored.secret_sealed);
  return (
    stored.base_url !== now.url || sealing.open(stored.token_sealed) !== now.token || storedSecret !== secret
  );
}

function sealed(sealing: Sealing, { token, appSecret, verifyToken }: SandboxAccess['whatsapp']): Buffer[] {
  return [token, JSON.stringify([appSecret]), verifyToken].map((secret) => sealing.seal(secret));
}

async function newWebhookPaths({ query }: TenantRows, channelId: string, connectionId: string) {
  const [whatsapp, chatwoot] = [newKey('wa'), newKey('cw')];
  await query('update channel set webhook_key_hash = $2 where id = $1', [channelId, hashKey(whatsapp)]);
  await query('update chatwoot_connection set webhook_key_hash = $2 where id = $1', [
    connectionId,
    hashKey(chatwoot),
  ]);
  return { whatsapp: `/webhooks/whatsapp/${whatsapp}`, chatwoot: `/webhooks/chatwoot/${chatwoot}` };
}
