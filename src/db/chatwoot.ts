import type { TenantRows } from './database.ts';
import type { Sealing } from './sealing.ts';

/** The tenant's connection to Chatwoot, in clear. */
export type ChatwootStored = {
  id: string;
  baseUrl: string;
  accountId: number;
  teamId: number | null;
  token: string;
  /** What its webhooks are signed with; null where they are not. */
  webhookSecret: string | null;
  /** SHA-256 of the key in its webhook's address. */
  webhookKeyHash: Buffer;
};

/** Reads it; null where the tenant has none. */
export async function openChatwoot({ query }: TenantRows, sealing: Sealing): Promise<ChatwootStored | null> {
  const [found] = await query<{
    id: string;
    base_url: string;
    account_id: number;
    team_id: number | null;
    token_sealed: Buffer;
    webhook_secret_sealed: Buffer | null;
    webhook_key_hash: Buffer;
  }>(
    `select id, base_url, account_id, team_id, token_sealed, webhook_secret_sealed, webhook_key_hash
     from chatwoot_connection order by created_at limit 1`,
  );
  if (!found) return null;
  const { webhook_secret_sealed: secret } = found;
  return {
    id: found.id,
    baseUrl: found.base_url,
    accountId: found.account_id,
    teamId: found.team_id,
    token: sealing.open(found.token_sealed),
    webhookSecret: secret && sealing.open(secret),
    webhookKeyHash: found.webhook_key_hash,
  };
}

/** Stores another state of the connection. */
export async function saveChatwoot(
  { query }: TenantRows,
  sealing: Sealing,
  { id, baseUrl, accountId, teamId, token, webhookSecret }: Omit<ChatwootStored, 'webhookKeyHash'>,
): Promise<void> {
  await query(
    `update chatwoot_connection set base_url = $2, account_id = $3, team_id = $4, token_sealed = $5,
       webhook_secret_sealed = $6 where id = $1`,
    [id, baseUrl, accountId, teamId, sealing.seal(token), webhookSecret && sealing.seal(webhookSecret)],
  );
}

/** Some of the newest contacts that leads have in Chatwoot, with whose they are. */
export async function someContacts({
  query,
}: TenantRows): Promise<{ contactId: number; personId: string }[]> {
  return query(
    `select chatwoot_contact_id as "contactId", person_id as "personId" from lead
     where chatwoot_contact_id is not null order by created_at desc, id desc limit 5`,
  );
}

/**
 * Forgets every id that Chatwoot gave: in another account they would be somebody else's. Contacts are then found
 * again by our identifier and their phone; a conversation is opened where one is needed.
 */
export async function forgetChatwootIds({ query }: TenantRows): Promise<void> {
  await query(
    `update lead set chatwoot_contact_id = null, chatwoot_conversation_id = null
     where chatwoot_contact_id is not null or chatwoot_conversation_id is not null`,
  );
  await query(`delete from person_identity where kind = 'chatwoot_contact'`);
  await query('update chatwoot_connection set swept_until = null');
}
