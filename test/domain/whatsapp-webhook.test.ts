import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import { optOutOf, parseWhatsAppWebhook } from '../../src/domain/whatsapp-webhook.ts';
import { change, parseOne, text, webhook } from './whatsapp-payloads.ts';

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
