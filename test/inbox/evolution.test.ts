import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { timelineOf, wordsFor } from '../harness/leads.ts';
import type { Product } from '../harness/product.ts';
import { whileInsertsFail } from '../harness/owner.ts';
import { addTenant, type SecondTenant } from '../harness/second-tenant.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  addGateway,
  envelope,
  type Gateway,
  gatewayToken,
  jid,
  newId,
  posting,
  processed,
  sentOver,
  TOKEN,
  told,
  wrote,
} from './evolution-gateway.ts';
import { applyEvents, nothing, ONE, post, storing } from './webhooks.ts';

const product = suiteProduct({ worker: false });
let gateway: Gateway;
beforeAll(async () => {
  gateway = await addGateway(product);
});

const upsert = (data: unknown, over: object = {}) =>
  envelope(gateway.instance, 'messages.upsert', data, { ...over });
const hear = (event: string, data: unknown, over: object = {}) =>
  told(product, gateway, envelope(gateway.instance, event, data, { ...over }));
const referred = async (telefone: string) => (await product.refer({ telefone })).lead_id as string;
const words = (leadId: string) => wordsFor(product, leadId);
const kinds = (leadId: string) => timelineOf(product, leadId);
const identities = async (leadId: string) =>
  (
    await product.query<{ name: string }>(
      `select i.kind || ' ' || i.value as name from person_identity i join lead l on l.person_id = i.person_id
       where l.id = $1 order by 1`,
      [leadId],
    )
  ).map(({ name }) => name);

/** Numbers that nobody has, one after another: without 9 as WhatsApp writes it, with 9 as people do. */
let numbers = 0;
const newNumber = () => {
  const last = String(8_760_000 + numbers++);
  return { typed: `(31) 9${8}${last.slice(0, 3)}-${last.slice(3)}`, waId: `55318${last}` };
};

describe('by the key in the address', () => {
  test('a message: processed, and stored once', async () => {
    const body = upsert(wrote(jid('5511987650001'), 'oi'));
    const send = () => posting(gateway.byKey, body);
    expect(await storing(product, async () => (await send()).said)).toEqual({ ...ONE, result: 'processed' });
    expect(await storing(product, async () => (await send()).http)).toEqual(nothing(200));
  });

  test('100 copies at once: one event, one suppression, and every one is told 200', async () => {
    const body = upsert(wrote(jid('5511987650002'), 'Sair!'));
    const answers = await storing(product, () =>
      Promise.all(Array.from({ length: 100 }, () => post(gateway.byKey, body))),
    );
    expect(answers).toEqual({ result: Array(100).fill(200), events: 1, stops: 1 });
  });

  test('one address for each event, also where the body does not name it', async () => {
    const { event: _none, ...body } = upsert(wrote(jid('5511987650003'), 'oi'));
    const send = async () => (await posting(`${gateway.byKey}/messages-upsert`, body)).said;
    expect(await storing(product, send)).toEqual({ ...ONE, result: 'processed' });
    expect((await posting(`${gateway.byKey}/presence-update`, { ...body, event: null })).said).toBe(
      'ignored',
    );
  });

  test('what nobody will ask for is not stored', async () => {
    const presence = envelope(gateway.instance, 'presence.update', {
      id: jid('5511987650003'),
      presences: {},
    });
    expect(await storing(product, async () => (await posting(gateway.byKey, presence)).said)).toEqual({
      result: 'ignored',
      events: 0,
      stops: 0,
    });
  });

  test('a key nobody has, and one of another kind: 404', async () => {
    const body = upsert(wrote(jid('5511987650004'), 'SAIR'));
    for (const url of [`${gateway.byKey}x`, product.webhooks.whatsapp.replace('whatsapp', 'evolution')]) {
      expect(await storing(product, () => post(url, body))).toEqual(nothing(404));
    }
    const elsewhere = gateway.byKey.replace('/evolution/', '/chatwoot/');
    expect(await storing(product, () => post(elsewhere, body))).toEqual(nothing(404));
  });

  test('the key proves the gateway: the secret need not fit besides', async () => {
    const send = async () =>
      (await posting(gateway.byKey, upsert(wrote(jid('5511987650005'), 'oi')), { 'x-webhook-secret': 'x' }))
        .http;
    expect(await storing(product, send)).toEqual(ONE);
  });

  test('one address for all of the instances: each is its own channel', async () => {
    const other = await addGateway(product);
    await posting(
      gateway.byKey,
      envelope(other.instance, 'messages.upsert', wrote(jid('5511987650006'), 'oi')),
    );
    const [event] = await product.query('select endpoint_id from inbox_event order by id desc limit 1');
    expect(event).toEqual({ endpoint_id: other.id });
  });

  test('an instance that is none of ours: ignored, nothing of what was said there kept, no stop', async () => {
    const body = envelope('de-outra-empresa', 'messages.upsert', wrote(jid('5511987650007'), 'SAIR'));
    const send = async () => (await posting(gateway.byKey, body)).said;
    expect(await storing(product, send)).toEqual({ result: 'ignored', events: 1, stops: 0 });
    expect(await storing(product, send)).toEqual({ result: 'ignored', events: 0, stops: 0 });
    await applyEvents(product);
    const [event] = await product.query('select payload, outcome from inbox_event order by id desc limit 1');
    expect(event).toMatchObject({
      outcome: 'ignored',
      payload: { instance: 'de-outra-empresa', reason: 'other_instance', pieces: [] },
    });
  });
});

