import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../src/db/database.ts';
import { createSealing, hashKey, newKey } from '../../src/db/sealing.ts';
import { settingsReader } from '../../src/db/tenants.ts';
import { signChatwoot, signMeta } from '../../src/domain/signature.ts';
import { applyPending } from '../../src/inbox/apply.ts';
import type { Product } from '../harness/product.ts';
import { countRows } from '../harness/stored.ts';

type Json = Record<string, unknown>;

/** A body as Meta posts it, with one change. */
export const change = (value: Json, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '102290129340398', time: 1_790_000_000, changes: [{ field, value }] }],
});

/** What somebody wrote, under a wamid of its own. */
export const text = (from: string, body: string, over: Json = {}) =>
  change({
    messages: [
      { from, id: `wamid.${randomUUID()}`, timestamp: '1790000000', type: 'text', text: { body }, ...over },
    ],
  });

/** One status; `attempt` is what the message was sent with. */
export const status = (wamid: string, reached: string, attempt: string | null, over: Json = {}): Json => ({
  id: wamid,
  status: reached,
  timestamp: '1790000000',
  recipient_id: '5511987650000',
  ...(attempt === null ? {} : { biz_opaque_callback_data: attempt }),
  ...over,
});

/** Posts bytes, or a body as JSON, and gives the HTTP status. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytesOf(body)) });
  await response.arrayBuffer();
  return response.status;
}

/** Posts as Meta does, with its signature. */
export const postWhatsApp = (product: Product, body: unknown, headers: Record<string, string> = {}) =>
  post(product.webhooks.whatsapp, body, {
    'x-hub-signature-256': signMeta(bytesOf(body), product.sandbox.whatsapp.appSecret),
    ...headers,
  });

/** Posts as Chatwoot does, with its signature, `ageSeconds` after it was made. */
export function postChatwoot(
  product: Product,
  body: unknown,
  { ageSeconds = 0, delivery = randomUUID() }: { ageSeconds?: number; delivery?: string | null } = {},
): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds);
  return post(product.webhooks.chatwoot, body, {
    'x-chatwoot-timestamp': timestamp,
    'x-chatwoot-signature': signChatwoot(bytesOf(body), timestamp, product.sandbox.chatwoot.webhookSecret),
    ...(delivery === null ? {} : { 'x-chatwoot-delivery': delivery }),
  });
}

const bytesOf = (body: unknown) => (Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));

/** What a webhook was answered, and how many events and suppressions it stored. */
export async function storing<Result>({ query }: Product, send: () => Promise<Result>) {
  const before = await countRows(query);
  const result = await send();
  const after = await countRows(query);
  return {
    result,
    events: after.inbox_event! - before.inbox_event!,
    stops: after.suppression! - before.suppression!,
  };
}

/** Taken, and one event stored of it. */
export const ONE = { result: 200, events: 1, stops: 0 };

/** Answered so, and nothing stored. */
export const nothing = (result: number) => ({ result, events: 0, stops: 0 });

/** Adds a Chatwoot that signs nothing, so that whoever knows the address is believed; gives that address. */
export async function addUnsignedChatwoot({ query, url }: Product): Promise<string> {
  const key = newKey('cw');
  await query(
    `insert into chatwoot_connection (tenant_id, base_url, account_id, token_sealed, webhook_key_hash)
     values (current_tenant(), 'http://127.0.0.1:9', 2, $1, $2)`,
    [randomBytes(8), hashKey(key)],
  );
  return `${url}/webhooks/chatwoot/${key}`;
}

/** A conversation's change as Chatwoot posts it. */
export const conversation = (id = 1) => ({ event: 'conversation_updated', id, labels: [] });

/** Applies what is due, as the worker does, and says how many events it took. */
export function applyEvents(
  { tenantId, secretKey, database: own }: Product,
  database: Database = own,
): Promise<number> {
  return applyPending(database, createSealing(secretKey), settingsReader(database), tenantId);
}

/** Applies what was posted, and says what came of its last event. */
export async function outcomeOf(product: Product, posted: Promise<number>): Promise<string> {
  const status = await posted;
  if (status !== 200) throw new Error(`answered ${status}`);
  await applyEvents(product);
  const [event] = await product.query<{ state: string; outcome: string; error: string | null }>(
    'select state, outcome, error from inbox_event order by id desc limit 1',
  );
  if (event?.state !== 'applied') throw new Error(`not applied: ${event?.error}`);
  return event.outcome;
}
