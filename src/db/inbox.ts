import type { Database, TenantRows } from './database.ts';

/** Who sends us webhooks. */
export const WEBHOOK_SOURCES = ['whatsapp', 'chatwoot', 'evolution'] as const;
export type WebhookSource = (typeof WEBHOOK_SOURCES)[number];

/** Where it is announced that webhooks have brought something, and that something is to be passed on. */
export const INBOX_NEWS = 'lead_flow_inbox_event';
export const RELAY_NEWS = 'lead_flow_relay';

export type NewEvent = { dedupeKey: string; kind: string; payload: unknown };

export type PendingEvent = {
  id: number;
  source: WebhookSource;
  endpoint_id: string;
  kind: string;
  payload: unknown;
  attempts: number;
  /** For how many seconds it has been due. */
  waited: number;
};

/**
 * Stores what one webhook brought, and with a stop also the suppression, in one round trip. Events whose
 * dedupe key is there already are left out; returns how many were new.
 *
 * @param suppressed identity hashes (hex) of those who asked to stop
 * @param relay the raw webhook and its signature, where it is to be passed on
 */
export async function receiveEvents(
  database: Database,
  webhook: { tenantId: string; source: WebhookSource; endpointId: string },
  events: readonly NewEvent[],
  suppressed: readonly string[],
  relay: { body: Buffer; signature: string } | null = null,
): Promise<number> {
  const [row] = await database.query<{ stored: number }>(
    'select receive_events($1, $2, $3, $4, $5, $6, $7) as stored',
    [
      webhook.tenantId,
      webhook.source,
      webhook.endpointId,
      JSON.stringify(events),
      suppressed.length > 0 ? suppressed : null,
      relay?.body ?? null,
      relay?.signature ?? null,
    ],
  );
  if (row?.stored) database.announce(INBOX_NEWS);
  if (relay) database.announce(RELAY_NEWS);
  return row?.stored ?? 0;
}

/** The tenants with events waiting. */
export async function tenantsWithPendingEvents(database: Database): Promise<string[]> {
  const rows = await database.query<{ tenant_id: string }>(
    'select tenant_id from tenants_with_pending_events()',
  );
  return rows.map((row) => row.tenant_id);
}

/**
 * Takes the oldest pending events of the tenant, to be settled in the same transaction; none while another
 * worker is at it.
 */
export async function takePending({ tenantId, query }: TenantRows, limit: number): Promise<PendingEvent[]> {
  const [turn] = await query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('inbox:' || $1, 0)) as mine`,
    [tenantId],
  );
  if (!turn?.mine) return [];
  return query<PendingEvent>(
    `select id, source, endpoint_id, kind, payload, attempts,
       extract(epoch from now() - due_at)::float8 as waited from inbox_event
     where tenant_id = $1 and state = 'pending' and due_at <= now() order by due_at, id limit $2`,
    [tenantId, limit],
  );
}

/** Marks events as applied, each with what came of it. */
export async function markApplied(
  { query }: TenantRows,
  applied: readonly { id: number; outcome: string }[],
): Promise<void> {
  await query(
    `update inbox_event e set state = 'applied', outcome = a.outcome, applied_at = now(), attempts = attempts + 1
     from unnest($1::bigint[], $2::text[]) as a(id, outcome) where e.id = a.id and e.tenant_id = current_tenant()`,
    [applied.map((a) => a.id), applied.map((a) => a.outcome)],
  );
}

/** After so many attempts an event waits for a person. */
export const MOST_ATTEMPTS = 12;

/** Puts off an event that could not be applied, longer each time (1 s to 10 min); in the end it is dead. */
export async function markFailed({ query }: TenantRows, id: number, error: string): Promise<void> {
  await query(
    `update inbox_event set attempts = attempts + 1, error = $2,
       state = case when attempts + 1 >= $3 then 'dead' else 'pending' end,
       due_at = now() + make_interval(secs => least(600, power(2, attempts)))
     where id = $1 and tenant_id = current_tenant()`,
    [id, error.slice(0, 2_000), MOST_ATTEMPTS],
  );
}
