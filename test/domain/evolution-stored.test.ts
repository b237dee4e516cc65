import fc from 'fast-check';
import { evolutionOptOut, isReply, stripApiKey } from '../../src/domain/evolution-webhook.ts';
import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import {
  STAMP,
  ANA_JID,
  LID_JID,
  envelope,
  key,
  text,
  parse,
  parseOne,
  upsert,
} from './evolution-payloads.ts';

describe('what is stored', () => {
  const TOKEN = 'B6D711FCDE4D4FD5936544120E713976';

  test('the token is gone wherever it stood, and so is our own address', () => {
    const body = envelope(
      'messages.upsert',
      {
        ...text(`o token é ${TOKEN}`),
        apikey: 'outra',
        deep: [{ apiKey: 'x', 'X-Api-Key': 'y', api_key: 'z', kept: 1 }],
      },
      { apikey: TOKEN, server_url: `https://evo.exemplo.com.br/?t=${TOKEN}` },
    );
    const stored = stripApiKey(body);
    expect(JSON.stringify(stored)).not.toMatch(/B6D711|apikey|api_key|chave-secreta|outra/i);
    expect(stored).toMatchObject({
      event: 'messages.upsert',
      instance: 'lead-vendas',
      date_time: STAMP,
      server_url: 'https://evo.exemplo.com.br/?t=[removed]',
      data: { message: { conversation: 'o token é [removed]' }, deep: [{ kept: 1 }] },
    });
    expect(body.apikey).toBe(TOKEN);
    expect(JSON.stringify(parse(body))).not.toContain('B6D711');
    expect(JSON.stringify(parse({ ...body, event: 'new.thing' }))).not.toMatch(/B6D711|outra/);
  });

  test('a short token takes no word out of a message, nor an instance its name', () => {
    const stored = stripApiKey(envelope('messages.upsert', text('quero vendas'), { apikey: 'vendas' }));
    expect(stored).toMatchObject({
      instance: 'lead-vendas',
      data: { message: { conversation: 'quero vendas' } },
    });
    const instance = 'uma-instancia-comprida';
    expect(parse(envelope('x', {}, { instance, apikey: instance }))[0]!.instance).toBe(instance);
  });

  test('anything else is copied as it is', () => {
    for (const body of [null, 7, 'x', [], [1, { a: null }], {}]) expect(stripApiKey(body)).toEqual(body);
  });

  test('NUL and half surrogate pairs are taken out, deep nesting is cut', () => {
    expect(upsert(text('S\0AIR', { key: key({ id: '3EB0\0' }), pushName: 'A\ud83dna' }))).toMatchObject({
      dedupeKey: 'message:lead-vendas:3EB0',
      payload: { text: 'SAIR', pushName: 'A\ufffdna' },
    });
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(() => JSON.stringify(parseOne('new.thing', deep))).not.toThrow();
    expect(() => parse(deep)).not.toThrow();
  });

  test('a hundred thousand odd pieces become one event with ten of them', () => {
    const [event, ...more] = parse(envelope('messages.upsert', Array(100_000).fill(0)));
    expect(event).toMatchObject({ kind: 'ignored', payload: { reason: 'malformed', count: 100_000 } });
    expect(event!.kind === 'ignored' && event!.payload.pieces).toHaveLength(10);
    expect(more).toEqual([]);
  });
});

describe('whatever comes', () => {
  const EVENTS = [
    'messages.upsert',
    'MESSAGES_UPDATE',
    'messages-edited',
    'send.message',
    'messages.delete',
    'messages.set',
    'connection.update',
    'status.instance',
    'qrcode.updated',
    'contacts.upsert',
    'presence.update',
    'new.thing',
  ];
  const NAMES = [
    'key',
    'id',
    'remoteJid',
    'remoteJidAlt',
    'fromMe',
    'keyId',
    'update',
    'status',
    'state',
    'message',
    'messages',
    'conversation',
    'protocolMessage',
    'editedMessage',
    'pushName',
    'messageTimestamp',
    'lid',
    'qrcode',
    '__proto__',
    'imageMessage',
    'type',
    'contacts',
    'apikey',
    'instance',
    'low',
    'high',
  ];
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      ANA_JID,
      LID_JID,
      '1@g.us',
      'status@broadcast',
      'READ',
      'open',
      1,
      3,
      true,
      null,
      '',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 6 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));
  const body = fc.record({ event: fc.constantFrom(...EVENTS), data: tree, instance: leaf, date_time: leaf });

  test('any JSON gives at least one event, each with a key that an index takes, and the same again', () => {
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (made) => {
        // As text JSON has no −0 to speak of.
        const value: unknown = JSON.parse(JSON.stringify(made));
        const events = parse(value);
        expect(events.length).toBeGreaterThan(0);
        const keys = events.map(({ dedupeKey }) => dedupeKey);
        expect(new Set(keys).size).toBe(keys.length);
        for (const one of keys) expect(one).toMatch(/^[a-z_]+:[\x21-\x7e]{0,1500}$/);
        expect(parse(structuredClone(value))).toEqual(events);
        expect(JSON.stringify(events)).toBe(JSON.stringify(JSON.parse(JSON.stringify(events))));
        for (const event of events.filter(isReply))
          expect(event.payload.from.waId ?? event.payload.from.lid).toBeTruthy();
      }),
      { numRuns: 1000 },
    );
  });

  const anyMessage = fc.oneof(
    fc.constantFrom({ conversation: 'SAIR' }, { imageMessage: { caption: 'SAIR' } }),
    tree,
  );
  const wrapped = (piece: unknown) => fc.constantFrom<unknown>(piece, [piece], { messages: [piece] });
  const never = (data: unknown) => {
    for (const event of parse(envelope('messages.upsert', data))) {
      expect(isReply(event)).toBe(false);
      expect(evolutionOptOut(event, DEFAULT_OPT_OUT_WORDS)).toBe(false);
      expect(event.kind).not.toBe('message');
    }
  };

  test('a group, a broadcast or the status feed never gives a reply', () => {
    const place = fc
      .tuple(
        fc.stringMatching(/^[\d-]{1,20}(:\d)?$/),
        fc.constantFrom('@g.us', '@broadcast', '@newsletter', '@G.US'),
      )
      .map(([user, server]) => user + server);
    const pieces = fc
      .record({
        remoteJid: place,
        message: anyMessage,
        more: fc.dictionary(
          fc.constantFrom('fromMe', 'participant', 'remoteJidAlt', 'senderPn', 'senderLid'),
          leaf,
        ),
      })
      .chain(({ remoteJid, message, more }) => wrapped({ key: { ...more, remoteJid, id: 'X' }, message }));
    fc.assert(fc.property(pieces, never), { numRuns: 500 });
  });

  test('the instance’s own message never gives one', () => {
    const pieces = fc
      .record({
        message: anyMessage,
        fromMe: fc.constantFrom(true, 'true', 1),
        remoteJid: fc.constantFrom(ANA_JID, LID_JID),
      })
      .chain(({ message, ...more }) => wrapped({ key: key(more), message }));
    fc.assert(fc.property(pieces, never), { numRuns: 500 });
  });
});
