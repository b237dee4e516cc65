import type { TenantRows } from './database.ts';
import { hashKey, newKey, type Sealing } from './sealing.ts';

/** What Meta lets a number send in a second before it raises that by itself. */
export const METAS_RATE = 80;

/** A number of the official API, as it is added: secrets in clear. */
export type NewNumber = {
  name: string;
  baseUrl: string;
  version: string;
  phoneNumberId: string;
  wabaId: string;
  token: string;
  appSecret: string;
  verifyToken: string;
  inboxId: number;
  messagesPerSecond: number;
};

/**
 * Adds a number of the official API to the tenant's channels; null, and nothing changed, where it is there already.
 * The key is shown this once: only its hash is stored.
 */
export async function addNumber(
  { query }: TenantRows,
  sealing: Sealing,
  given: NewNumber,
): Promise<{ id: string; webhookKey: string } | null> {
  const webhookKey = newKey('wa');
  const [added] = await query<{ id: string }>(
    `insert into channel (tenant_id, kind, name, base_url, api_version, phone_number_id, business_account_id,
       token_sealed, app_secrets_sealed, verify_token_sealed, webhook_key_hash, chatwoot_inbox_id, messages_per_second)
     values (current_tenant(), 'whatsapp_cloud', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (tenant_id, phone_number_id) do nothing returning id`,
    [
      given.name,
      given.baseUrl,
      given.version,
      given.phoneNumberId,
      given.wabaId,
      sealing.seal(given.token),
      sealing.seal(JSON.stringify([given.appSecret])),
      sealing.seal(given.verifyToken),
      hashKey(webhookKey),
      given.inboxId,
      given.messagesPerSecond,
    ],
  );
  return added ? { id: added.id, webhookKey } : null;
}

/** A number of the official API, in clear. */
export type OpenedNumber = {
  baseUrl: string;
  version: string;
  phoneNumberId: string;
  token: string;
  /** Its WhatsApp Business Account; null where it is not known. */
  wabaId: string | null;
  /** SHA-256 of the key in its webhook's address. */
  webhookKeyHash: Buffer;
};

/** Reads what WhatsApp is called with; null where the channel is no number of the official API. */
export async function openNumber(
  { query }: TenantRows,
  sealing: Sealing,
  channelId: string,
): Promise<OpenedNumber | null> {
  const [found] = await query<{
    base_url: string;
    api_version: string;
    phone_number_id: string;
    business_account_id: string | null;
    token_sealed: Buffer;
    webhook_key_hash: Buffer;
  }>(
    `select base_url, api_version, phone_number_id, business_account_id, token_sealed, webhook_key_hash
     from channel where id = $1 and kind = 'whatsapp_cloud'`,
    [channelId],
  );
  return found
    ? {
        baseUrl: found.base_url,
        version: found.api_version,
        phoneNumberId: found.phone_number_id,
        token: sealing.open(found.token_sealed),
        wabaId: found.business_account_id,
        webhookKeyHash: found.webhook_key_hash,
      }
    : null;
}
