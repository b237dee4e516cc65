import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import { optOutOf, parseWhatsAppWebhook, type WhatsAppEvent } from '../../src/domain/whatsapp-webhook.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from './shared-fixtures.ts';

const ATTEMPT = '0199f3a0-1111-7abc-8def-0123456789ab';
const METADATA = { display_phone_number: '5511940000001', phone_number_id: '106540352242922' };

const change = (value: object, field = 'messages') => ({ field, value: { metadata: METADATA, ...value } });
const webhook = (...changes: unknown[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1022', time: 1773144900, changes }],
});
const parseOne = (...changes: unknown[]): WhatsAppEvent => {
  const events = parseWhatsAppWebhook(webhook(...changes));
  expect(events).toHaveLength(1);
  return events[0]!;
};
const text = (body: string, more: object = {}) => ({
  from: '551187654321',
  id: 'wamid.in',
  timestamp: '1773144932',
  type: 'text',
  text: { body },
  ...more,
});

describe('statuses', () => {
  const delivered = {
    id: 'wamid.out',
    status: 'delivered',
    timestamp: '1773144932',
    recipient_id: '551187654321',
    recipient_user_id: 'BR.1502',
    biz_opaque_callback_data: ATTEMPT.toUpperCase(),
    pricing: { billable: true, pricing_model: 'PMP', category: 'utility' },
  };

  test('a whole one', () => {
    expect(parseOne(change({ statuses: [delivered] }))).toEqual({
      dedupeKey: 'status:wamid.out:delivered',
      kind: 'status',
      phoneNumberId: '106540352242922',
      payload: {
        wamid: 'wamid.out',
        attemptId: ATTEMPT,
        status: 'delivered',
        at: '2026-03-10T12:15:32.000Z',
        waId: '551187654321',
        userId: 'BR.1502',
        errorCode: null,
        errorText: null,
        pricing: { billable: true, category: 'utility', model: 'PMP' },
      },
    });
  });

  test('a bare one', () => {
    const event = parseOne(change({ statuses: [{ id: 'wamid.out', status: 'played' }] }));
    expect(event).toMatchObject({ dedupeKey: 'status:wamid.out:played', kind: 'status' });
    expect(event.payload).toEqual({
      wamid: 'wamid.out',
      attemptId: null,
      status: 'read',
      at: '2026-03-10T12:15:00.000Z',
      waId: null,
      userId: null,
      errorCode: null,
      errorText: null,
      pricing: null,
    });
  });

  test('a failure keeps Meta’s words', () => {
    const errors = [
      {
        code: 131049,
        title: 'T',
        message: 'M',
        error_data: { details: 'In order to maintain healthy engagement' },
      },
    ];
    expect(
      parseOne(change({ statuses: [{ ...delivered, status: 'failed', errors }] })).payload,
    ).toMatchObject({
      status: 'failed',
      errorCode: 131049,
      errorText: 'In order to maintain healthy engagement',
    });
    const short = [{ code: '131053', title: 'Media upload error' }];
    expect(
      parseOne(change({ statuses: [{ ...delivered, status: 'failed', errors: short }] })).payload,
    ).toMatchObject({
      errorCode: 131053,
      errorText: 'Media upload error',
    });
  });

  test('somebody else’s callback data is no attempt', () => {
    for (const biz_opaque_callback_data of ['x', `${ATTEMPT}0`, 7, null]) {
      expect(
        parseOne(change({ statuses: [{ ...delivered, biz_opaque_callback_data }] })).payload,
      ).toMatchObject({
        attemptId: null,
      });
    }
  });

  test('an unknown status is kept, not applied', () => {
    const status = { id: 'wamid.out', status: 'warning', timestamp: '1773144932' };
    expect(parseOne(change({ statuses: [status] }))).toMatchObject({
      kind: 'other',
      payload: { field: 'messages', value: { statuses: [status] }, wabaId: '1022' },
    });
  });
});

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

