import type { Query } from './database.ts';
import type { Sealing } from './sealing.ts';

/** What a call to a tenant's Chatwoot needs. */
export type ChatwootAccess = { baseUrl: string; accountId: number; token: string };

/** The access that a stored connection gives; null where there is no such connection. */
export async function chatwootAccess(
  query: Query,
  sealing: Sealing,
  connectionId: string,
): Promise<ChatwootAccess | null> {
  const [row] = await query<{ base_url: string; account_id: number; token_sealed: Buffer }>(
    'select base_url, account_id, token_sealed from chatwoot_connection where id = $1',
    [connectionId],
  );
  return row
    ? { baseUrl: row.base_url, accountId: row.account_id, token: sealing.open(row.token_sealed) }
    : null;
}

/** Where the contact of a lead that may still be reworked stands; null where it has none, or may not. */
export async function contactBeforeRework(
  query: Query,
  leadId: string,
): Promise<{ connectionId: string; contactId: number } | null> {
  const [contact] = await query<{ connectionId: string; contactId: number }>(
    `select v.chatwoot_connection_id as "connectionId", l.chatwoot_contact_id as "contactId"
     from lead l join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version
     where l.id = $1 and l.stage in ('main', 'waiting') and l.chatwoot_contact_id is not null`,
    [leadId],
  );
  return contact ?? null;
}

/** The account that a connection is for; null where there is no such connection. */
export async function chatwootAccountOf(query: Query, connectionId: string): Promise<number | null> {
  const [row] = await query<{ account: number }>(
    'select account_id as account from chatwoot_connection where id = $1',
    [connectionId],
  );
  return row?.account ?? null;
}