describe('by the instance and a secret', () => {
  const send = (headers: Record<string, string>, body: unknown = upsert(wrote(jid('5511987650010'), 'oi'))) =>
    storing(product, () => post(gateway.bySecret, body, headers));

  test('in a header, as a bearer, as a token; with the event in the path or not', async () => {
    const { secret } = gateway;
    expect(await send({ 'x-webhook-secret': secret })).toEqual(ONE);
    expect(await send({ authorization: `Bearer ${secret}` })).toEqual(ONE);
    expect(await send({ authorization: `Bearer ${gatewayToken(secret)}` })).toEqual(ONE);
    const byEvents = () =>
      post(`${gateway.bySecret}messages-upsert`, upsert(wrote(jid('5511987650010'), 'oi')), {
        'x-webhook-secret': secret,
      });
    expect(await storing(product, byEvents)).toEqual(ONE);
  });

  test('wrong or none: 401', async () => {
    const { secret } = gateway;
    const expired = Math.floor(Date.now() / 1000) - 3_600;
    const refused: Record<string, string>[] = [
      {},
      { 'x-webhook-secret': '' },
      { 'x-webhook-secret': `${secret}x` },
      { 'x-webhook-secret': TOKEN },
      { authorization: `Basic ${secret}` },
      { authorization: `Bearer ${gatewayToken('another secret of 16')}` },
      { authorization: `Bearer ${gatewayToken(secret, { exp: expired })}` },
      { authorization: `Bearer ${gatewayToken(secret, { app: 'other' })}` },
    ];
    for (const headers of refused) expect(await send(headers)).toEqual(nothing(401));
  });

  test('an instance nobody has, or none: 404; a body that is none: 400', async () => {
    const headers = { 'x-webhook-secret': gateway.secret };
    expect(await send(headers, { ...upsert([]), instance: 'ninguem' })).toEqual(nothing(404));
    expect(await send(headers, { event: 'messages.upsert', data: {} })).toEqual(nothing(404));
    for (const body of [
      '{"event":',
      '',
      '{"a":1,"a":2}',
      `{"instance":"${gateway.instance}","__proto__":{}}`,
    ]) {
      expect(await storing(product, () => post(gateway.bySecret, Buffer.from(body), headers))).toEqual(
        nothing(400),
      );
    }
    expect(
      await storing(product, () => post(gateway.bySecret, Buffer.alloc(1_100_000, ' '), headers)),
    ).toEqual(nothing(413));
  });

  test('a body of the right sender that is broken: 400, and the fact alone is kept', async () => {
    const broken = () => post(gateway.byKey, Buffer.from(JSON.stringify(upsert([])).slice(0, -2)));
    expect(await storing(product, broken)).toEqual({ ...ONE, result: 400 });
    const gzipped = () =>
      post(gateway.byKey, gzipSync(JSON.stringify(upsert(wrote(jid('5511987650011'), 'oi')))), {
        'content-encoding': 'gzip',
      });
    expect(await storing(product, gzipped)).toEqual(ONE);
  });

  test('two tenants have an instance of one name: the secret decides whose it is', async () => {
    const second: SecondTenant = await addTenant(product);
    const theirs = await addGateway({ ...second, url: product.url }, { instance: gateway.instance });
    const count = async ({ query }: { query: Product['query'] }) =>
      (await query<{ n: number }>('select count(*) as n from inbox_event'))[0]?.n ?? 0;
    const before = [await count(product), await count(second)];
    const body = () => upsert(wrote(jid('5511987650012'), 'oi'));
    expect(await post(theirs.bySecret, body(), { 'x-webhook-secret': theirs.secret })).toBe(200);
    expect([await count(product), await count(second)]).toEqual([before[0], before[1]! + 1]);
    expect(await post(gateway.bySecret, body(), { 'x-webhook-secret': gateway.secret })).toBe(200);
    expect([await count(product), await count(second)]).toEqual([before[0]! + 1, before[1]! + 1]);
    expect(await post(gateway.bySecret, body(), { 'x-webhook-secret': TOKEN })).toBe(401);
  });

  test('what was set up or changed a moment ago counts: the gateway would not ask again', async () => {
    const instance = `logo-${randomUUID()}`;
    const body = () => envelope(instance, 'messages.upsert', wrote(jid('5511987650013'), 'oi'));
    const secret = 'um segredo qualquer'.replaceAll(' ', '-');
    const ask = (given: string) => post(gateway.bySecret, body(), { 'x-webhook-secret': given });
    expect(await ask(secret)).toBe(404);
    const { id } = await addGateway(product, { instance, secret });
    expect(await ask(secret)).toBe(200);
    const next = 'outro-segredo-qualquer';
    expect(await ask(next)).toBe(401);
    await product.call('PATCH', `/v1/channels/${id}`, { secret: next });
    expect([await ask(next), await ask(secret)]).toEqual([200, 200]);
  });
});