test('every entry, change, message and status is gone through', () => {
  const body = {
    object: 'whatsapp_business_account',
    entry: [
      webhook(
        change({ messages: [text('1', { id: 'a' }), text('2', { id: 'b' })] }),
        change({ statuses: [{ id: 'c', status: 'sent' }] }),
      ).entry[0],
      webhook(change({ messages: [text('3', { id: 'd' })], statuses: [{ id: 'c', status: 'read' }] }))
        .entry[0],
    ],
  };
  expect(parseWhatsAppWebhook(body).map(({ dedupeKey }) => dedupeKey)).toEqual([
    'message:a',
    'message:b',
    'status:c:sent',
    'message:d',
    'status:c:read',
  ]);
});

describe('preferences', () => {
  const preference = (value: string) =>
    change(
      {
        user_preferences: [
          {
            wa_id: '551187654321',
            user_id: 'BR.1',
            category: 'marketing_messages',
            value,
            timestamp: 1729610285,
          },
        ],
      },
      'user_preferences',
    );

  test.each(['stop', 'resume'])('%s', (value) => {
    expect(parseOne(preference(value))).toEqual({
      dedupeKey: `preference:551187654321:${value}:1729610285`,
      kind: 'preference',
      phoneNumberId: '106540352242922',
      payload: { waId: '551187654321', userId: 'BR.1', value, at: '2024-10-22T15:18:05.000Z' },
    });
  });

  test('one without a time has the same key at each delivery', () => {
    const undated = change({ user_preferences: [{ wa_id: '1', value: 'stop' }] }, 'user_preferences');
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [undated] }] };
    const keyAt = (time: string) => parseWhatsAppWebhook(body, undefined, new Date(time))[0]!.dedupeKey;
    expect(keyAt('2026-03-10T12:00:00Z')).toBe(keyAt('2026-03-10T12:07:00Z'));
  });

  test('anything else is kept', () => expect(parseOne(preference('signup')).kind).toBe('other'));
});

describe('the rest', () => {
  const paused = { event: 'PAUSED', message_template_id: 1, message_template_name: 'x' };

  test('a template update', () => {
    expect(parseOne({ field: 'message_template_status_update', value: paused })).toEqual({
      dedupeKey: expect.stringMatching(/^other:[\da-f]{16}$/),
      kind: 'other',
      phoneNumberId: null,
      payload: { field: 'message_template_status_update', value: paused, wabaId: '1022' },
    });
  });

  test('delivered twice it has one key; paused again later it has another', () => {
    const body = webhook({ field: 'message_template_status_update', value: paused });
    const reordered = webhook({
      value: Object.fromEntries(Object.entries(paused).reverse()),
      field: 'message_template_status_update',
    });
    const later = structuredClone(body);
    later.entry[0]!.time += 60;
    const key = (b: unknown) => parseWhatsAppWebhook(b)[0]!.dedupeKey;
    expect(key(reordered)).toBe(key(body));
    expect(key(later)).not.toBe(key(body));
  });

  test('the hash can be given', () => {
    const sha256 = (s: string) => createHash('sha256').update(s).digest('hex');
    const [event] = parseWhatsAppWebhook(webhook({ field: 'x', value: 1 }), sha256);
    expect(event!.dedupeKey).toMatch(/^other:[\da-f]{64}$/);
  });

  test('what stands beside the messages is not lost', () => {
    const events = parseWhatsAppWebhook(webhook(change({ messages: [text('Oi')], errors: [{ code: 1 }] })));
    expect(events.map(({ kind }) => kind)).toEqual(['message', 'other']);
    expect(events[1]!.payload).toMatchObject({ value: { errors: [{ code: 1 }] } });
  });

  test.each([
    null,
    3,
    'x',
    [],
    {},
    { object: 'page', entry: [] },
    { entry: [] },
    { object: 'whatsapp_business_account' },
  ])('%j is no webhook', (body) => expect(parseWhatsAppWebhook(body)).toEqual([]));

  test.each([
    null,
    5,
    [],
    { field: 'constructor', value: { name: [1], length: [1] } },
    { field: '__proto__', value: null },
    change({ messages: { 0: 'x' } }),
    change({ messages: [null, 7, [], 'x'] }),
    change({ statuses: [{ id: {}, status: [] }] }),
    { field: 'messages' },
    { value: {} },
  ])('the odd change %j becomes events of kind other', (odd) => {
    const events = parseWhatsAppWebhook(webhook(odd));
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['other']));
  });

  test('an entry without changes is kept', () => {
    const body = { object: 'whatsapp_business_account', entry: [7, { id: '1' }] };
    expect(parseWhatsAppWebhook(body).map(({ payload }) => payload)).toEqual([
      { field: 'entry', value: 7, wabaId: null },
      { field: 'entry', value: { id: '1' }, wabaId: '1' },
    ]);
  });
});

