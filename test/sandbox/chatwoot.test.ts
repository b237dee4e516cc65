import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as client from '../../src/providers/chatwoot/client.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { control, type Receiver, startReceiver, until } from './receiver.ts';

let sandbox: Sandbox;
let receiver: Receiver;
let c: client.ChatwootConnection;

beforeEach(async () => {
  sandbox = await startSandbox();
  receiver = await startReceiver();
  const { url: baseUrl, accountId, token } = sandbox.chatwoot;
  c = { baseUrl, accountId, token };
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});
afterAll(closeHttp);

type Hook = Record<string, unknown> & { event: string };
const hooks = () => receiver.received.map(({ body }) => body as Hook);

async function createConversation(): Promise<number> {
  const inboxId = sandbox.chatwoot.inboxId;
  const joana = { inboxId, name: 'Joana Prado', phone: '+5511987654321', identifier: 'lf-1' };
  const { id: contactId, sourceId } = await client.createContact(c, joana);
  return (await client.createConversation(c, { inboxId, contactId, sourceId })).id;
}

async function raw(method: string, path: string, body?: unknown) {
  const response = await fetch(`${c.baseUrl}/api/v1/accounts/1${path}`, {
    method,
    headers: { api_access_token: c.token, 'content-type': 'application/json' },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

test('a phone filter with a + of its own finds nothing, as in Chatwoot', async () => {
  await createConversation();
  const filter = (value: string) => {
    const condition = { attribute_key: 'phone_number', filter_operator: 'equal_to', values: [value] };
    return raw('POST', '/contacts/filter', { payload: [{ ...condition, query_operator: null }] });
  };
  expect((await filter('+5511987654321')).body.payload).toEqual([]);
  expect((await filter('5511987654321')).body.payload).toHaveLength(1);
  expect((await filter('551198765432')).body.payload).toEqual([]);
});

test('search finds parts, 15 a page and 100 a minute, and wants a q', async () => {
  const inboxId = sandbox.chatwoot.inboxId;
  for (let n = 10; n < 30; n++) {
    await client.createContact(c, {
      inboxId,
      name: `Pessoa ${n}`,
      phone: `+55119876543${n}`,
      identifier: `p${n}`,
    });
  }
  expect((await raw('GET', '/contacts/search')).status).toBe(422);
  expect((await raw('GET', '/contacts/search?q=119876543')).body.payload).toHaveLength(15);
  expect((await raw('GET', '/contacts/search?q=119876543&page=2')).body.payload).toHaveLength(5);
  expect((await raw('GET', '/contacts/search?q=pessoa%2029')).body.payload).toHaveLength(1);
  const statuses = new Set<number>();
  for (let n = 0; n < 110; n++) statuses.add((await raw('GET', '/contacts/search?q=nada')).status);
  // Two minutes may be touched, each with 100 searches of its own.
  if (statuses.size === 1)
    for (let n = 0; n < 100; n++) statuses.add((await raw('GET', '/contacts/search?q=x')).status);
  expect(statuses).toEqual(new Set([200, 429]));
});

test('broken JSON, an odd phone and another account are refused in Chatwoot’s ways', async () => {
  expect((await raw('POST', '/contacts', '{"name":')).status).toBe(400);
  expect((await raw('POST', '/contacts', { name: 'x', phone_number: '11987654321' })).body).toEqual({
    message: 'Phone number should be in e164 format',
    attributes: ['phone_number'],
  });
  const other = await fetch(`${c.baseUrl}/api/v1/accounts/2/agents`, {
    headers: { api_access_token: c.token },
  });
  expect(other.status).toBe(404);
});

test('a create that is refused leaves nothing behind', async () => {
  const contact = { inbox_id: sandbox.chatwoot.inboxId, name: 'Sem telefone', identifier: 'lf-9' };
  expect((await raw('POST', '/contacts', contact)).status).toBe(422);
  const inboxId = sandbox.chatwoot.inboxId;
  const { id: contactId } = await client.createContact(c, {
    inboxId,
    name: 'x',
    phone: '+5511987654321',
    identifier: 'lf-9',
  });
  await expect(client.createConversation(c, { inboxId, contactId, assigneeId: 999 })).rejects.toMatchObject({
    kind: 'not_found',
  });
  expect(sandbox.chatwoot.state().conversations).toEqual([]);
});

test('merged contacts become one, with the conversations and addresses of both', async () => {
  const conversation = await createConversation();
  const base = await client.createContact(c, {
    inboxId: sandbox.chatwoot.inboxId,
    name: 'Joana',
    phone: '+551187654321',
    identifier: 'lf-2',
  });
  const merged = sandbox.chatwoot.state().contacts[0]!.id;
  await raw('POST', '/actions/contact_merge', { base_contact_id: base.id, mergee_contact_id: merged });
  expect(await client.getContact(c, merged)).toBeNull();
  expect((await client.getContact(c, base.id))?.inboxes).toHaveLength(2);
  expect((await client.listContactConversations(c, base.id)).map(({ id }) => id)).toEqual([conversation]);
});

test('a public message goes to the person, and shows in WhatsApp’s record; a note does not', async () => {
  const id = await createConversation();
  await client.postMessage(c, id, { content: 'só para nós', private: true });
  expect(sandbox.whatsapp.calls()).toEqual([]);
  await client.postMessage(c, id, { content: 'olá', private: false });
  expect(sandbox.whatsapp.calls()).toMatchObject([
    { via: 'chatwoot', to: '5511987654321', effect: true, template: null, attemptId: null },
  ]);
  expect(sandbox.whatsapp.state().messages).toMatchObject([{ via: 'chatwoot', text: 'olá' }]);
});

describe('webhooks', () => {
  test('tell each change, signed, with before and after', async () => {
    await sandbox.chatwoot.registerWebhook({ url: receiver.url });
    const id = await createConversation();
    await client.assignAgent(c, id, sandbox.chatwoot.agents[1]!.id);
    await control(c.baseUrl, 'POST', 'labels', { conversationId: id, labels: ['Convertido'] });
    await client.setStatus(c, id, 'resolved');
    await client.postMessage(c, id, { content: 'nota', private: true });
    await sandbox.settled();
    expect(
      hooks()
        .map(({ event }) => event)
        .sort(),
    ).toEqual([
      'contact_created',
      'conversation_created',
      'conversation_status_changed',
      'conversation_updated',
      'conversation_updated',
      'conversation_updated',
      'message_created',
    ]);
    expect(hooks().flatMap(({ changed_attributes }) => changed_attributes ?? [])).toEqual(
      expect.arrayContaining([
        { label_list: { previous_value: [], current_value: ['convertido'] } },
        { assignee_id: { previous_value: null, current_value: sandbox.chatwoot.agents[1]!.id } },
        { status: { previous_value: 'open', current_value: 'resolved' } },
      ]),
    );
    const ids = new Set<unknown>();
    for (const { raw: bytes, headers } of receiver.received) {
      const timestamp = String(headers['x-chatwoot-timestamp']);
      const digest = createHmac('sha256', sandbox.chatwoot.webhookSecret)
        .update(`${timestamp}.`)
        .update(bytes);
      expect(headers['x-chatwoot-signature']).toBe(`sha256=${digest.digest('hex')}`);
      ids.add(headers['x-chatwoot-delivery']);
    }
    expect(ids.size).toBe(receiver.received.length);
  });

  test('are sent once, whatever comes back', async () => {
    await sandbox.chatwoot.registerWebhook({ url: receiver.url });
    receiver.answer = (response) => response.writeHead(503).end();
    const id = await createConversation();
    await sandbox.settled();
    expect(
      hooks()
        .map(({ event }) => event)
        .sort(),
    ).toEqual(['contact_created', 'conversation_created']);
    receiver.answer = (response) => response.socket?.destroy();
    sandbox.chatwoot.setLabels(id, ['um']);
    await sandbox.settled();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(receiver.received).toHaveLength(3);
  });

  test('come only for what was subscribed, unsigned from an older version', async () => {
    const target = { url: receiver.url, subscriptions: ['conversation_updated'] };
    expect((await control(c.baseUrl, 'PUT', 'webhooks', target)).status).toBe(200);
    await control(c.baseUrl, 'PUT', 'webhooks', target);
    await control(c.baseUrl, 'PUT', 'behaviour', { signWebhooks: false });
    const id = await createConversation();
    sandbox.chatwoot.setLabels(id, ['um']);
    await sandbox.settled();
    expect(hooks().map(({ event }) => event)).toEqual(['conversation_updated']);
    expect(receiver.received[0]!.headers).not.toHaveProperty('x-chatwoot-signature');
  });

  test('are lost or doubled on demand; a double has the same delivery id', async () => {
    await sandbox.chatwoot.registerWebhook({ url: receiver.url });
    await control(c.baseUrl, 'PUT', 'webhook-faults', { lose: 1 });
    const id = await createConversation();
    await control(c.baseUrl, 'PUT', 'webhook-faults', { duplicate: 4 });
    sandbox.chatwoot.setLabels(id, ['um']);
    await sandbox.settled();
    expect(receiver.received).toHaveLength(5);
    const deliveries = receiver.received.map(({ headers }) => headers['x-chatwoot-delivery']);
    expect(new Set(deliveries).size).toBe(1);
  });

  test('tell what an agent writes', async () => {
    await sandbox.chatwoot.registerWebhook({ url: receiver.url, subscriptions: ['message_created'] });
    const conversationId = await createConversation();
    const bruno = sandbox.chatwoot.agents[1]!;
    const message = { conversationId, content: 'Oi, sou o Bruno', agentId: bruno.id };
    expect((await control(c.baseUrl, 'POST', 'messages', message)).status).toBe(200);
    await sandbox.settled();
    expect(hooks()).toMatchObject([
      {
        message_type: 'outgoing',
        private: false,
        sender: { email: bruno.email },
        conversation: { id: conversationId },
      },
    ]);
  });
});

// The fixtures lie beside this repository, not in it.
const FIXTURES = join(import.meta.dirname, '../../../shared/fixtures/chatwoot');

(existsSync(FIXTURES) ? test : test.skip)('webhooks have the keys of real ones', async () => {
  await sandbox.chatwoot.registerWebhook({ url: receiver.url });
  const id = await createConversation();
  await client.postMessage(c, id, { content: 'olá', private: false });
  sandbox.chatwoot.setLabels(id, ['venda-fechada']);
  await client.setStatus(c, id, 'resolved');
  await until(() => receiver.received.length === 6, 'six webhooks');
  const fixtures = {
    contact_created: 'contact_created',
    message_created: 'message_created__outgoing_agent',
    conversation_status_changed: 'conversation_status_changed__resolved',
  };
  for (const [event, name] of Object.entries(fixtures)) {
    const fixture = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'));
    const mine = hooks().find((hook) => hook.event === event);
    expect(shapeOf(mine)).toEqual(shapeOf(fixture));
  }
});

/** Keys with the kind of their value; null fits everything, free objects and ids in lists are left out. */
function shapeOf(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 2) return 'value';
  if (Array.isArray(value)) return 'list';
  const shape: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[key];
    shape[key] = /attributes|assignee|team|sender/.test(key) ? 'any' : shapeOf(inner, depth + 1);
  }
  return shape;
}