describe('a passing fault: 503, as no gateway repeats after a 4xx', () => {
  const ways = ['byKey', 'bySecret'] as const;
  const send = async (way: (typeof ways)[number], given: Gateway, body: unknown) => {
    const { http, headers } = await posting(given[way], body, { 'x-webhook-secret': given.secret });
    return [http, headers.get('retry-after')];
  };

  test.each(ways)('%s: it cannot be stored, and can be a moment later', async (way) => {
    const body = upsert(wrote(jid('5511987650014'), 'SAIR'));
    await whileInsertsFail(product, 'inbox_event', async () => {
      expect(await storing(product, () => send(way, gateway, body))).toEqual({
        result: [503, '5'],
        events: 0,
        stops: 0,
      });
    });
    expect(await storing(product, () => send(way, gateway, body))).toMatchObject({
      result: [200, null],
      events: 1,
    });
  });

  test('the secrets cannot be opened', async () => {
    const broken = await addGateway(product);
    const sealed = randomBytes(60);
    await product.query('update channel set app_secrets_sealed = $2 where id = $1', [broken.id, sealed]);
    const body = envelope(broken.instance, 'messages.upsert', wrote(jid('5511987650015'), 'oi'));
    expect(await send('bySecret', broken, body)).toEqual([503, '5']);
    expect(await send('byKey', broken, body)).toEqual([200, null]);
  });
});