describe('what PostgreSQL cannot store', () => {
  test('NUL and half surrogate pairs are taken out everywhere', () => {
    const messages = [text('S\0AI\0R', { id: 'wamid\0.in' })];
    const contacts = [{ profile: { name: 'A\ud83dna' }, wa_id: '551187654321' }];
    expect(parseOne(change({ contacts, messages }))).toMatchObject({
      dedupeKey: 'message:wamid.in',
      payload: { text: 'SAIR', profileName: 'A\ufffdna' },
    });
    expect(parseOne({ field: 'n\0ew', value: { 'k\0': ['\0'] } }).payload).toMatchObject({
      field: 'new',
      value: { k: [''] },
    });
  });

  test('a body nested without end neither overflows nor is lost', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(() => JSON.stringify(parseOne({ field: 'x', value: deep }))).not.toThrow();
  });

  test('times beyond all calendars fall back', () => {
    for (const timestamp of ['99999999999999', '-5', 'x', '', null, 1e300]) {
      expect(parseOne(change({ messages: [text('Oi', { timestamp })] })).payload).toMatchObject({
        at: '2026-03-10T12:15:00.000Z',
      });
    }
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ changes: [change({ messages: [{ ...text('Oi'), timestamp: 0 }] })] }],
    };
    const [event] = parseWhatsAppWebhook(body, undefined, new Date('2026-05-05T05:05:05Z'));
    expect(event!.payload).toMatchObject({ at: '2026-05-05T05:05:05.000Z' });
  });
});

describe('optOutOf', () => {
  const stops = (...changes: unknown[]) => optOutOf(parseOne(...changes), DEFAULT_OPT_OUT_WORDS);
  const button = (payload: string | undefined, wording: string) =>
    change({ messages: [{ from: '1', id: 'w', type: 'button', button: { payload, text: wording } }] });
  const failed = (status: string, code: number) =>
    change({ statuses: [{ id: 'w', status, errors: [{ code, title: 'x' }] }] });

  test.each<[string, unknown, boolean]>([
    ['a word', change({ messages: [text(' Sair! ')] }), true],
    ['a reply', change({ messages: [text('Quero sair do Simples Nacional')] }), false],
    ['a button by payload', button('opt_out', 'Não tenho interesse'), true],
    ['a button by payload with a lead', button('opt_out:0199', 'x'), true],
    ['a payload that only begins alike', button('opt_outside', 'x'), false],
    ['a button by its wording', button('lead:1', 'Parar'), true],
    ['another button', button('lead:1:yes', 'Quero falar'), false],
    ['a photo', change({ messages: [{ id: 'w', type: 'image', image: { id: '1' } }] }), false],
    [
      'a stop in WhatsApp',
      change({ user_preferences: [{ wa_id: '1', value: 'stop' }] }, 'user_preferences'),
      true,
    ],
    ['a resume', change({ user_preferences: [{ wa_id: '1', value: 'resume' }] }, 'user_preferences'), false],
    ['error 131050', failed('failed', 131050), true],
    ['another error', failed('failed', 131026), false],
    ['131050 beside a delivery', failed('delivered', 131050), false],
    ['an unknown field', { field: 'x', value: 'SAIR' }, false],
  ])('%s', (_name, one, expected) => expect(stops(one)).toBe(expected));
});

