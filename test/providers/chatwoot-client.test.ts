import type { ServerResponse } from 'node:http';
import * as chatwoot from '../../src/providers/chatwoot/client.ts';
import { type ChatwootConnection, ChatwootError } from '../../src/providers/chatwoot/client.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { failureOf } from './failure.ts';
import { type FakeProvider, freePort, startProvider } from './http-server.ts';

let sandbox: Sandbox;
let c: ChatwootConnection;
let provider: FakeProvider;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  sandbox = await startSandbox();
  c = {
    baseUrl: sandbox.chatwoot.url,
    accountId: sandbox.chatwoot.accountId,
    token: sandbox.chatwoot.token,
  };
  provider = await startProvider((_, response) => answer(response));
});
afterAll(async () => {
  await sandbox.close();
  await provider.close();
  await closeHttp();
});
beforeEach(() => {
  provider.seen.length = 0;
});

let people = 0;
function person() {
  people++;
  return {
    inboxId: sandbox.chatwoot.inboxId,
    name: 'Joana Prado',
    phone: `+55119${String(80_000_000 + people)}`,
    identifier: `lf-${people}`,
  };
}

async function conversationOf(fields: Partial<chatwoot.NewConversation> = {}): Promise<number> {
  const { id } = await chatwoot.createContact(c, person());
  const conversation = { inboxId: sandbox.chatwoot.inboxId, contactId: id, ...fields };
  return (await chatwoot.createConversation(c, conversation)).id;
}

const failure = (promise: Promise<unknown>) => failureOf(ChatwootError, promise);

function atProvider(timeoutMs?: number): ChatwootConnection {
  return { ...c, baseUrl: provider.url, timeoutMs };
}

const byPhone = (phone: string) => chatwoot.findContacts(c, { identifier: 'lf-none', phones: [phone] });

