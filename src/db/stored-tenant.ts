import type { Database } from './database.ts';

/** The tenant that was made first, as the database holds it. */
export type StoredTenant = {
  tenantId: string;
  /** One of its secrets as it is stored: the product's key must open it. */
  sealed: Buffer;
};

/** Reads it; null where no tenant has been made yet. */
export async function findFirstTenant(database: Database): Promise<StoredTenant | null> {
  const [first] = await database.query<{ tenant_id: string; id: string }>(
    `select tenant_id, id from connections_to_sweep() where kind <> 'chatwoot' order by tenant_id, id limit 1`,
  );
  if (!first) return null;
  const [stored] = await database.together(first.tenant_id, ({ query }) =>
    query<{ token_sealed: Buffer }>('select token_sealed from channel where id = $1', [first.id]),
  );
  return stored ? { tenantId: first.tenant_id, sealed: stored.token_sealed } : null;
}

/** How many of a tenant's leads sleep, when the next one wakes, and the zone its people read that in. */
export async function readSleepers(
  database: Database,
  tenantId: string,
): Promise<{ asleep: number; nextAt: Date | null; zone: string | null }> {
  const [found] = await database.together(tenantId, ({ query }) =>
    query<{ asleep: number; nextAt: Date | null; zone: string | null }>(
      `select count(*) as asleep, min(wake_at) as "nextAt",
         (select value #>> '{}' from setting where name = 'zone') as zone
       from lead where stage = 'waiting'`,
    ),
  );
  return found ?? { asleep: 0, nextAt: null, zone: null };
}