describe('a stop is on the list before it is acknowledged', () => {
  test.each<[string, (text: string, from: string) => object]>([
    ['data is one message', (text, from) => wrote(from, text)],
    ['data.messages', (text, from) => ({ messages: [wrote(from, text)] })],
    ['a caption', (text, from) => wrote(from, '', { message: { imageMessage: { caption: text } } })],
    [
      'a button',
      (_text, from) =>
        wrote(from, '', {
          message: { buttonsResponseMessage: { selectedButtonId: `opt_out:${randomUUID()}` } },
        }),
    ],
  ])('%s', async (_name, data) => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const send = async () => (await posting(gateway.byKey, upsert(data(' parar!! ', jid(waId))))).said;
    expect(await storing(product, send)).toEqual({ result: 'processed', events: 1, stops: 1 });
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
    await applyEvents(product);
    expect(await words(leadId)).toEqual([{ kind: 'cancel', payload: {} }]);
    expect(await kinds(leadId)).toEqual(['received', 'replied', 'opted_out']);
  });

  test('of somebody hidden: it holds once it is known who they are, and their journey ends', async () => {
    const { typed, waId } = newNumber();
    const lid = '112233445566001@lid';
    expect(await told(product, gateway, upsert(wrote(lid, 'SAIR')))).toEqual(processed('opted_out'));
    const leadId = await referred(typed);
    expect(await words(leadId)).toEqual([]);
    const both = { remoteJid: jid(waId), lid, pushName: 'Ana' };
    expect(await hear('contacts.upsert', [both])).toEqual(processed('linked'));
    expect(await words(leadId)).toContainEqual({ kind: 'cancel', payload: {} });
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
  });

  test('with the phone only in remoteJidAlt', async () => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const key = { remoteJidAlt: jid(waId), addressingMode: 'lid' };
    const body = upsert(wrote('112233445566002@lid', 'SAIR', { key }));
    expect(await storing(product, () => post(gateway.byKey, body))).toMatchObject({ events: 1, stops: 2 });
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
  });
});

describe('what people write', () => {
  test.each<[string, (message: object) => object]>([
    ['data is the message', (message) => message],
    ['data is a list', (message) => [message]],
    ['data.messages', (message) => ({ messages: [message], type: 'notify' })],
  ])('%s: it joins their newest lead, and the workflow is told once', async (_name, shape) => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const message = wrote(jid(`${waId}:12`), 'quero saber mais');
    expect(await told(product, gateway, upsert(shape(message)))).toEqual(processed('replied'));
    expect(await told(product, gateway, upsert(shape(message)))).toEqual(processed());
    const { messages } = await product.lead(leadId);
    expect(messages).toMatchObject([
      { direction: 'in', kind: 'text', body: 'quero saber mais', wamid: message.key.id, state: 'received' },
    ]);
    expect(await words(leadId)).toEqual([
      { kind: 'signal', payload: { type: 'reply', messageId: messages[0].id } },
    ]);
    const [kept] = await product.query('select channel_id, sent_at from message where id = $1', [
      messages[0].id,
    ]);
    expect(kept).toEqual({ channel_id: gateway.id, sent_at: new Date(1_773_144_932_000) });
  });

  test('nobody we know; somebody without a lead', async () => {
    const { waId } = newNumber();
    const body = () => upsert(wrote(jid(waId), 'oi'));
    expect(await told(product, gateway, body())).toEqual(processed('contact_not_found'));
    const [person] = await product.query<{ id: string }>(
      `insert into person (tenant_id, name) values ($1, 'Rui') returning id`,
      [product.tenantId],
    );
    await product.query(
      `insert into person_identity (tenant_id, kind, value, hash, person_id) values ($1, 'phone', $2, '\\x00', $3)`,
      [product.tenantId, `+${waId}`, person?.id],
    );
    expect(await told(product, gateway, body())).toEqual(processed('no_lead'));
  });

  test('a hidden number is somebody once it came with their phone, or with the message they answer', async () => {
    const [one, two] = [newNumber(), newNumber()];
    const [first, second] = [await referred(one.typed), await referred(two.typed)];
    const hidden = (lid: string, key: object = {}, more: object = {}) =>
      told(product, gateway, upsert(wrote(`${lid}@lid`, 'oi', { key: { ...key }, ...more })));
    expect(await hidden('112233445566003')).toEqual(processed('contact_not_found'));
    expect(await hidden('112233445566003', { remoteJidAlt: jid(one.waId) })).toEqual(processed('replied'));
    expect(await hidden('112233445566003')).toEqual(processed('replied'));
    expect((await product.lead(first)).messages).toHaveLength(2);

    const asked = newId();
    await sentOver(product, gateway, second, asked);
    expect(await hidden('112233445566004', {}, { contextInfo: { stanzaId: asked } })).toEqual(
      processed('replied'),
    );
    expect(await hidden('112233445566004')).toEqual(processed('replied'));
    expect(await identities(second)).toContain('lid 112233445566004');
    // What official messages are sent to is WhatsApp's word alone.
    expect((await identities(first)).filter((name) => name.startsWith('wa_id'))).toEqual([]);
  });

  test('groups, status posts and lists are ignored', async () => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    for (const remoteJid of ['120363021234567890@g.us', 'status@broadcast']) {
      const body = upsert(wrote(remoteJid, 'SAIR', { key: { participant: jid(waId) } }));
      expect(await told(product, gateway, body)).toEqual({
        http: 200,
        said: 'ignored',
        outcomes: ['ignored'],
      });
    }
    await beginSend(product, leadId);
  });

  test('a reaction is no reply', async () => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const message = { reactionMessage: { key: { id: 'BAE5AAAA' }, text: '👍' } };
    expect(await told(product, gateway, upsert(wrote(jid(waId), '', { message })))).toEqual(
      processed('reacted'),
    );
    expect(await words(leadId)).toEqual([]);
  });
});