describe('properties', () => {
  // Meta's own words in odd places reach further than arbitrary JSON does.
  const words = fc.constantFrom(
    ...[
      'id',
      'from',
      'type',
      'text',
      'body',
      'status',
      'sent',
      'failed',
      'errors',
      'code',
      'messages',
      'statuses',
    ],
    ...[
      'button',
      'interactive',
      'timestamp',
      'contacts',
      'profile',
      'wa_id',
      'metadata',
      'edit',
      'message',
      '__proto__',
    ],
    ...['user_preferences', 'context', 'pricing', 'constructor', 'toString', '\0', '\ud83d'],
  );
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(words, fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(words, tie('json'), { maxKeys: 6 }),
    ),
  }));
  const fields = fc.constantFrom('messages', 'user_preferences', 'account_update', 'constructor');

  test('never throws, and every event can be stored', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(json, fc.record({ field: fields, value: json }))), (changes) => {
        for (const event of parseWhatsAppWebhook(webhook(...changes))) {
          const stored = JSON.stringify(event);
          expect(stored).not.toMatch(/\\u0000|\\ud[89a-f][\da-f]{2}/i);
          expect(event.dedupeKey.length).toBeLessThan(1200);
          expect(typeof optOutOf(event, DEFAULT_OPT_OUT_WORDS)).toBe('boolean');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('every item gives exactly one event, and the same one each time', () => {
    fc.assert(
      fc.property(fc.array(json), fc.array(json), (messages, statuses) => {
        fc.pre(messages.length + statuses.length > 0);
        const body = JSON.parse(JSON.stringify(webhook(change({ messages, statuses }))));
        const events = parseWhatsAppWebhook(body);
        expect(events).toHaveLength(messages.length + statuses.length);
        expect(parseWhatsAppWebhook(structuredClone(body))).toEqual(events);
      }),
    );
  });
});

describeWithFixtures('shared payloads', () => {
  const names = sharedJsonNames('whatsapp-cloud');
  const parsed = (name: string) => parseWhatsAppWebhook(sharedJson(`whatsapp-cloud/${name}.json`));

  test.each(names)('%s gives events', (name) => {
    const events = parsed(name.replace('.json', ''));
    expect(events.length).toBeGreaterThan(0);
    for (const { kind } of events) {
      if (/message__|_message\.json|callback|button/.test(name) && !/outgoing/.test(name))
        expect(kind).toBe('message');
      if (/message_status|a_status/.test(name)) expect(kind).toBe('status');
      if (/account_|template_/.test(name)) expect(kind).toBe('account');
      if (/system/.test(name)) expect(kind).toBe('number_change');
      if (/outgoing/.test(name)) expect(kind).toBe('echo');
      if (/signup/.test(name)) expect(kind).toBe('other');
    }
  });

  test('two changes in one body', () => {
    const said = parsed('netflie__multiple_text_notification').map(
      (e) => e.kind === 'message' && e.payload.text,
    );
    expect(said).toEqual(['MESSAGE_BODY', 'MESSAGE_BODY2']);
  });

  test('a failed status', () => {
    expect(parsed('pywa__message_status__failed')[0]!.payload).toMatchObject({
      status: 'failed',
      waId: '972987654321',
      userId: 'US.13491208655302741918',
      errorCode: 130472,
      errorText: expect.stringContaining('part of an experiment'),
    });
  });

  test('a quick reply', () => {
    expect(parsed('meta_openapi__button_message')[0]!.payload).toMatchObject({
      text: 'Unsubscribe',
      buttonPayload: 'Unsubscribe',
      contextWamid: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJFNjk2OTMwNEZCQjhGMzUyQUYA',
      profileName: 'Sheena Nelson',
    });
  });

  test('a preference', () => {
    expect(parsed('pywa__user_marketing_preferences__resume')[0]).toMatchObject({
      kind: 'preference',
      payload: { waId: '16505551234', value: 'resume', at: '2024-11-15T21:22:01.000Z' },
    });
  });
});
