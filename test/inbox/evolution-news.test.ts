import { suiteProduct } from '../harness/suite-product.ts';
import {
  addGateway,
  envelope,
  expectNoSecretStored,
  jid,
  newId,
  newNumber,
  processed,
  sentOver,
  suiteGateway,
  TOKEN,
  told,
  wrote,
} from './evolution-gateway.ts';

const product = suiteProduct({ worker: false });
const { gateway, referred, identities, upsert, hear } = suiteGateway(product);

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
  await expectNoSecretStored(product, gateway);
});