describe('edits and deletions carry only the id', () => {
  const REWORDED = { editedMessage: { conversation: 'Sair' } };
  const edited = (id: string, text: string, timestampMs = '1773144999000') =>
    hear('messages.edited', {
      key: { remoteJid: jid('5511900000000'), fromMe: true, id },
      type: 14,
      editedMessage: { conversation: text },
      timestampMs,
    });

  test('of a kept message: on the timeline of its lead; into a stop: an opt-out', async () => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const message = wrote(jid(waId), 'oi');
    const { id } = message.key;
    await told(product, gateway, upsert(message));
    expect(await edited(id, 'olá')).toEqual(processed('edited'));
    expect(await edited(id, 'Não quero', '1773145000000')).toEqual(processed('opted_out'));
    expect(await hear('messages.delete', { remoteJid: jid(waId), fromMe: false, id })).toEqual(
      processed('revoked'),
    );
    expect((await words(leadId)).at(-1)).toEqual({ kind: 'cancel', payload: {} });
    expect(await kinds(leadId)).toEqual(['received', 'replied', 'edited', 'edited', 'opted_out', 'revoked']);
    const { messages } = await product.lead(leadId);
    expect(messages.map(({ kind, body }: { kind: string; body: string }) => [kind, body])).toEqual([
      ['text', 'oi'],
      ['edit', 'olá'],
      ['edit', 'Não quero'],
      ['revoke', null],
    ]);
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
  });

  test('of somebody without a lead: the stop holds when they are referred', async () => {
    const { typed, waId } = newNumber();
    const message = wrote(jid(waId), 'oi');
    await told(product, gateway, upsert(message));
    expect(await edited(message.key.id, 'sair')).toEqual(processed('opted_out'));
    expect((await product.refer({ telefone: typed })).status).toBe('opted_out');
  });

  test.each([
    ['around its protocol', (id: string) => ({ protocolMessage: { key: { id }, type: 14, ...REWORDED } })],
    ['with the new wording itself', () => ({ editedMessage: { message: { conversation: 'Sair' } } })],
  ])(
    'that comes as a message %s: a stop when it is stored, whatever is known of the first',
    async (_, of) => {
      const { typed, waId } = newNumber();
      const leadId = await referred(typed);
      const first = wrote(jid(waId), 'oi');
      const edit = { ...first, message: of(first.key.id) };
      const stored = await storing(product, () => posting(gateway.byKey, upsert(edit)));
      expect(stored.stops).toBeGreaterThan(0);
      await applyEvents(product);
      expect((await words(leadId)).at(-1)).toEqual({ kind: 'cancel', payload: {} });
      expect(await kinds(leadId)).toEqual(['received', 'edited', 'opted_out']);
    },
  );

  test('of our own, or of nothing we know: no effect', async () => {
    const own = wrote(jid('5511987650020'), 'pare', { key: { fromMe: true } });
    await told(product, gateway, upsert(own));
    expect(await edited(own.key.id, 'SAIR')).toEqual(processed('own_message'));
    expect(await edited(newId(), 'olá')).toEqual(processed('unknown_message'));
  });

  test('a stop that overtakes its message is tried again until it has come', async () => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const message = wrote(jid(waId), 'oi');
    expect(await edited(message.key.id, 'PARAR')).toEqual(processed('pending'));
    await told(product, gateway, upsert(message));
    await product.query(`update inbox_event set due_at = now() where state = 'pending'`);
    expect(await applyEvents(product)).toBe(1);
    expect((await words(leadId)).at(-1)).toEqual({ kind: 'cancel', payload: {} });
  });
});

