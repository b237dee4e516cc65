import type { Database, TenantRows } from './database.ts';

/** A raw webhook that is to be passed on, byte by byte and with its signature. */
export type RelayEntry = {
  id: number;
  tenantId: string;
  /** Null where the channel passes nothing on any more. */
  url: string | null;
  body: Buffer;
  signature: string;
  /** How often it was taken, this time included. */
  attempts: number;
  receivedAt: Date;
};

/**
 * Takes up to `limit` raw webhooks that are due, over all tenants, in the order in which they came; they come back
 * by themselves after the lease.
 */
export async function claimRelay(
  database: Database,
  limit: number,
  leaseSeconds: number,
): Promise<RelayEntry[]> {
  const rows = await database.query<{
    tenant_id: string;
    id: number;
    url: string | null;
    body: Buffer;
    signature: string;
    attempts: number;
    received_at: Date;
  }>('select * from claim_relay($1, make_interval(secs => $2)) order by id', [limit, leaseSeconds]);
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    url: row.url,
    body: row.body,
    signature: row.signature,
    attempts: row.attempts,
    receivedAt: row.received_at,
  }));
}

/** Removes what was passed on, and puts the rest off. */
export async function settleRelay(
  database: Database,
  done: readonly number[],
  failed: readonly { id: number; error: string; seconds: number }[],
): Promise<void> {
  await database.query('select settle_relay($1, $2)', [done, JSON.stringify(failed)]);
}

/** The kind of an event that holds what could not be passed on. */
export const RELAY_DEAD = 'relay_dead';

/**
 * Gives one up: it becomes a dead event, which a person can read and replay. Its body is kept as a text, which for
 * UTF-8 is the same bytes.
 */
export async function buryRelay({ query }: TenantRows, id: number, error: string): Promise<void> {
  await query(
    `with gone as (delete from relay where id = $1 returning *)
     insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload, state, attempts, error,
       received_at)
     select tenant_id, 'whatsapp', channel_id, 'relay:' || id, $3,
       jsonb_build_object('body', convert_from(body, 'UTF8'), 'signature', signature), 'dead', attempts, $2,
       received_at from gone
     on conflict (tenant_id, source, dedupe_key) do nothing`,
    [id, error, RELAY_DEAD],
  );
}

/**
 * Puts what a dead event holds back among what is to be passed on; false where that was done before, as an event
 * that is replayed twice is to have one effect.
 */
export async function relayAgain({ query }: TenantRows, eventId: number): Promise<boolean> {
  const queued = await query(
    `insert into relay (tenant_id, channel_id, body, signature)
     select tenant_id, endpoint_id, convert_to(payload ->> 'body', 'UTF8'), payload ->> 'signature'
     from inbox_event where id = $1 and kind = $2 and applied_at is null returning id`,
    [eventId, RELAY_DEAD],
  );
  return queued.length > 0;
}
