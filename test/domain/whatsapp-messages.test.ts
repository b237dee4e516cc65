import { parseWhatsAppWebhook } from '../../src/domain/whatsapp-webhook.ts';
import { change, parseOne, text, webhook } from './whatsapp-payloads.ts';

describe('messages', () => {
  test('a text', () => {
    const contacts = [{ profile: { name: 'Ana' }, wa_id: '551187654321', user_id: 'BR.1502' }];
    expect(parseOne(change({ contacts, messages: [text('Oi', { context: { id: 'wamid.out' } })] }))).toEqual({
      dedupeKey: 'message:wamid.in',
      kind: 'message',
      phoneNumberId: '106540352242922',
      payload: {
        wamid: 'wamid.in',
        waId: '551187654321',
        userId: 'BR.1502',
        profileName: 'Ana',
        type: 'text',
        text: 'Oi',
        buttonPayload: null,
        contextWamid: 'wamid.out',
        at: '2026-03-10T12:15:32.000Z',
      },
    });
  });

  test.each<[string, object, string | null, string | null]>([
    ['button', { button: { payload: 'lead:1:yes', text: 'Quero falar' } }, 'Quero falar', 'lead:1:yes'],
    [
      'interactive',
      { interactive: { type: 'button_reply', button_reply: { id: 'x', title: 'Sim' } } },
      'Sim',
      'x',
    ],
    [
      'interactive',
      { interactive: { type: 'list_reply', list_reply: { id: 'y', title: 'Plano' } } },
      'Plano',
      'y',
    ],
    ['image', { image: { id: '1', caption: 'meu contrato' } }, 'meu contrato', null],
    ['audio', { audio: { id: '1' } }, null, null],
    ['edit', { edit: { message: { type: 'text', text: { body: 'sair' } } } }, 'sair', null],
    ['tipo_novo', { tipo_novo: { a: 1 } }, null, null],
    ['constructor', {}, null, null],
  ])('%s', (type, content, said, buttonPayload) => {
    const message = { from: '5511987654321', id: 'wamid.in', timestamp: '1773144932', type, ...content };
    expect(parseOne(change({ messages: [message] }))).toMatchObject({
      kind: 'message',
      payload: { type, text: said, buttonPayload },
    });
  });

  test('a person known only by BSUID', () => {
    const { from: _none, ...message } = text('Oi');
    const contacts = [{ profile: { name: 'Ana' }, user_id: 'BR.1502' }];
    expect(parseOne(change({ contacts, messages: [message] })).payload).toMatchObject({
      waId: null,
      userId: 'BR.1502',
      profileName: 'Ana',
    });
  });

  test('each message gets its own contact', () => {
    const contacts = [
      { profile: { name: 'Ana' }, wa_id: '1' },
      { profile: { name: 'Bia' }, wa_id: '2' },
    ];
    const messages = ['2', '1', '3'].map((from) => text('Oi', { from, id: `wamid.${from}` }));
    const names = parseWhatsAppWebhook(webhook(change({ contacts, messages }))).map(
      (event) => event.kind === 'message' && event.payload.profileName,
    );
    expect(names).toEqual(['Bia', 'Ana', null]);
  });

  test.each<[string, object, string | null]>([
    ['under the other form of the number', { wa_id: '5511987654321', user_id: 'BR.1' }, 'BR.1'],
    ['without a number', { user_id: 'BR.1' }, 'BR.1'],
    ['of somebody else', { wa_id: '5511900000000', user_id: 'BR.1' }, null],
    ['of nothing that is a number', { wa_id: 'x', user_id: 'BR.1' }, null],
  ])('the only contact, %s', (_, contact, userId) => {
    const contacts = [{ profile: { name: 'Ana' }, ...contact }];
    expect(parseOne(change({ contacts, messages: [text('Oi')] })).payload).toMatchObject({
      waId: '551187654321',
      userId,
      profileName: userId && 'Ana',
    });
  });

  describe('a notice of WhatsApp’s own is no message of the person', () => {
    const notice = (system: object, over: object = {}) =>
      change({
        messages: [{ from: '1', id: 'wamid.s', timestamp: '1773144932', type: 'system', system, ...over }],
      });

    test('a number that changed', () => {
      expect(parseOne(notice({ type: 'user_changed_number', wa_id: '2', user_id: 'BR.2' }))).toEqual({
        dedupeKey: 'number_change:wamid.s',
        kind: 'number_change',
        phoneNumberId: '106540352242922',
        payload: { waId: '1', userId: null, newWaId: '2', newUserId: 'BR.2', at: '2026-03-10T12:15:32.000Z' },
      });
    });

    test.each([
      [{ type: 'customer_identity_changed', wa_id: '2' }, {}],
      [{ type: 'user_changed_number' }, {}],
      [{ type: 'user_changed_number', wa_id: '2' }, { from: undefined }],
      [{}, {}],
      [null, {}],
    ])('%j is kept', (system, over) => expect(parseOne(notice(system as object, over)).kind).toBe('other'));
  });

  test.each<[string, object, string | null, string | null]>([
    ['reaction', { reaction: { message_id: 'wamid.out', emoji: '👍' } }, '👍', 'wamid.out'],
    ['reaction', { reaction: { message_id: 'wamid.out' } }, null, 'wamid.out'],
    ['revoke', { revoke: { original_message_id: 'wamid.1' } }, null, 'wamid.1'],
    [
      'edit',
      { edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'oi' } } } },
      'oi',
      'wamid.1',
    ],
  ])('%s %j', (type, content, said, contextWamid) => {
    const message = { from: '5511987654321', id: 'wamid.in', timestamp: '1773144932', type, ...content };
    expect(parseOne(change({ messages: [message] })).payload).toMatchObject({ text: said, contextWamid });
  });

  test('what the business wrote on its phone is no message of the person either', () => {
    const echo = {
      from: '5511940000001',
      to: '5511987654321',
      id: 'wamid.e',
      timestamp: '1773144932',
      type: 'text',
    };
    expect(parseOne(change({ message_echoes: [echo] }, 'smb_message_echoes'))).toEqual({
      dedupeKey: 'echo:wamid.e',
      kind: 'echo',
      phoneNumberId: '106540352242922',
      payload: {
        wamid: 'wamid.e',
        waId: '5511987654321',
        userId: null,
        type: 'text',
        at: '2026-03-10T12:15:32.000Z',
      },
    });
    expect(parseOne(change({ message_echoes: [{ id: 'wamid.e' }] }, 'smb_message_echoes')).kind).toBe(
      'other',
    );
  });

  test('an id too long for an index becomes an event of another kind', () => {
    const event = parseOne(change({ messages: [text('Oi', { id: 'w'.repeat(3000) })] }));
    expect(event.kind).toBe('other');
    expect(event.dedupeKey.length).toBeLessThan(100);
  });
});
