import { randomBytes, randomUUID } from 'node:crypto';
import type { Query } from '../../src/db/database.ts';
import { createSealing, hashKey, newKey } from '../../src/db/sealing.ts';
import type { Answer, Product } from './product.ts';

/** Another company on the same product. */
export type SecondTenant = {
  tenantId: string;
  query: Query;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

/** Makes a second tenant with a flow and an API key of its own; its connections lead nowhere. */
export async function addTenant({ database, secretKey, call }: Product): Promise<SecondTenant> {
  const tenantId = randomUUID();
  const apiKey = newKey('lf');
  const sealed = createSealing(secretKey).seal('["nothing"]');
  const query: Query = (sql, values) => database.tenant(tenantId, (rows) => rows.query(sql, values));
  await query(
    `with t as (insert into tenant (id, name) values ($1, 'Outra empresa')),
     k as (insert into api_key (tenant_id, name, prefix, hash) values ($1, 'key', 'lf_', $2)),
     cw as (insert into chatwoot_connection (tenant_id, base_url, account_id, token_sealed, webhook_key_hash)
       values ($1, 'http://127.0.0.1:9', 1, $3, $4) returning id),
     ch as (insert into channel (tenant_id, kind, name, base_url, api_version, phone_number_id, token_sealed,
         app_secrets_sealed, verify_token_sealed, webhook_key_hash, chatwoot_inbox_id)
       values ($1, 'whatsapp_cloud', 'WhatsApp', 'http://127.0.0.1:9', 'v1', '1', $3, $3, $3, $5, 1) returning id),
     f as (insert into flow (tenant_id, name, source) values ($1, 'Indicação', 'api_oficial') returning id)
     insert into flow_version (tenant_id, flow_id, version, channel_id, chatwoot_connection_id, definition)
     select $1, f.id, 1, ch.id, cw.id, '{}' from f, ch, cw`,
    [tenantId, hashKey(apiKey), sealed, randomBytes(32), randomBytes(32)],
  );
  return {
    tenantId,
    query,
    call: (method, path, body, headers = {}) =>
      call(method, path, body, { authorization: `Bearer ${apiKey}`, ...headers }),
  };
}
