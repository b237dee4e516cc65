import { createHash } from 'node:crypto';
import { evolutionInstance } from '../../src/domain/evolution-webhook.ts';
import {
  RECEIVED,
  envelope,
  key,
  text,
  parse,
  parseOne,
  upsert,
  reasonOf,
  ANA_SAYS_HI,
} from './evolution-payloads.ts';

describe('the envelope', () => {
  test.each([
    'messages.upsert',
    'MESSAGES_UPSERT',
    'messages-upsert',
    'Messages.Upsert',
    ' messages.upsert ',
  ])('the event may be written %j', (event) =>
    expect(parse(envelope(event, text('Oi')))).toEqual([ANA_SAYS_HI]),
  );

  test.each(['messages-upsert', '/messages-upsert', 'MESSAGES_UPSERT'])(
    'or stand in the path: %s',
    (pathEvent) => {
      const { event: _none, ...body } = envelope('', text('Oi'));
      expect(parse(body, { pathEvent })).toEqual([ANA_SAYS_HI]);
      expect(parse({ ...body, event: null }, { pathEvent })).toEqual([ANA_SAYS_HI]);
      // What the body says comes first.
      expect(parse({ ...body, event: 'messages.set' }, { pathEvent }).map(reasonOf)).toEqual(['history']);
    },
  );

  test.each<[string, unknown]>([
    ['one message', text('Oi')],
    ['an array', [text('Oi')]],
    ['data.messages', { messages: [text('Oi')], type: 'notify' }],
    ['data.messages with one object', { messages: text('Oi') }],
  ])('data may be %s', (_name, data) => {
    expect(parse(envelope('messages.upsert', data))).toEqual([ANA_SAYS_HI]);
  });

  test('every message of a batch is read, and one that comes twice counts once', () => {
    const messages = ['1', '2', '1'].map((id) => text('Oi', { key: key({ id }) }));
    expect(parse(envelope('messages.upsert', { messages })).map(({ dedupeKey }) => dedupeKey)).toEqual([
      'message:lead-vendas:1',
      'message:lead-vendas:2',
    ]);
  });

  test('a bad piece takes no good one with it', () => {
    const events = parse(envelope('messages.upsert', [null, text('Oi'), 7, { key: 'x' }]));
    expect(events[0]).toEqual(ANA_SAYS_HI);
    expect(events[1]).toMatchObject({
      kind: 'ignored',
      payload: { event: 'messages.upsert', reason: 'malformed', count: 3, pieces: [null, 7, { key: 'x' }] },
    });
    expect(events).toHaveLength(2);
  });

  test.each<[unknown, string | null]>([
    [{ instance: 'a' }, 'a'],
    [{ instance: { instanceName: 'a', instanceId: 'i' } }, 'a'],
    [{ instanceName: 'a' }, 'a'],
    [{ instance: null, data: { instance: 'a' } }, 'a'],
    [{ instance: '' }, null],
    [{ instance: 7 }, null],
    [{ data: [] }, null],
    [null, null],
  ])('the instance of %j is %j', (body, instance) => {
    expect(evolutionInstance(body)).toBe(instance);
    expect(parse({ ...(body as object), event: 'x' })[0]!.instance).toBe(instance);
  });

  test.each([null, 7, 'x', [], {}, { event: 3 }, { event: 'o que é isso?' }, { event: '' }])(
    '%j is none, and kept as such',
    (body) => {
      const [event, ...more] = parse(body);
      expect(event).toMatchObject({
        kind: 'ignored',
        payload: { event: null, reason: 'not_an_envelope', count: 1 },
      });
      expect(more).toEqual([]);
    },
  );

  test('two bodies that are none have two keys', () => {
    expect(parse([1])[0]!.dedupeKey).not.toBe(parse([2])[0]!.dedupeKey);
  });

  test.each([undefined, null, 'x', 7, true, {}])('messages.upsert with the data %j is malformed', (data) => {
    expect(reasonOf(upsert(data))).toBe('malformed');
  });

  test('an empty list tells nothing', () => {
    expect(reasonOf(upsert([]))).toBe('nothing_told');
  });

  test('an event of another name is kept whole', () => {
    const data = { a: [1, { b: 'c' }] };
    expect(parseOne('NEW_THING', data)).toMatchObject({
      kind: 'ignored',
      payload: { event: 'new.thing', reason: 'unknown_event', count: 1, pieces: [data] },
    });
    expect(reasonOf(parseOne('constructor', data))).toBe('unknown_event');
    expect(reasonOf(parseOne('__proto__', data))).not.toBeNull();
  });
});

