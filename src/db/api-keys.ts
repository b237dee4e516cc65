import type { TenantRows } from './database.ts';
import { hashKey, newKey } from './sealing.ts';

/** An API key as it is listed; the key itself is nowhere stored. */
export type ApiKeyLine = {
  id: string;
  name: string;
  prefix: string;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

const LINE = 'id, name, prefix, created_at, last_used_at, revoked_at';

/** The tenant's keys, the newest first. */
export function listApiKeys({ query }: TenantRows): Promise<ApiKeyLine[]> {
  return query<ApiKeyLine>(`select ${LINE} from api_key order by created_at desc, id desc`);
}

/** Makes a key; `key` is what its owner is shown this once. */
export async function addApiKey({ query }: TenantRows, name: string): Promise<ApiKeyLine & { key: string }> {
  const key = newKey('lf');
  const [added] = await query<ApiKeyLine>(
    `insert into api_key (tenant_id, name, prefix, hash) values (current_tenant(), $1, $2, $3) returning ${LINE}`,
    [name, key.slice(0, 8), hashKey(key)],
  );
  if (!added) throw new Error('the key was not stored');
  return { ...added, key };
}

/** Ends a key, for good; one that has ended stays as it was. Null where there is none with this id. */
export async function revokeApiKey({ query }: TenantRows, id: string): Promise<ApiKeyLine | null> {
  const [revoked] = await query<ApiKeyLine>(
    `update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1 returning ${LINE}`,
    [id],
  );
  return revoked ?? null;
}

/** Notes that a key was used, where that was not noted within the last minute. */
export async function noteKeyUse({ query }: TenantRows, id: string): Promise<void> {
  await query(
    `update api_key set last_used_at = now()
     where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [id],
  );
}
