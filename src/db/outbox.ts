import type { LeadHappening, LeadStart } from '../domain/happening.ts';
import type { Database, TenantRows } from './database.ts';

export type OutboxEntry = {
  id: number;
  tenantId: string;
  leadId: string;
  attempts: number;
  /** One of many that come little by little. */
  paced: boolean;
} & (
  | { kind: 'start'; payload: LeadStart }
  | { kind: 'signal'; payload: LeadHappening }
  | { kind: 'cancel'; payload: Record<string, never> }
);

/** Where it is announced that there is word for the engine. */
export const OUTBOX_NEWS = 'lead_flow_engine_outbox';

/** Paced words told in a second, over all imports: somebody referred meanwhile does not wait behind them all. */
export const PACED_PER_SECOND = 10;

/** Leaves word for the engine, in the transaction of the caller: it is told if and only if that commits. */
export async function leaveWord(
  { query, announce }: Pick<TenantRows, 'query' | 'announce'>,
  words: readonly {
    leadId: string;
    kind: OutboxEntry['kind'];
    payload: OutboxEntry['payload'];
    /** One of many that come little by little, and not before so many seconds have passed; left out: at once. */
    inSeconds?: number;
  }[],
): Promise<void> {
  if (words.length === 0) return;
  await query(
    `insert into engine_outbox (tenant_id, lead_id, kind, payload, due_at, paced)
     select current_tenant(), w.lead_id, w.kind, w.payload, now() + make_interval(secs => coalesce(w.seconds, 0)),
       w.seconds is not null
     from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::float8[])
       with ordinality as w(lead_id, kind, payload, seconds, n) order by w.n`,
    [
      words.map((w) => w.leadId),
      words.map((w) => w.kind),
      words.map((w) => JSON.stringify(w.payload)),
      words.map((w) => w.inSeconds ?? null),
    ],
  );
  announce(OUTBOX_NEWS);
}

/**
 * Takes up to `limit` words that are due, and of those that are paced up to `paced`, over all tenants; they come back
 * by themselves after the lease.
 */
export async function claimOutbox(
  database: Database,
  { limit, paced, leaseSeconds }: { limit: number; paced: number; leaseSeconds: number },
): Promise<OutboxEntry[]> {
  const rows = await database.query<{
    tenant_id: string;
    id: number;
    lead_id: string;
    kind: OutboxEntry['kind'];
    payload: OutboxEntry['payload'];
    attempts: number;
    paced: boolean;
  }>('select * from claim_outbox($1, $2, make_interval(secs => $3)) order by id', [
    limit,
    paced,
    leaseSeconds,
  ]);
  return rows.map(
    (row) =>
      ({
        id: row.id,
        tenantId: row.tenant_id,
        leadId: row.lead_id,
        attempts: row.attempts,
        paced: row.paced,
        kind: row.kind,
        payload: row.payload,
      }) as OutboxEntry,
  );
}

/** Strikes out the words that were told, and puts the others off. */
export async function settleOutbox(
  database: Database,
  told: readonly number[],
  failed: readonly { id: number; error: string; seconds: number }[],
): Promise<void> {
  await database.query('select settle_outbox($1, $2)', [told, JSON.stringify(failed)]);
}
