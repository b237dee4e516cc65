import { createHmac, randomUUID } from 'node:crypto';
import { namesOf, personOf } from '../db/sightings.ts';
import type { Product } from '../harness/product.ts';
import { applyEvents } from './webhooks.ts';

type Json = Record<string, unknown>;

/** The instance's token, which a gateway may show in every webhook. */
export const TOKEN = 'B6D711FCDE4D4FD5936544120E713976';

/** An Evolution instance that was set up over the API. */
export type Gateway = { id: string; instance: string; byKey: string; bySecret: string; secret: string };

/** Sets an instance up; `over` replaces fields of the request. */
export async function addGateway(
  { call, url }: Pick<Product, 'call' | 'url'>,
  over: Json = {},
): Promise<Gateway> {
  const { status, body } = await call('POST', '/v1/channels', {
    kind: 'evolution',
    name: 'Vendas',
    base_url: 'http://127.0.0.1:9',
    api_key: TOKEN,
    instance: `vendas-${randomUUID().slice(0, 8)}`,
    chatwoot_inbox_id: 1,
    ...over,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return {
    id: body.id,
    instance: body.instance,
    byKey: url + body.webhook.by_key.path,
    bySecret: url + body.webhook.by_secret.path,
    secret: body.webhook.by_secret.headers['x-webhook-secret'],
  };
}

/** A gateway for a whole suite, set up before its first test, and how it speaks. */
export function suiteGateway(product: Product) {
  const gateway = {} as Gateway;
  beforeAll(async () => {
    Object.assign(gateway, await addGateway(product));
  });
  return {
    gateway,
    /** Refers somebody; gives the lead's id. */
    referred: async (telefone: string) => (await product.refer({ telefone })).lead_id as string,
    /** What the person of a lead is known by. */
    identities: async (leadId: string) => namesOf(product, await personOf(product, leadId)),
    /** The body of a webhook with messages. */
    upsert: (data: unknown) => envelope(gateway.instance, 'messages.upsert', data),
    /** Tells an event, applies it, and says what came of it; see `told`. */
    hear: (event: string, data: unknown, over: Json = {}) =>
      told(product, gateway, envelope(gateway.instance, event, data, over)),
  };
}

/** A webhook's body as a gateway makes it, its token and all. */
export const envelope = (instance: string, event: string, data: unknown, over: Json = {}) => ({
  event,
  instance,
  data,
  destination: 'https://api.exemplo.com.br/webhooks/evolution/chave',
  date_time: '2026-03-10T09:15:32.114Z',
  sender: '5511940000001@s.whatsapp.net',
  server_url: 'https://evo.exemplo.com.br',
  apikey: TOKEN,
  ...over,
});

/** The address of a number, as WhatsApp Web writes it. */
export const jid = (waId: string) => `${waId}@s.whatsapp.net`;

let numbers = 0;
/** A number that nobody of the suite has: as people type it, and without its 9, as WhatsApp writes it. */
export function newNumber(): { typed: string; waId: string } {
  const last = String(8_760_000 + numbers++);
  return { typed: `(31) 98${last.slice(0, 3)}-${last.slice(3)}`, waId: `55318${last}` };
}

/** What somebody wrote, under an id of its own; `key` replaces parts of the message's key. */
export const wrote = (from: string, text: string, { key = {}, ...over }: { key?: Json } & Json = {}) => ({
  key: { remoteJid: from, fromMe: false, id: newId(), ...key },
  pushName: 'Ana Souza',
  status: 'DELIVERY_ACK',
  message: { conversation: text },
  messageType: 'conversation',
  messageTimestamp: 1_773_144_932,
  ...over,
});

export const newId = () => `3EB0${randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()}`;

/** Posts a body and gives the HTTP status with the word that came back. */
export async function posting(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ http: number; said: string; headers: Headers }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers, body: text });
  const answer = (await response.json()) as { status?: string };
  return { http: response.status, said: String(answer.status), headers: response.headers };
}

/** A token as the gateway makes it of its `jwt_key`. */
export function gatewayToken(secret: string, claims: Json = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({
    iat: now,
    exp: now + 600,
    app: 'evolution',
    action: 'webhook',
    ...claims,
  })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Posts to the address with the key, applies, and says what was answered and what came of each event. */
export async function told(product: Product, gateway: Gateway, body: unknown) {
  const [before] = await product.query<{ id: number }>('select coalesce(max(id), 0) as id from inbox_event');
  const { http, said } = await posting(gateway.byKey, body);
  await applyEvents(product);
  const events = await product.query<{ kind: string; state: string; outcome: string | null }>(
    'select kind, state, outcome from inbox_event where id > $1 order by id',
    [before?.id],
  );
  return { http, said, outcomes: events.map(({ outcome, state }) => outcome ?? state) };
}

/** Applied with this outcome. */
export const processed = (...outcomes: string[]) => ({ http: 200, said: 'processed', outcomes });

/** A message that was sent over the instance to the person of a lead, under the id that WhatsApp gave it. */
export async function sentOver(
  product: Product,
  gateway: Gateway,
  leadId: string,
  id: string,
): Promise<string> {
  const [sent] = await product.query<{ id: string }>(
    `insert into message (tenant_id, lead_id, person_id, channel_id, direction, stage, kind, body, wamid, state)
     select tenant_id, id, person_id, $2, 'out', 'main', 'text', 'Olá', $3, 'queued' from lead where id = $1
     returning id`,
    [leadId, gateway.id, id],
  );
  return String(sent?.id);
}

/** Expects that neither the gateway's token nor the key of its address is in anything that was stored of it. */
export async function expectNoSecretStored({ query }: Product, gateway: Gateway): Promise<void> {
  const stored = await query<{ row: string }>('select e::text as row from inbox_event e');
  expect(stored.length).toBeGreaterThan(10);
  const key = gateway.byKey.split('/').at(-1) ?? '';
  for (const secret of [TOKEN, key]) {
    expect(stored.filter(({ row }) => row.includes(secret))).toEqual([]);
  }
}