describe('statuses', () => {
  const documented = (id: string, status: number) => ({
    key: { remoteJid: jid('5511987650030'), id },
    update: { status },
  });
  const own = (keyId: string, status: string) => ({ keyId, messageId: 'cmb1x0001', status, fromMe: false });
  const sent = async () => {
    const id = newId();
    const leadId = await referred(newNumber().typed);
    await sentOver(product, gateway, leadId, id);
    const state = async () => {
      const { messages } = await product.lead(leadId);
      const { sent_at, delivered_at, read_at, failed_at } = messages[0];
      return [messages[0].state, ...[sent_at, delivered_at, read_at, failed_at].map((at) => at !== null)];
    };
    return { id, leadId, state };
  };

  test('the gateway’s own words: they only move forward', async () => {
    const { id, state } = await sent();
    for (const [word, expected] of [
      ['PENDING', ['queued', false, false, false, false]],
      ['DELIVERY_ACK', ['delivered', true, true, false, false]],
      ['SERVER_ACK', ['delivered', true, true, false, false]],
      ['READ', ['read', true, true, true, false]],
      ['ERROR', ['read', true, true, true, true]],
    ] as const) {
      expect(await hear('messages.update', own(id, word))).toEqual(processed('updated'));
      expect(await state()).toEqual(expected);
    }
  });

  test('as numbers, in lists, all at once and backwards', async () => {
    const { id, state } = await sent();
    const { id: other, state: otherState } = await sent();
    const updates = [documented(id, 3), documented(other, 1), documented(id, 2), documented(id, 1)];
    expect(await hear('messages.update', updates)).toEqual(processed(...Array(4).fill('updated')));
    expect((await state())[0]).toBe('read');
    expect((await otherState())[0]).toBe('sent');
  });

  test('numbered as the library does, where the instance is set so', async () => {
    const baileys = await addGateway(product);
    const set = await product.call('PATCH', `/v1/channels/${baileys.id}`, { status_numbering: 'baileys' });
    expect(set.body).toMatchObject({ status_numbering: 'baileys' });
    const id = newId();
    const leadId = await referred(newNumber().typed);
    await sentOver(product, baileys, leadId, id);
    const body = envelope(baileys.instance, 'messages.update', documented(id, 2));
    expect(await told(product, baileys, body)).toEqual(processed('updated'));
    expect((await product.lead(leadId)).messages[0].state).toBe('sent');
  });

  test('of what is not ours: typed on the phone, received, or sent by another number', async () => {
    expect(await hear('messages.update', own(newId(), 'READ'))).toEqual(processed('not_campaign'));
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const message = wrote(jid(waId), 'oi');
    await told(product, gateway, upsert(message));
    expect(await hear('messages.update', own(message.key.id, 'READ'))).toEqual(processed('not_campaign'));
    expect((await product.lead(leadId)).messages[0].state).toBe('received');
    const elsewhere = newId();
    const { leadId: another } = await sent();
    await sentOver(product, await addGateway(product), another, elsewhere);
    expect(await hear('messages.update', own(elsewhere, 'READ'))).toEqual(processed('not_campaign'));
  });

  test('our own messages come back: known by their id, with what they say of how far they are', async () => {
    const { id, state } = await sent();
    const echo = (key: object) =>
      wrote(jid('5511987650031'), 'Olá', { key: { fromMe: true, ...key }, status: 'SERVER_ACK' });
    expect(await hear('send.message', echo({ id }))).toEqual(processed('known'));
    expect((await state())[0]).toBe('sent');
    expect(await hear('messages.upsert', echo({}))).toEqual(processed('own_message'));
  });
});

