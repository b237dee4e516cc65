import type { Database, TenantRows } from './database.ts';

/** A connection to Chatwoot, or a number, that the sweep asks what its webhooks should have told. */
export type Swept = { tenantId: string; id: string };

/** Every tenant's connections to Chatwoot, or official numbers. */
export async function toSweep(database: Database, kind: 'chatwoot' | 'whatsapp_cloud'): Promise<Swept[]> {
  return database.query<Swept>(
    'select tenant_id as "tenantId", id from connections_to_sweep() where kind = $1',
    [kind],
  );
}

/** Until when a connection has been looked through (from its beginning, where it never was), and our inboxes there. */
export async function readSweep(
  { query }: TenantRows,
  connectionId: string,
): Promise<{ sweptUntil: Date; inboxIds: number[] }> {
  const [found] = await query<{ sweptUntil: Date; inboxIds: number[] }>(
    `select coalesce(c.swept_until, c.created_at) as "sweptUntil",
       array(select distinct ch.chatwoot_inbox_id from flow_version v join channel ch on ch.id = v.channel_id
             where v.chatwoot_connection_id = c.id) as "inboxIds"
     from chatwoot_connection c where c.id = $1`,
    [connectionId],
  );
  if (!found) throw new Error(`Chatwoot connection ${connectionId} is not there`);
  return found;
}

/** Notes until when a connection has been looked through; never back. */
export async function noteSwept({ query }: TenantRows, connectionId: string, until: Date): Promise<void> {
  await query(
    'update chatwoot_connection set swept_until = greatest(swept_until, $2::timestamptz) where id = $1',
    [connectionId, until],
  );
}

/** Those of the conversations that belong to a lead. */
export async function ofLeads(
  { query }: TenantRows,
  connectionId: string,
  conversationIds: readonly number[],
): Promise<Set<number>> {
  const found = await query<{ id: number }>(
    `select distinct l.chatwoot_conversation_id as id
     from lead l join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
     where l.chatwoot_conversation_id = any ($2) and v.chatwoot_connection_id = $1`,
    [connectionId, conversationIds],
  );
  return new Set(found.map(({ id }) => id));
}