describe('contacts', () => {
  test('are created, found by phone and identifier, read and changed', async () => {
    const joana = person();
    const created = await chatwoot.createContact(c, {
      ...joana,
      email: 'Joana@exemplo.com.br',
      customAttributes: { origem: 'api_oficial', cnpj: 'x' },
    });
    expect(created.sourceId).toBe(joana.phone.slice(1));

    const expected = {
      id: created.id,
      name: 'Joana Prado',
      phone: joana.phone,
      email: 'Joana@exemplo.com.br',
      identifier: joana.identifier,
      customAttributes: { origem: 'api_oficial', cnpj: 'x' },
      inboxes: [{ inboxId: sandbox.chatwoot.inboxId, sourceId: created.sourceId }],
    };
    expect(await byPhone(joana.phone)).toEqual([expected]);
    expect(await byPhone(joana.phone.slice(1))).toEqual([expected]);
    const { identifier } = joana;
    expect(await chatwoot.findContacts(c, { identifier, phones: [] })).toEqual([expected]);
    expect(await chatwoot.getContact(c, created.id)).toEqual(expected);

    await chatwoot.updateContact(c, created.id, { name: 'Joana P.', customAttributes: { cnpj: 'y' } });
    const changed = await chatwoot.getContact(c, created.id);
    expect(changed).toMatchObject({
      name: 'Joana P.',
      phone: joana.phone,
      customAttributes: { origem: 'api_oficial', cnpj: 'y' },
    });
  });

  test('are found by identifier or any of several numbers in one call', async () => {
    const [one, two, three] = [person(), person(), person()];
    const ids = [];
    for (const fields of [one, two, three]) ids.push((await chatwoot.createContact(c, fields)).id);
    sandbox.chatwoot.clearCalls();
    const who = { identifier: two.identifier, phones: [one.phone, '+5511900000000'] };
    const found = await chatwoot.findContacts(c, who);
    expect(found.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(sandbox.chatwoot.calls()).toHaveLength(1);
  });

  test('that are not there', async () => {
    expect(await byPhone('+5511900000000')).toEqual([]);
    expect(await chatwoot.getContact(c, 999_999)).toBeNull();
    expect((await failure(chatwoot.updateContact(c, 999_999, { name: 'x' }))).kind).toBe('not_found');
    expect((await failure(chatwoot.listContactConversations(c, 999_999))).kind).toBe('not_found');
  });

  test('a phone or an identifier that is taken is told by field, without the value', async () => {
    const joana = person();
    await chatwoot.createContact(c, joana);
    const samePhone = await failure(chatwoot.createContact(c, { ...person(), phone: joana.phone }));
    expect(samePhone).toMatchObject({
      kind: 'taken',
      status: 422,
      details: { attributes: ['phone_number'], words: 'Phone number has already been taken' },
    });
    const same = await failure(chatwoot.createContact(c, { ...person(), identifier: joana.identifier }));
    expect(same).toMatchObject({ kind: 'taken', details: { attributes: ['identifier'] } });
    for (const error of [samePhone, same]) {
      expect(`${error.message}${error.stack}`).not.toContain(joana.phone.slice(1));
      expect(error.message).not.toContain(joana.identifier);
    }
  });

  test('two with one phone come both, the older one first', async () => {
    const joana = person();
    const first = await chatwoot.createContact(c, joana);
    sandbox.chatwoot.setBehaviour({ allowDuplicatePhones: true });
    const second = await chatwoot.createContact(c, { ...person(), phone: joana.phone });
    sandbox.chatwoot.setBehaviour({ allowDuplicatePhones: false });
    const found = await byPhone(joana.phone);
    expect(found.map(({ id }) => id)).toEqual([first.id, second.id]);
    // The later one took the address over, as in Chatwoot.
    expect(found[1]?.inboxes).toEqual([
      { inboxId: sandbox.chatwoot.inboxId, sourceId: joana.phone.slice(1) },
    ]);
    expect(found[0]?.inboxes[0]?.sourceId).toContain('whatsapp:');
  });

  test('get a second address, safely repeated', async () => {
    const { id } = await chatwoot.createContact(c, person());
    const address = { inboxId: sandbox.chatwoot.inboxId, sourceId: `5531${id}` };
    expect(await chatwoot.createContactInbox(c, id, address)).toEqual({ sourceId: address.sourceId });
    expect(await chatwoot.createContactInbox(c, id, address)).toEqual({ sourceId: address.sourceId });
    expect((await chatwoot.getContact(c, id))?.inboxes).toHaveLength(2);
  });
});

describe('conversations', () => {
  test('each creation opens another; the newest comes first', async () => {
    const { id: contactId, sourceId } = await chatwoot.createContact(c, person());
    const [ana] = sandbox.chatwoot.agents;
    const wanted = {
      sourceId,
      inboxId: sandbox.chatwoot.inboxId,
      contactId,
      assigneeId: ana!.id,
      teamId: sandbox.chatwoot.teamId,
      customAttributes: { lead_id: 'a' },
    };
    const first = await chatwoot.createConversation(c, wanted);
    const second = await chatwoot.createConversation(c, { ...wanted, status: 'pending' });
    expect(second.id).toBe(first.id + 1);
    const listed = await chatwoot.listContactConversations(c, contactId);
    expect(listed.map(({ id, status }) => [id, status])).toEqual([
      [second.id, 'pending'],
      [first.id, 'open'],
    ]);
    expect(await chatwoot.getConversation(c, first.id)).toEqual({
      id: first.id,
      contactId,
      inboxId: sandbox.chatwoot.inboxId,
      status: 'open',
      labels: [],
      customAttributes: { lead_id: 'a' },
      assigneeId: ana!.id,
      teamId: sandbox.chatwoot.teamId,
      createdAt: expect.any(Date),
      lastActivityAt: expect.any(Date),
    });
    const age = Date.now() - listed[0]!.createdAt!.getTime();
    expect(age).toBeLessThan(60_000);
    expect(await chatwoot.getConversation(c, 999_999)).toBeNull();
  });

  test('labels and attributes are replaced by set, kept by add and merge', async () => {
    const id = await conversationOf({ customAttributes: { a: 1 } });
    expect(await chatwoot.addLabels(c, id, ['um'])).toEqual(['um']);
    expect(await chatwoot.addLabels(c, id, ['dois', 'um'])).toEqual(['um', 'dois']);
    expect(await chatwoot.getLabels(c, id)).toEqual(['um', 'dois']);
    await chatwoot.setLabels(c, id, ['tres']);
    expect(await chatwoot.getLabels(c, id)).toEqual(['tres']);

    expect(await chatwoot.mergeCustomAttributes(c, id, { b: 2 })).toEqual({ a: 1, b: 2 });
    expect((await chatwoot.getConversation(c, id))?.customAttributes).toEqual({ a: 1, b: 2 });
    await chatwoot.setCustomAttributes(c, id, { c: 3 });
    expect((await chatwoot.getConversation(c, id))?.customAttributes).toEqual({ c: 3 });
  });

  test('what is there already is not written again', async () => {
    const id = await conversationOf({ customAttributes: { a: 1 } });
    await chatwoot.setLabels(c, id, ['um']);
    sandbox.chatwoot.clearCalls();
    await chatwoot.addLabels(c, id, ['um']);
    await chatwoot.mergeCustomAttributes(c, id, { a: 1 });
    expect(sandbox.chatwoot.calls().map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test.each(['not_found', 'unassign'] as const)(
    'an unknown agent or team is not_found where Chatwoot answers so (%s)',
    async (unknownAssignee) => {
      sandbox.chatwoot.setBehaviour({ unknownAssignee });
      const id = await conversationOf();
      expect((await failure(chatwoot.assignAgent(c, id, 4711))).kind).toBe('not_found');
      expect((await failure(chatwoot.assignTeam(c, id, 4711))).kind).toBe('not_found');
      sandbox.chatwoot.setBehaviour({ unknownAssignee: 'not_found' });
    },
  );

  test('are assigned, unassigned and resolved', async () => {
    const id = await conversationOf();
    const bruno = sandbox.chatwoot.agents[1]!;
    await chatwoot.assignAgent(c, id, bruno.id);
    await chatwoot.assignTeam(c, id, sandbox.chatwoot.teamId);
    await chatwoot.setStatus(c, id, 'resolved');
    const assigned = await chatwoot.getConversation(c, id);
    expect(assigned).toMatchObject({
      assigneeId: bruno.id,
      teamId: sandbox.chatwoot.teamId,
      status: 'resolved',
    });
    await chatwoot.assignAgent(c, id, null);
    await chatwoot.assignTeam(c, id, null);
    expect(await chatwoot.getConversation(c, id)).toMatchObject({ assigneeId: null, teamId: null });
  });

  const lately = () => new Date(Date.now() - 60_000);

  test('of an inbox that changed lately come over all pages, whatever their status', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 30; n++) ids.push(await conversationOf());
    sandbox.chatwoot.setStatus(ids[0]!, 'resolved');
    const { inboxId } = sandbox.chatwoot;
    const look = (since: Date, mostPages = 10) =>
      chatwoot.listChangedConversations(c, { since, inboxId, mostPages });
    const { conversations, complete } = await look(lately());
    expect(conversations.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(complete).toBe(true);
    expect(conversations[0]).toMatchObject({ at: expect.any(Date), raw: { labels: [], inbox_id: inboxId } });
    const first = await look(lately(), 1);
    expect(first).toMatchObject({ complete: false });
    expect(first.conversations.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 25));
    const nothing = { conversations: [], complete: true };
    expect(await look(new Date(Date.now() + 60_000))).toEqual(nothing);
    const elsewhere = { since: lately(), inboxId: 4711, mostPages: 10 };
    expect(await chatwoot.listChangedConversations(c, elsewhere)).toEqual(nothing);
  });

  test('with any of some labels come however quiet they are, by the time of their change', async () => {
    const [one, two, other] = [await conversationOf(), await conversationOf(), await conversationOf()];
    for (let n = 0; n < 30; n++) {
      const id = await conversationOf();
      if (n > 0) sandbox.chatwoot.setLabels(id, ['adiar-7d']);
    }
    sandbox.chatwoot.setLabels(one, ['convertido']);
    sandbox.chatwoot.setLabels(two, ['vip', 'adiar-7d']);
    sandbox.chatwoot.setLabels(other, ['vip']);
    const wanted = { since: lately(), labels: ['convertido', 'adiar-7d'], mostPages: 10 };
    const found = await chatwoot.listChangedConversations(c, wanted);
    const ids = found.conversations.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([one, two]));
    expect(ids).toHaveLength(31);
    expect(ids).not.toContain(other);
    expect(found.complete).toBe(true);
  });
});

describe('messages', () => {
  test('a note stays inside, with what Chatwoot keeps of it', async () => {
    const id = await conversationOf();
    sandbox.whatsapp.clearCalls();
    const first = await chatwoot.postMessage(c, id, { content: 'Indicação recebida', private: true });
    const second = await chatwoot.postMessage(c, id, {
      content: 'Modelo enviado',
      private: true,
      contentAttributes: { in_reply_to: first.id, own: 'x' },
      sourceId: 'attempt-1',
    });
    expect(await chatwoot.listMessages(c, id)).toEqual([
      note(first.id, 'Indicação recebida', {}, null),
      note(second.id, 'Modelo enviado', { in_reply_to: first.id }, 'attempt-1'),
    ]);
    expect(await chatwoot.listMessages(c, id, { after: first.id })).toHaveLength(1);
    expect(await chatwoot.listMessages(c, id, { before: second.id })).toHaveLength(1);
    expect(sandbox.whatsapp.calls()).toEqual([]);
  });

  test('since then, over as many pages as are wanted', async () => {
    const id = await conversationOf();
    const ids: number[] = [];
    for (let n = 0; n < 45; n++) {
      ids.push((await chatwoot.postMessage(c, id, { content: `${n}`, private: true })).id);
    }
    const look = (since: Date, mostPages: number) =>
      chatwoot.listMessagesSince(c, id, { since, mostPages }).then((found) => found.map((one) => one.id));
    const since = new Date(Date.now() - 60_000);
    expect(await look(since, 9)).toEqual(ids);
    expect(await look(since, 2)).toEqual(ids.slice(-40));
    expect(await look(new Date(Date.now() + 60_000), 9)).toEqual([]);
  });

  test('to a conversation that is not there', async () => {
    const error = await failure(chatwoot.postMessage(c, 999_999, { content: 'x', private: true }));
    expect(error.kind).toBe('not_found');
  });
});

function note(id: number, content: string, contentAttributes: object, sourceId: string | null) {
  return {
    id,
    content,
    private: true,
    messageType: 'outgoing',
    contentAttributes,
    sourceId,
    createdAt: expect.any(Date),
  };
}

test('agents, teams and inboxes are listed', async () => {
  sandbox.chatwoot.setAvailability(sandbox.chatwoot.agents[2]!.id, 'offline');
  const agents = await chatwoot.listAgents(c);
  expect(agents.map(({ email, availability }) => [email, availability])).toEqual([
    ['ana@exemplo.com.br', 'online'],
    ['bruno@exemplo.com.br', 'online'],
    ['carla@exemplo.com.br', 'offline'],
  ]);
  expect(await chatwoot.listTeams(c)).toEqual([{ id: sandbox.chatwoot.teamId, name: 'vendas' }]);
  expect(await chatwoot.listInboxes(c)).toEqual([
    {
      id: sandbox.chatwoot.inboxId,
      name: 'WhatsApp Vendas',
      channelType: 'Channel::Whatsapp',
      phone: '+5511940000001',
    },
  ]);
});

describe('errors', () => {
  test('a wrong token is unauthorized', async () => {
    const error = await failure(chatwoot.listAgents({ ...c, token: 'wrong' }));
    expect(error).toMatchObject({ kind: 'unauthorized', status: 401 });
  });

  test.each([
    [400, {}, 'refused'],
    [403, {}, 'unauthorized'],
    [404, { error: 'Resource could not be found' }, 'not_found'],
    [408, '', 'unavailable'],
    [422, { message: 'Email Invalid email', attributes: ['email'] }, 'refused'],
    [422, { message: 'Email has already been taken', attributes: ['email'] }, 'taken'],
    [429, 'Retry later\n', 'rate_limited'],
    [500, '<html>', 'unavailable'],
    [503, {}, 'unavailable'],
    [302, '', 'refused'],
  ] as const)('HTTP %i with %j is %s', async (status, body, kind) => {
    answer = (response) => {
      response.writeHead(status);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const error = await failure(chatwoot.createContact(atProvider(), person()));
    expect({ kind: error.kind, status: error.status }).toEqual({ kind, status });
    expect(provider.seen).toHaveLength(1);
  });

  test('Retry-After comes in milliseconds, null where Chatwoot does not say', async () => {
    answer = (response) => response.writeHead(429, { 'retry-after': '3' }).end();
    expect((await failure(chatwoot.listAgents(atProvider()))).retryAfterMs).toBe(3_000);
    answer = (response) => response.writeHead(429).end();
    expect((await failure(chatwoot.listAgents(atProvider()))).retryAfterMs).toBeNull();
  });

  test('time-out, cut and refused connections, and answers that are none, are unavailable', async () => {
    answer = () => undefined;
    const late = await failure(chatwoot.listAgents(atProvider(150)));
    expect(late).toMatchObject({ kind: 'unavailable', status: null });
    answer = (response) => response.socket?.destroy();
    expect((await failure(chatwoot.createContact(atProvider(), person()))).kind).toBe('unavailable');
    const refused = { ...c, baseUrl: `http://127.0.0.1:${await freePort()}` };
    expect((await failure(chatwoot.listAgents(refused))).kind).toBe('unavailable');
    answer = (response) => response.end('<html>maintenance</html>');
    expect((await failure(chatwoot.getContact(atProvider(), 1))).kind).toBe('unavailable');
    expect((await failure(chatwoot.listContactConversations(atProvider(), 1))).kind).toBe('unavailable');
    const wanted = { since: new Date(), labels: ['x'], mostPages: 1 };
    expect((await failure(chatwoot.listChangedConversations(atProvider(), wanted))).kind).toBe('unavailable');
    expect((await failure(chatwoot.listMessagesSince(atProvider(), 1, wanted))).kind).toBe('unavailable');
  });

  test('words are masked, and messages carry none of them', async () => {
    const words = 'Phone number +5511987654321 of joana@exemplo.com.br is odd';
    answer = (response) =>
      response
        .writeHead(422)
        .end(JSON.stringify({ message: words, attributes: ['phone_number', '+5511987654321'] }));
    const error = await failure(chatwoot.createContact(atProvider(), person()));
    expect(error.message).toBe('Chatwoot: refused (HTTP 422; phone_number)');
    expect(error.details).toEqual({
      attributes: ['phone_number'],
      words: 'Phone number [number] of [e-mail] is odd',
    });
  });
});