describe('the connection', () => {
  const shown = async (id: string) =>
    (await product.call('GET', '/v1/channels')).body.channels.find((one: { id: string }) => one.id === id)
      .connection;

  test('is what the gateway said last by its own clock', async () => {
    const instance = await addGateway(product);
    expect(await shown(instance.id)).toBeNull();
    const says = (state: string, date_time: string) =>
      told(product, instance, envelope(instance.instance, 'connection.update', { state }, { date_time }));
    expect(await says('open', '2026-03-10T09:00:02.000Z')).toEqual(processed('updated'));
    expect(await says('close', '2026-03-10T09:00:01.999Z')).toEqual(processed('overtaken'));
    expect(await shown(instance.id)).toBe('open');
    expect(await says('connecting', '2026-03-10T09:00:02.000Z')).toEqual(processed('updated'));
    expect(await shown(instance.id)).toBe('connecting');
    expect(await says('close', '2026-03-11T08:00:00.000Z')).toEqual(processed('updated'));
    expect(await shown(instance.id)).toBe('close');
    expect(await shown(gateway.id)).toBeNull();
  });

  test('a list of codes that nobody scanned in time: refused', async () => {
    const over = { message: 'QR code limit reached, please login again', statusCode: 500 };
    expect(await hear('qrcode.updated', over)).toEqual(processed('updated'));
    expect(await shown(gateway.id)).toBe('refused');
  });
});

describe('address books', () => {
  test('link what they tell of people we know, and make nobody known', async () => {
    const { typed, waId } = newNumber();
    const leadId = await referred(typed);
    const people = async () => (await product.query<{ n: number }>('select count(*) as n from person'))[0]?.n;
    const before = await people();
    const strangers = Array.from({ length: 200 }, (_, i) => ({
      remoteJid: jid(`551199${String(i).padStart(7, '0')}`),
      lid: `2233445566${String(i).padStart(5, '0')}@lid`,
      pushName: `Pessoa ${i}`,
    }));
    const known = { remoteJid: jid(waId), lid: '112233445566010@lid', pushName: 'Outro Nome' };
    expect(await hear('contacts.upsert', [...strangers, known])).toEqual(processed('linked'));
    expect(await people()).toBe(before);
    expect(await identities(leadId)).toContain('lid 112233445566010');
    expect((await product.lead(leadId)).name).toBe('Maria Aparecida da Silva');
    expect(await hear('contacts.update', known)).toEqual(processed('known'));
    expect(await hear('contacts.upsert', strangers[0])).toEqual(processed('contact_not_found'));
    // Another hidden number for the phone: whoever has it now will write from it.
    expect(await hear('contacts.upsert', { ...known, lid: '112233445566011@lid' })).toEqual(
      processed('known'),
    );
    expect(await people()).toBe(before);
    expect(await identities(leadId)).not.toContain('lid 112233445566011');
  });
});

test('the token of the gateway is nowhere in what was stored', async () => {
  await hear('unknown.thing', { note: `copied ${TOKEN}`, apikey: TOKEN }, { x: TOKEN });
  const stored = await product.query<{ row: string }>('select e::text as row from inbox_event e');
  expect(stored.length).toBeGreaterThan(50);
  expect(stored.filter(({ row }) => row.includes(TOKEN))).toEqual([]);
  const key = gateway.byKey.split('/').at(-1) ?? '';
  expect(stored.filter(({ row }) => row.includes(key))).toEqual([]);
});