describe('when', () => {
  const at = (messageTimestamp: unknown) => {
    const event = upsert(text('Oi', { messageTimestamp }));
    return event.kind === 'message' ? event.payload.at : event.kind;
  };

  test.each<[unknown]>([
    [1773144932],
    [1773144932.9],
    ['1773144932'],
    [{ low: 1773144932, high: 0, unsigned: true }],
    [{ low: '1773144932', high: '0' }],
    [{ low: 1773144932 }],
    [1773144932000],
    ['1773144932000'],
  ])('%j is that second', (value) => expect(at(value)).toBe('2026-03-10T12:15:32.000Z'));

  test('a 64-bit pair with the sign bit set', () => {
    expect(at({ low: -2147483648, high: 0, unsigned: true })).toBe('2038-01-19T03:14:08.000Z');
  });

  test.each<[unknown]>([
    [undefined],
    [null],
    [0],
    [-5],
    ['ontem'],
    [{}],
    [{ low: 1, high: 2 ** 40 }],
    [1e300],
    [[]],
    [true],
  ])('with %j it is when the webhook came, never date_time', (value) =>
    expect(at(value)).toBe(RECEIVED.toISOString()),
  );
});

describe('what is understood and not wanted', () => {
  test.each([
    ['messages.set', 'history'],
    ['messaging-history.set', 'history'],
    ['chats.upsert', 'chats'],
    ['CHATS_UPDATE', 'chats'],
    ['chats-delete', 'chats'],
    ['presence.update', 'presence'],
    ['groups.upsert', 'group'],
    ['GROUP_PARTICIPANTS_UPDATE', 'group'],
    ['group-participants.update', 'group'],
    ['creds.update', 'not_followed'],
    ['CALL', 'not_followed'],
    ['typebot.change-status', 'not_followed'],
  ])('%s: %s, without its data', (event, reason) => {
    const one = parseOne(event, [text('SAIR'), text('x', { key: key({ id: '2' }) })]);
    expect(one).toMatchObject({ kind: 'ignored', payload: { reason, count: 1, pieces: [] } });
    expect(JSON.stringify(one)).not.toMatch(/SAIR|987654321/);
  });

  test('two chunks of history have two keys, one sent twice has one', () => {
    const keyOf = (id: string) => parseOne('messages.set', [text('x', { key: key({ id }) })]).dedupeKey;
    expect(keyOf('1')).not.toBe(keyOf('2'));
    expect(keyOf('1')).toBe(keyOf('1'));
  });
});

describe('dedupe keys', () => {
  test('a repetition has the same, whenever it comes and in whatever order its members are', () => {
    const body = envelope('messages.upsert', text('Oi'));
    const reordered = Object.fromEntries(Object.entries(body).reverse());
    for (const event of ['messages.upsert', 'messages.set', 'presence.update', 'new.thing']) {
      const later = parse({ ...reordered, event, destination: 'https://outro' }, { receivedAt: new Date() });
      expect(later[0]!.dedupeKey).toBe(parse({ ...body, event })[0]!.dedupeKey);
    }
  });

  test('the same id at two instances is two messages', () => {
    const at = (instance: unknown) =>
      parse(envelope('messages.upsert', text('Oi'), { instance }))[0]!.dedupeKey;
    expect(new Set(['a', 'b', null, 'a:3EB01'].map(at)).size).toBe(4);
  });

  test('no name makes them long, run into each other, or fail', () => {
    const at = (instance: string, id: string) =>
      parse(envelope('messages.upsert', text('Oi', { key: key({ id }) }), { instance }))[0]!.dedupeKey;
    expect(at('a:b', 'c')).not.toBe(at('a', 'b:c'));
    expect(at('é'.repeat(500), 'ç'.repeat(500))).toMatch(/^message:[\da-f]{16}$/);
    expect(at('\ud83d', '\ud83d\ude00')).toMatch(/^message:[\x21-\x7e]+$/);
    const halves = parse(
      envelope('connection.update', { state: 'open' }, { date_time: `${'x'.repeat(63)}😀` }),
    );
    expect(halves[0]!.kind).toBe('connection');
  });

  test('the hash can be given', () => {
    const hash = (value: string) => createHash('sha256').update(value).digest('hex');
    expect(parseOne('presence.update', {}, { hash }).dedupeKey).toMatch(/:[\da-f]{64}$/);
  });
});
