import { randomUUID } from 'node:crypto';
import { timelineOf, wordsFor } from '../harness/leads.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  expectNoSecretStored,
  jid,
  newId,
  newNumber,
  posting,
  processed,
  sentOver,
  suiteGateway,
  TOKEN,
  told,
  wrote,
} from './evolution-gateway.ts';
import { applyEvents, post, storing } from './webhooks.ts';

const product = suiteProduct({ worker: false });
const { gateway, referred, identities, upsert, hear } = suiteGateway(product);

const words = (leadId: string) => wordsFor(product, leadId);
const kinds = (leadId: string) => timelineOf(product, leadId);

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

test('the token of the gateway is nowhere in what was stored', async () => {
  await hear('unknown.thing', { note: `copied ${TOKEN}`, apikey: TOKEN }, { x: TOKEN });
  await expectNoSecretStored(product, gateway);
});
