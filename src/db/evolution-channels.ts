import type { ConnectionState } from '../domain/evolution-event.ts';
import type { StatusNumbering } from '../domain/evolution-webhook.ts';
import type { Database, Query, TenantRows } from './database.ts';
import { hashKey, newKey, type Sealing } from './sealing.ts';

/** An Evolution instance as its webhooks find it. */
export type EvolutionInstance = { endpointId: string; instance: string; numbering: StatusNumbering };

/** The tenant's instances. */
export async function listInstances(query: Query): Promise<EvolutionInstance[]> {
  return query<EvolutionInstance>(
    `select id as "endpointId", instance, status_numbering as numbering from channel where kind = 'evolution'`,
  );
}

/** The instances of a name, of whichever tenants, with the sealed JSON list of their secrets. */
export async function findInstances(
  database: Database,
  instance: string,
): Promise<(EvolutionInstance & { tenantId: string; secretSealed: Buffer })[]> {
  const found = await database.query<{
    tenant_id: string;
    endpoint_id: string;
    secret_sealed: Buffer;
    status_numbering: StatusNumbering;
  }>('select * from find_instances($1)', [instance]);
  return found.map((row) => ({
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    instance,
    numbering: row.status_numbering,
    secretSealed: row.secret_sealed,
  }));
}

export type NewInstance = {
  name: string;
  baseUrl: string;
  /** The instance's own token at the gateway. */
  apiKey: string;
  instance: string;
  numbering: StatusNumbering;
  inboxId: number;
  messagesPerSecond: number;
  /** What the gateway proves itself with where its webhooks do not carry the key in their address. */
  secret: string;
};

/**
 * Adds an Evolution instance to the tenant's channels; null, and nothing changed, where it is there already. The
 * key is shown this once: only its hash is stored.
 */
export async function addInstance(
  { query }: TenantRows,
  sealing: Sealing,
  given: NewInstance,
): Promise<{ id: string; webhookKey: string } | null> {
  const webhookKey = newKey('evo');
  const [added] = await query<{ id: string }>(
    `insert into channel (tenant_id, kind, name, base_url, instance, token_sealed, app_secrets_sealed,
       webhook_key_hash, chatwoot_inbox_id, status_numbering, messages_per_second)
     values (current_tenant(), 'evolution', $1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, instance) do nothing returning id`,
    [
      given.name,
      given.baseUrl,
      given.instance,
      sealing.seal(given.apiKey),
      sealing.seal(JSON.stringify([given.secret])),
      hashKey(webhookKey),
      given.inboxId,
      given.numbering,
      given.messagesPerSecond,
    ],
  );
  return added ? { id: added.id, webhookKey } : null;
}

/** Where the gateway of an instance is called, in clear; null where the channel is none. */
export async function openInstance(
  { query }: TenantRows,
  sealing: Sealing,
  channelId: string,
): Promise<{ baseUrl: string; apiKey: string; instance: string; secrets: string[] } | null> {
  const [found] = await query<{
    base_url: string;
    token_sealed: Buffer;
    instance: string;
    app_secrets_sealed: Buffer;
  }>(
    `select base_url, token_sealed, instance, app_secrets_sealed from channel
     where id = $1 and kind = 'evolution'`,
    [channelId],
  );
  return found
    ? {
        baseUrl: found.base_url,
        apiKey: sealing.open(found.token_sealed),
        instance: found.instance,
        secrets: JSON.parse(sealing.open(found.app_secrets_sealed)) as string[],
      }
    : null;
}

/** Keeps what the gateway says of the instance's connection. */
export async function saveConnection(
  { query }: TenantRows,
  channelId: string,
  connection: ConnectionState,
): Promise<void> {
  await query(`update channel set connection = $2 where id = $1 and kind = 'evolution'`, [
    channelId,
    connection,
  ]);
}

/** Another way of numbering statuses; it holds for what comes from now on. */
export async function changeNumbering(
  { query }: TenantRows,
  channelId: string,
  numbering: StatusNumbering,
): Promise<void> {
  await query(`update channel set status_numbering = $2 where id = $1 and kind = 'evolution'`, [
    channelId,
    numbering,
  ]);
}
