import { type TenantSettings, tenantSettings } from '../domain/settings.ts';
import type { Database, Query } from './database.ts';
import type { WebhookSource } from './inbox.ts';
import { hashKey } from './sealing.ts';

/** How long a key, a secret or a setting may be served from memory after it was changed, in milliseconds. */
export const CACHE_MS = 5_000;

/** Which tenant an API key belongs to; null for a key unknown or revoked. */
export async function findApiKey(
  database: Database,
  key: string,
): Promise<{ tenantId: string; keyId: string } | null> {
  const [found] = await database.query<{ tenant_id: string; id: string }>(
    'select tenant_id, id from find_api_key($1)',
    [hashKey(key)],
  );
  return found ? { tenantId: found.tenant_id, keyId: found.id } : null;
}

export type WebhookEndpoint = {
  tenantId: string;
  /** The channel or the Chatwoot connection that the webhook belongs to. */
  endpointId: string;
  secretSealed: Buffer | null;
  verifyTokenSealed: Buffer | null;
  /** What comes in is to be passed on as it came. */
  relayed: boolean;
  /** How an Evolution instance numbers its statuses. */
  statusNumbering: 'documented' | 'baileys' | null;
};

/** Whose webhook the key in its URL names; null where it names none. */
export async function findWebhook(
  database: Database,
  kind: WebhookSource,
  key: string,
): Promise<WebhookEndpoint | null> {
  const [found] = await database.query<{
    tenant_id: string;
    endpoint_id: string;
    secret_sealed: Buffer | null;
    verify_token_sealed: Buffer | null;
    relayed: boolean;
    status_numbering: WebhookEndpoint['statusNumbering'];
  }>('select * from find_webhook($1, $2)', [kind, hashKey(key)]);
  return found
    ? {
        tenantId: found.tenant_id,
        endpointId: found.endpoint_id,
        secretSealed: found.secret_sealed,
        verifyTokenSealed: found.verify_token_sealed,
        relayed: found.relayed,
        statusNumbering: found.status_numbering,
      }
    : null;
}

/** The tenant's settings, what is not set being the default. */
export async function loadSettings(query: Query): Promise<TenantSettings> {
  const [row] = await query<{ settings: Record<string, unknown> }>(
    `select coalesce(jsonb_object_agg(name, value), '{}') as settings from setting`,
  );
  return tenantSettings.parse(row?.settings ?? {});
}

/** Reads tenants' settings, served from memory for at most `CACHE_MS`. */
export function settingsReader(database: Database): (tenantId: string) => Promise<TenantSettings> {
  return cached((tenantId) => database.together(tenantId, ({ query }) => loadSettings(query)));
}

/** Stores one setting as the tenant's own. */
export async function saveSetting(query: Query, name: keyof TenantSettings, value: unknown): Promise<void> {
  await query(
    `insert into setting (tenant_id, name, value) values (current_tenant(), $1, $2)
     on conflict (tenant_id, name) do update set value = excluded.value, updated_at = now()`,
    [name, JSON.stringify(value)],
  );
}

/** Remembers answers of `load` by key for `CACHE_MS`; concurrent calls share one load, failures are not kept. */
export function cached<Value>(load: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const held = new Map<string, { value: Promise<Value>; until: number }>();
  return (key) => {
    const now = Date.now();
    const hit = held.get(key);
    if (hit && hit.until > now) return hit.value;
    if (held.size > 10_000) held.clear();
    const value = load(key);
    held.set(key, { value, until: now + CACHE_MS });
    value.catch(() => held.delete(key));
    return value;
  };
}
