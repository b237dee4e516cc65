import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  type EvolutionEvent,
  type EvolutionOptions,
  evolutionInstance,
  evolutionOptOut,
  isReply,
  parseEvolutionWebhook,
  stripApiKey,
} from '../../src/domain/evolution-webhook.ts';
import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from './shared-fixtures.ts';

const STAMP = '2026-03-10T09:15:32.114Z';
const RECEIVED = new Date('2026-03-10T12:15:33.000Z');
const ANA_JID = '5511987654321@s.whatsapp.net';
const LID_JID = '112233445566778@lid';
const ANA = {
  waId: '5511987654321',
  phone: '+5511987654321',
  phones: ['+5511987654321', '+551187654321'],
  lid: null,
};
const NOBODY = { waId: null, phone: null, phones: [], lid: null };

const envelope = (event: string, data: unknown, more: object = {}) => ({
  event,
  instance: 'lead-vendas',
  data,
  destination: 'https://api.exemplo.com.br/webhooks/evolution/chave-secreta',
  date_time: STAMP,
  sender: '5511940000001@s.whatsapp.net',
  server_url: 'https://evo.exemplo.com.br',
  apikey: null,
  ...more,
});
const key = (more: object = {}) => ({ remoteJid: ANA_JID, fromMe: false, id: '3EB01', ...more });
const text = (body: string, more: object = {}) => ({
  key: key(),
  pushName: 'Ana Souza',
  status: 'DELIVERY_ACK',
  message: { conversation: body },
  messageType: 'conversation',
  messageTimestamp: 1773144932,
  ...more,
});
const parse = (body: unknown, options: EvolutionOptions = {}) =>
  parseEvolutionWebhook(body, { receivedAt: RECEIVED, ...options });
const parseOne = (event: string, data: unknown, options: EvolutionOptions = {}): EvolutionEvent => {
  const events = parse(envelope(event, data), options);
  expect(events).toHaveLength(1);
  return events[0]!;
};
const upsert = (data: unknown) => parseOne('messages.upsert', data);
const reasonOf = (event: EvolutionEvent) => (event.kind === 'ignored' ? event.payload.reason : null);

const ANA_SAYS_HI = {
  dedupeKey: 'message:lead-vendas:3EB01',
  instance: 'lead-vendas',
  kind: 'message',
  payload: {
    id: '3EB01',
    from: ANA,
    pushName: 'Ana Souza',
    type: 'text',
    text: 'Oi',
    buttonPayload: null,
    contextId: null,
    at: '2026-03-10T12:15:32.000Z',
  },
};

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

describe('who wrote', () => {
  const from = (more: object, outside: object = {}) => {
    const event = upsert(text('Oi', { key: key(more), ...outside }));
    return event.kind === 'message' ? event.payload.from : event.kind;
  };
  const BOTH = { ...ANA, lid: '112233445566778' };

  test.each<[string, object, unknown]>([
    ['a phone', {}, ANA],
    ['a device', { remoteJid: '5511987654321:12@s.whatsapp.net' }, ANA],
    ['an older address', { remoteJid: '5511987654321@c.us' }, ANA],
    [
      'a number without the 9',
      { remoteJid: '551187654321@s.whatsapp.net' },
      { ...ANA, waId: '551187654321' },
    ],
    ['a LID alone', { remoteJid: LID_JID }, { ...NOBODY, lid: '112233445566778' }],
    ['a LID and its phone', { remoteJid: LID_JID, remoteJidAlt: ANA_JID, addressingMode: 'lid' }, BOTH],
    ['a phone and its LID', { remoteJid: ANA_JID, remoteJidAlt: LID_JID }, BOTH],
    ['2.3.0: senderPn', { remoteJid: LID_JID, senderPn: ANA_JID }, BOTH],
    ['bare digits in senderPn', { remoteJid: LID_JID, senderPn: '5511987654321' }, BOTH],
    ['senderLid', { senderLid: LID_JID }, BOTH],
    ['the LID that the gateway replaced', { previousRemoteJid: LID_JID }, BOTH],
    ['an alternative that is no address', { remoteJidAlt: 7, senderPn: {}, senderLid: [] }, ANA],
    ['a group as the alternative', { remoteJidAlt: '120363021234567890@g.us' }, ANA],
  ])('%s', (_name, more, expected) => expect(from(more)).toEqual(expected));

  test('senderPn may stand outside the key', () => {
    expect(from({ remoteJid: LID_JID }, { senderPn: ANA_JID })).toEqual(BOTH);
  });

  test('the envelope’s sender is never the writer', () => {
    expect(JSON.stringify(upsert(text('Oi')))).not.toContain('5511940000001');
  });

  test.each([
    ['120363021234567890@g.us', 'group'],
    ['status@broadcast', 'broadcast'],
    ['1623412345@broadcast', 'broadcast'],
    ['120363021234567890@newsletter', 'broadcast'],
  ])('%s is no person, and what was said there is not kept', (remoteJid, reason) => {
    for (const more of [
      {},
      { fromMe: true },
      { remoteJidAlt: ANA_JID, senderPn: ANA_JID, participant: ANA_JID },
    ]) {
      const event = upsert(text('SAIR', { key: key({ remoteJid, ...more }) }));
      expect(event).toMatchObject({ kind: 'ignored', payload: { reason, pieces: [] } });
      expect(isReply(event)).toBe(false);
      expect(evolutionOptOut(event, DEFAULT_OPT_OUT_WORDS)).toBe(false);
      expect(JSON.stringify(event)).not.toContain('SAIR');
    }
  });

  test.each(['0@s.whatsapp.net', '13135550002@bot', '5511987654321', '', null, 7, undefined])(
    'the address %j is unknown',
    (remoteJid) => expect(reasonOf(upsert(text('Oi', { key: key({ remoteJid }) })))).toBe('unknown_jid'),
  );

  test.each<[unknown, string | null]>([
    ['Ana', 'Ana'],
    [' Ana ', 'Ana'],
    ['', null],
    [null, null],
    [7, null],
    [undefined, null],
  ])('the name %j is %j', (pushName, expected) => {
    expect(upsert(text('Oi', { pushName }))).toMatchObject({ payload: { pushName: expected } });
  });
});

describe('what is no message', () => {
  test.each<[string, object, string]>([
    ['no key', { key: undefined }, 'malformed'],
    ['a key of another type', { key: ['3EB01'] }, 'malformed'],
    ['no id', { key: key({ id: undefined }) }, 'no_id'],
    ['an empty id', { key: key({ id: '' }) }, 'no_id'],
    ['an id of another type', { key: key({ id: { a: 1 } }) }, 'no_id'],
    ['an id too long for an index', { key: key({ id: 'x'.repeat(3000) }) }, 'no_id'],
    ['fromMe neither yes nor no', { key: key({ fromMe: 'talvez' }) }, 'malformed'],
    ['no message', { message: undefined }, 'no_content'],
    ['a message of another type', { message: 'Oi' }, 'no_content'],
    ['an empty message', { message: {} }, 'no_content'],
    ['an empty text', { message: { conversation: '' } }, 'no_content'],
    ['a text of another type', { message: { conversation: 7 } }, 'no_content'],
    ['keys being exchanged', { message: { senderKeyDistributionMessage: { groupId: 'x' } } }, 'no_content'],
    ['an empty wrapper', { message: { ephemeralMessage: {} } }, 'no_content'],
    [
      'a copy for the owner’s other devices',
      { message: { deviceSentMessage: { message: { conversation: 'x' } } } },
      'no_content',
    ],
  ])('%s', (_name, more, reason) => {
    const piece = text('Oi', more);
    const event = upsert(piece);
    expect(event).toMatchObject({ kind: 'ignored', payload: { reason, count: 1 } });
    expect(event.dedupeKey.length).toBeLessThan(200);
  });

  test('unreadable now and readable later are two events', () => {
    expect(upsert(text('Oi', { message: null })).dedupeKey).not.toBe(upsert(text('Oi')).dedupeKey);
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

describe('what was said', () => {
  type Expected = [type: string, text: string | null, buttonPayload: string | null];
  const vote = { pollCreationMessageKey: {}, vote: { selectedOptions: ['Sim', 7, 'Talvez'] } };
  const flow = (paramsJson: unknown) => ({
    body: { text: 'Agendar' },
    nativeFlowResponseMessage: { paramsJson },
  });
  test.each<[string, object, Expected]>([
    ['conversation', { conversation: 'Oi' }, ['text', 'Oi', null]],
    ['extendedTextMessage', { extendedTextMessage: { text: 'Oi' } }, ['text', 'Oi', null]],
    ['beside other members', { messageContextInfo: {}, conversation: 'Oi' }, ['text', 'Oi', null]],
    ['imageMessage', { imageMessage: { caption: 'SAIR' }, base64: 'AAAA' }, ['image', 'SAIR', null]],
    ['videoMessage', { videoMessage: { caption: 'veja' } }, ['video', 'veja', null]],
    ['audioMessage', { audioMessage: { ptt: true }, speechToText: '[audio] sair' }, ['audio', null, null]],
    [
      'documentMessage',
      { documentMessage: { fileName: 'a.pdf', caption: 'segue' } },
      ['document', 'segue', null],
    ],
    ['a caption that is empty', { documentMessage: { caption: '' } }, ['document', null, null]],
    ['stickerMessage', { stickerMessage: {} }, ['sticker', null, null]],
    ['locationMessage', { locationMessage: { degreesLatitude: -23.5 } }, ['location', null, null]],
    ['contactMessage', { contactMessage: { displayName: 'Bia' } }, ['contacts', null, null]],
    [
      'buttonsResponseMessage',
      { buttonsResponseMessage: { selectedButtonId: 'b1', selectedDisplayText: 'Quero falar' } },
      ['button', 'Quero falar', 'b1'],
    ],
    [
      'templateButtonReplyMessage',
      { templateButtonReplyMessage: { selectedId: 'opt_out', selectedDisplayText: 'Não', selectedIndex: 1 } },
      ['button', 'Não', 'opt_out'],
    ],
    [
      'listResponseMessage',
      {
        listResponseMessage: { title: 'Plano', description: 'x', singleSelectReply: { selectedRowId: 'p1' } },
      },
      ['interactive', 'Plano', 'p1'],
    ],
    [
      'interactiveResponseMessage',
      { interactiveResponseMessage: flow('{"id":"f1"}') },
      ['interactive', 'Agendar', 'f1'],
    ],
    ['one with odd parameters', { interactiveResponseMessage: flow('{') }, ['interactive', 'Agendar', null]],
    ['one without', { interactiveResponseMessage: flow(null) }, ['interactive', 'Agendar', null]],
    ['reactionMessage', { reactionMessage: { text: '👍', key: { id: 'BAE5' } } }, ['reaction', null, null]],
    ['pollUpdateMessage', { pollUpdateMessage: vote }, ['poll', 'Sim, Talvez', null]],
    ['a kind of tomorrow', { eventMessage: { name: 'Feira' } }, ['other', null, null]],
    [
      'ephemeral',
      { ephemeralMessage: { message: { extendedTextMessage: { text: 'Oi' } } } },
      ['text', 'Oi', null],
    ],
    [
      'seen once',
      { viewOnceMessageV2: { message: { imageMessage: { caption: 'x' } } } },
      ['image', 'x', null],
    ],
    [
      'a document in two wrappers',
      {
        ephemeralMessage: {
          message: { documentWithCaptionMessage: { message: { documentMessage: { caption: 'x' } } } },
        },
      },
      ['document', 'x', null],
    ],
  ])('%s', (_name, message, [type, said, buttonPayload]) => {
    expect(upsert(text('', { message }))).toMatchObject({
      kind: 'message',
      payload: { type, text: said, buttonPayload },
    });
  });

  test('wrappers nested without end are no content', () => {
    let message: object = { conversation: 'Oi' };
    for (let depth = 0; depth < 40; depth++) message = { ephemeralMessage: { message } };
    expect(reasonOf(upsert(text('', { message })))).toBe('no_content');
  });

  test.each<[string, object]>([
    ['in the part', { message: { extendedTextMessage: { text: 'Oi', contextInfo: { stanzaId: 'BAE5' } } } }],
    ['in the message', { message: { conversation: 'Oi', contextInfo: { stanzaId: 'BAE5' } } }],
    ['beside it', { contextInfo: { stanzaId: 'BAE5', quotedMessage: {} } }],
    ['in a reaction', { message: { reactionMessage: { text: '👍', key: { id: 'BAE5' } } } }],
  ])('the message answered stands %s', (_name, more) => {
    expect(upsert(text('Oi', more))).toMatchObject({ payload: { contextId: 'BAE5' } });
  });

  test('a reaction is no reply; a message, a button or a picture is one', () => {
    expect(isReply(upsert(text('Oi')))).toBe(true);
    expect(isReply(upsert(text('', { message: { imageMessage: {} } })))).toBe(true);
    expect(
      isReply(upsert(text('', { message: { reactionMessage: { text: 'SAIR', key: { id: 'B' } } } }))),
    ).toBe(false);
  });

  test('an opt-out, in words, in a caption or by a button', () => {
    const stops = (message: object) => evolutionOptOut(upsert(text('', { message })), DEFAULT_OPT_OUT_WORDS);
    expect(stops({ conversation: 'Parar!' })).toBe(true);
    expect(stops({ imageMessage: { caption: 'SAIR' } })).toBe(true);
    expect(
      stops({ templateButtonReplyMessage: { selectedId: 'opt_out:1', selectedDisplayText: 'Não' } }),
    ).toBe(true);
    expect(stops({ conversation: 'Quero sair do Simples Nacional' })).toBe(false);
    expect(stops({ reactionMessage: { text: 'SAIR', key: { id: 'B' } } })).toBe(false);
    expect(stops({ audioMessage: {} })).toBe(false);
  });
});

describe('the instance’s own messages', () => {
  const own = (more: object = {}) => text('SAIR', { key: key({ fromMe: true, ...more }), pushName: 'Você' });

  test('typed on the phone', () => {
    expect(upsert(own())).toEqual({
      dedupeKey: 'own_message:lead-vendas:3EB01:messages.upsert',
      instance: 'lead-vendas',
      kind: 'own_message',
      payload: {
        id: '3EB01',
        to: ANA,
        state: 'delivered',
        viaApi: false,
        type: 'text',
        text: 'SAIR',
        buttonPayload: null,
        contextId: null,
        at: '2026-03-10T12:15:32.000Z',
      },
    });
  });

  test('sent through the API, whatever fromMe says', () => {
    for (const fromMe of [true, undefined, false]) {
      expect(parseOne('send.message', { ...own({ fromMe }), status: 'PENDING' })).toMatchObject({
        dedupeKey: 'own_message:lead-vendas:3EB01:send.message',
        kind: 'own_message',
        payload: { id: '3EB01', to: ANA, state: 'queued', viaApi: true, text: 'SAIR' },
      });
    }
  });

  test.each([true, 'true', 1])('fromMe %j is yes', (fromMe) =>
    expect(upsert(own({ fromMe })).kind).toBe('own_message'),
  );
  test.each([false, 'false', 0, null, undefined])('fromMe %j is no', (fromMe) =>
    expect(upsert(own({ fromMe })).kind).toBe('message'),
  );

  test('are no reply and no opt-out', () => {
    for (const event of [upsert(own()), parseOne('send.message', own())]) {
      expect(isReply(event)).toBe(false);
      expect(evolutionOptOut(event, DEFAULT_OPT_OUT_WORDS)).toBe(false);
    }
  });

  test('the owner’s number and the person’s LID are not taken for one person', () => {
    const event = upsert(
      own({ remoteJid: LID_JID, senderPn: '5511940000001@s.whatsapp.net', senderLid: '99887766554433@lid' }),
    );
    expect(event).toMatchObject({ payload: { to: { ...NOBODY, lid: '112233445566778' } } });
    expect(upsert(own({ remoteJid: LID_JID, remoteJidAlt: ANA_JID }))).toMatchObject({
      payload: { to: { ...ANA, lid: '112233445566778' } },
    });
  });
});

describe('statuses', () => {
  const row = (status: unknown, more: object = {}) => ({
    keyId: 'BAE5AAAA',
    remoteJid: ANA_JID,
    fromMe: true,
    status,
    instanceId: '8c1f2e64',
    messageId: 'cmb1x0001',
    ...more,
  });
  const numbered = (status: unknown) => ({
    key: { id: 'BAE5AAAA', remoteJid: ANA_JID, fromMe: true },
    update: { status },
  });
  const stateOf = (event: EvolutionEvent) =>
    event.kind === 'status' ? event.payload.state : reasonOf(event);

  test('a whole one', () => {
    expect(parseOne('messages.update', row('DELIVERY_ACK'))).toEqual({
      dedupeKey: 'status:lead-vendas:BAE5AAAA:delivered',
      instance: 'lead-vendas',
      kind: 'status',
      payload: {
        id: 'BAE5AAAA',
        state: 'delivered',
        raw: 'DELIVERY_ACK',
        to: ANA,
        at: RECEIVED.toISOString(),
      },
    });
  });

  test.each([
    ['ERROR', 'failed'],
    ['PENDING', 'queued'],
    ['SERVER_ACK', 'sent'],
    ['DELIVERY_ACK', 'delivered'],
    ['READ', 'read'],
    ['PLAYED', 'read'],
    ['SENT', 'sent'],
    ['DELIVERED', 'delivered'],
    ['FAILED', 'failed'],
    ['read', 'read'],
    ['DELETED', 'deleted_or_edited'],
    ['EDITED', 'deleted_or_edited'],
    ['constructor', 'unknown_status'],
    [null, 'unknown_status'],
    [undefined, 'unknown_status'],
    [{}, 'unknown_status'],
  ])('%j is %s', (status, expected) =>
    expect(stateOf(parseOne('messages.update', row(status)))).toBe(expected),
  );

  test.each<[unknown, string, string]>([
    [0, 'unknown_status', 'failed'],
    [1, 'sent', 'queued'],
    [2, 'delivered', 'sent'],
    [3, 'read', 'delivered'],
    ['3', 'read', 'delivered'],
    [4, 'unknown_status', 'read'],
    [5, 'unknown_status', 'read'],
    [6, 'unknown_status', 'unknown_status'],
    [2.5, 'unknown_status', 'unknown_status'],
  ])('the number %j is %s as documented, %s in Baileys', (status, documented, baileys) => {
    for (const data of [numbered(status), row(status)]) {
      expect(stateOf(parseOne('messages.update', data))).toBe(documented);
      expect(stateOf(parseOne('messages.update', data, { numbering: 'documented' }))).toBe(documented);
      expect(stateOf(parseOne('messages.update', data, { numbering: 'baileys' }))).toBe(baileys);
    }
  });

  test('several at once, in either shape', () => {
    const states = (data: unknown) => parse(envelope('MESSAGES_UPDATE', data)).map(stateOf);
    expect(states([numbered(1), numbered(2), row('READ'), numbered(3)])).toEqual([
      'sent',
      'delivered',
      'read',
    ]);
    expect(states({ updates: [numbered(1), null] })).toEqual(['sent', 'malformed']);
  });

  test('the id is WhatsApp’s, never the gateway’s own', () => {
    const { keyId: _none, ...without } = row('READ', { id: 'row-1' });
    expect(reasonOf(parseOne('messages.update', without))).toBe('no_id');
    expect(parseOne('messages.update', row('READ', { key: { id: 'outro' } }))).toMatchObject({
      payload: { id: 'BAE5AAAA' },
    });
  });

  test('one that calls itself fromMe: false is one all the same', () => {
    expect(stateOf(parseOne('messages.update', row('DELIVERED', { fromMe: false })))).toBe('delivered');
  });

  test('of a person by LID, or at an address that lost its end', () => {
    expect(parseOne('messages.update', row('READ', { remoteJid: LID_JID }))).toMatchObject({
      payload: { to: { ...NOBODY, lid: '112233445566778' } },
    });
    expect(parseOne('messages.update', row('READ', { remoteJid: '5511987654321' }))).toMatchObject({
      payload: { state: 'read', to: NOBODY },
    });
  });

  test('of a group or a broadcast are ignored', () => {
    expect(reasonOf(parseOne('messages.update', row('READ', { remoteJid: '1@g.us' })))).toBe('group');
    expect(reasonOf(parseOne('messages.update', row('READ', { remoteJid: 'status@broadcast' })))).toBe(
      'broadcast',
    );
    expect(
      reasonOf(parseOne('messages.update', { ...numbered(3), key: { id: 'A', remoteJid: '1@g.us' } })),
    ).toBe('group');
  });
});

describe('edits and deletions', () => {
  const change = (more: object) => ({ key: key(), ...more });
  const edit = { type: 14, editedMessage: { conversation: 'SAIR' }, timestampMs: '1773144999000' };

  test('an edit', () => {
    expect(parseOne('messages.edited', change(edit))).toEqual({
      dedupeKey: expect.stringMatching(/^edited:lead-vendas:3EB01:[\da-f]{16}$/),
      instance: 'lead-vendas',
      kind: 'edited',
      payload: { id: '3EB01', text: 'SAIR', from: null, at: '2026-03-10T12:16:39.000Z' },
    });
    expect(parseOne('send.message.update', change(edit)).kind).toBe('edited');
  });

  test('an edit is no reply, its wording is not in its key, and the next edit has another', () => {
    const first = parseOne('messages.edited', change(edit));
    const next = parseOne('messages.edited', change({ ...edit, timestampMs: '1773145000000' }));
    expect(isReply(first)).toBe(false);
    expect(first.dedupeKey).not.toContain('SAIR');
    expect(next.dedupeKey).not.toBe(first.dedupeKey);
  });

  test.each([0, '0', 'REVOKE', undefined, null])('of the type %j it is a deletion', (type) => {
    expect(parseOne('messages.edited', change({ type }))).toEqual({
      dedupeKey: 'deleted:lead-vendas:3EB01',
      instance: 'lead-vendas',
      kind: 'deleted',
      payload: { id: '3EB01', at: RECEIVED.toISOString() },
    });
  });

  test('other changes are not followed', () => {
    expect(reasonOf(parseOne('messages.edited', change({ type: 3 })))).toBe('not_followed');
    expect(reasonOf(parseOne('messages.edited', { key: key({ id: null }), ...edit }))).toBe('no_id');
    expect(reasonOf(parseOne('messages.edited', { key: key({ remoteJid: '1@g.us' }), ...edit }))).toBe(
      'group',
    );
  });

  test('they may come as a message', () => {
    const protocolMessage = { key: { ...key({ id: 'OLD' }), fromMe: true }, ...edit };
    for (const message of [{ protocolMessage }, { editedMessage: { message: { protocolMessage } } }]) {
      expect(upsert(text('', { message }))).toMatchObject({
        kind: 'edited',
        payload: { id: 'OLD', text: 'SAIR', from: ANA },
      });
      const own = text('', { key: key({ fromMe: true }), message });
      expect(upsert(own)).toMatchObject({ kind: 'edited', payload: { id: 'OLD', from: null } });
    }
    const itself = { editedMessage: { message: { conversation: 'SAIR' } } };
    expect(upsert(text('', { message: itself }))).toMatchObject({
      kind: 'edited',
      payload: { id: '3EB01', text: 'SAIR', from: ANA },
    });
    const revoke = { protocolMessage: { key: { id: 'OLD' }, type: 0 } };
    expect(upsert(text('', { message: revoke }))).toMatchObject({ kind: 'deleted', payload: { id: 'OLD' } });
    const inGroup = text('', { key: key({ remoteJid: '1@g.us' }), message: { protocolMessage } });
    expect(reasonOf(upsert(inGroup))).toBe('group');
  });

  test.each<[string, object]>([
    ['a bare key', key()],
    ['a bare key and its status', { ...key(), status: 'DELETED' }],
    ['a row', { id: 'row-1', instanceId: 'i', key: key(), status: 'DELETED' }],
    [
      'a row of the other integration',
      { messageId: 'row-1', keyId: '3EB01', remoteJid: ANA_JID, status: 'DELETED' },
    ],
  ])('a deletion by %s', (_name, data) => {
    expect(parseOne('messages.delete', data)).toMatchObject({ kind: 'deleted', payload: { id: '3EB01' } });
  });

  test('a deletion that names no message, or one in a group', () => {
    expect(reasonOf(parseOne('messages.delete', { id: 'row-1', instanceId: 'i', status: 'DELETED' }))).toBe(
      'no_id',
    );
    expect(reasonOf(parseOne('messages.delete', key({ remoteJid: '1@g.us' })))).toBe('group');
  });
});

describe('the connection', () => {
  test.each<[string, object, string, number | null]>([
    ['connection.update', { state: 'open', statusReason: 200 }, 'open', 200],
    ['connection.update', { state: 'connecting', statusReason: 200 }, 'connecting', 200],
    ['connection.update', { state: 'close', statusReason: 401 }, 'close', 401],
    ['connection.update', { state: 'refused', statusReason: '428' }, 'refused', 428],
    ['connection.update', { state: 'OPEN' }, 'open', null],
    ['status.instance', { status: 'closed', disconnectionReasonCode: 403 }, 'close', 403],
    [
      'qrcode.updated',
      { message: 'QR code limit reached, please login again', statusCode: 500 },
      'refused',
      500,
    ],
    ['qrcode.updated', { message: 'QR code limit reached, please login again' }, 'refused', null],
    ['logout.instance', { instanceName: 'lead-vendas' }, 'close', null],
    ['REMOVE_INSTANCE', { instanceName: 'lead-vendas' }, 'close', null],
    ['instance.delete', { instanceName: 'lead-vendas' }, 'close', null],
  ])('%s %j', (event, data, state, reasonCode) => {
    expect(parseOne(event, data)).toMatchObject({
      kind: 'connection',
      payload: { state, reasonCode, stamp: STAMP, at: RECEIVED.toISOString() },
    });
  });

  test('tells the number it is linked to, and when it ended', () => {
    expect(
      parseOne('connection.update', { state: 'open', wuid: '5511940000001:3@s.whatsapp.net' }),
    ).toMatchObject({
      payload: { ownWaId: '5511940000001' },
    });
    const ended = { status: 'closed', disconnectionAt: '2026-03-10T12:15:32.114Z' };
    expect(parseOne('status.instance', ended)).toMatchObject({ payload: { at: '2026-03-10T12:15:32.114Z' } });
    expect(parseOne('status.instance', { ...ended, disconnectionAt: 'x' })).toMatchObject({
      payload: { at: RECEIVED.toISOString() },
    });
  });

  test('a state nobody knows, and a code to scan, which is not kept', () => {
    expect(reasonOf(parseOne('connection.update', { state: 'paused' }))).toBe('unknown_state');
    expect(reasonOf(parseOne('connection.update', { state: null }))).toBe('unknown_state');
    const code = parseOne('qrcode.updated', {
      qrcode: { code: '2@segredo', base64: 'data:', pairingCode: 'ABCD' },
    });
    expect(reasonOf(code)).toBe('qrcode');
    expect(JSON.stringify(code)).not.toMatch(/segredo|ABCD/);
  });

  test('the same one has one key, the next time another; undated ones are never taken for a repetition', () => {
    const keyAt = (date_time: unknown, receivedAt = RECEIVED) =>
      parse(envelope('connection.update', { state: 'open' }, { date_time }), { receivedAt })[0]!.dedupeKey;
    const later = new Date('2026-03-10T12:20:00Z');
    expect(keyAt(STAMP, later)).toBe(keyAt(STAMP));
    expect(keyAt('2026-03-10T09:16:00.000Z')).not.toBe(keyAt(STAMP));
    for (const none of [undefined, null, 7, '', 'x'.repeat(65)])
      expect(keyAt(none, later)).not.toBe(keyAt(none));
  });
});

describe('contacts', () => {
  const contactsOf = (data: unknown, event = 'contacts.upsert') =>
    parse(envelope(event, data)).map((one) =>
      one.kind === 'contacts' ? one.payload.contacts : reasonOf(one),
    );
  const ana = { remoteJid: ANA_JID, pushName: 'Ana Souza', profilePicUrl: null, instanceId: 'i' };

  test.each(['contacts.upsert', 'contacts.update', 'CONTACTS_SET'])('%s, one or several', (event) => {
    const told = [[{ names: ANA, name: 'Ana Souza' }]];
    expect(contactsOf(ana, event)).toEqual(told);
    expect(contactsOf([ana], event)).toEqual(told);
    expect(contactsOf({ contacts: [ana] }, event)).toEqual(told);
  });

  test.each<[string, object]>([
    ['the gateway', { remoteJid: LID_JID, remoteJidAlt: ANA_JID }],
    ['the gateway, turned round', { remoteJid: ANA_JID, remoteJidAlt: LID_JID }],
    ['the library', { id: ANA_JID, lid: LID_JID }],
    ['the library, turned round', { id: LID_JID, phoneNumber: ANA_JID }],
    ['the library, with digits', { id: LID_JID, phoneNumber: '5511987654321' }],
    ['a chat', { remoteJid: ANA_JID, remoteLid: LID_JID }],
  ])('a phone and a LID are one person, in the words of %s', (_name, contact) => {
    expect(contactsOf(contact)).toEqual([[{ names: { ...ANA, lid: '112233445566778' }, name: null }]]);
  });

  test('whoever tells nothing new is left out, with the reason', () => {
    expect(contactsOf({ ...ana, pushName: '5511987654321' })).toEqual(['nothing_told']);
    expect(contactsOf({ ...ana, pushName: null })).toEqual(['nothing_told']);
    expect(contactsOf([ana, { remoteJid: '1@g.us', pushName: 'Grupo' }, { remoteJid: 'x' }, 3, []])).toEqual([
      [{ names: ANA, name: 'Ana Souza' }],
      'group',
      'unknown_jid',
      'malformed',
    ]);
  });

  test('two chunks have two keys, one chunk sent twice has one', () => {
    const keyOf = (data: unknown) => parse(envelope('contacts.upsert', data))[0]!.dedupeKey;
    expect(keyOf([ana])).toBe(keyOf([{ ...ana }]));
    expect(keyOf([ana])).not.toBe(keyOf([{ ...ana, pushName: 'Bia' }]));
    expect(keyOf([ana])).not.toContain('Ana');
  });
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

describeWithFixtures('shared payloads', () => {
  const person = ANA;
  const said = (id: string, type: string, words: string | null, more: object = {}) => ({
    kind: 'message',
    payload: {
      id,
      from: person,
      pushName: 'Ana Souza',
      type,
      text: words,
      buttonPayload: null,
      contextId: null,
      at: '2026-03-10T12:15:32.000Z',
      ...more,
    },
  });
  const ignored = (event: string, reason: string) => ({
    kind: 'ignored',
    payload: { event, reason, count: 1, pieces: [] },
  });
  const connection = (event: string, state: string, reasonCode: number, more: object = {}) => ({
    kind: 'connection',
    payload: { event, state, reasonCode, ownWaId: null, stamp: STAMP, at: RECEIVED.toISOString(), ...more },
  });
  const status = (state: string, raw: string) => ({
    kind: 'status',
    payload: { id: 'BAE5AAAA', state, raw, to: person, at: RECEIVED.toISOString() },
  });
  const contacts = { kind: 'contacts', payload: { contacts: [{ names: person, name: 'Ana Souza' }] } };

  const EXPECTED: Readonly<Record<string, object>> = {
    chats_upsert: ignored('chats.upsert', 'chats'),
    connection_update__close_logged_out: connection('connection.update', 'close', 401),
    connection_update__open: connection('connection.update', 'open', 200, { ownWaId: '5511940000001' }),
    contacts_update__array: contacts,
    contacts_update__object: contacts,
    messages_edited__actually_revoke: {
      kind: 'deleted',
      payload: { id: '3EB0C4A1D2E3F40516A7B8', at: RECEIVED.toISOString() },
    },
    messages_edited__text: {
      kind: 'edited',
      payload: {
        id: '3EB0C4A1D2E3F40516A7B8',
        from: null,
        text: 'Oi, quero saber MENOS',
        at: '2026-03-10T12:16:39.000Z',
      },
    },
    messages_set__history_sync: ignored('messages.set', 'history'),
    messages_update__read: status('read', 'READ'),
    messages_update__server_ack: status('sent', 'SERVER_ACK'),
    messages_upsert__apikey_exposed: said('3EB0000000000000000012', 'text', 'oi'),
    messages_upsert__document_with_caption_flattened: said('3EB000000000000000000A', 'document', 'segue'),
    messages_upsert__empty_pushname_null: said('3EB0000000000000000010', 'text', 'oi', { pushName: null }),
    messages_upsert__group: ignored('messages.upsert', 'group'),
    messages_upsert__image_caption: said('3EB0000000000000000008', 'image', 'SAIR'),
    messages_upsert__lid_only_no_phone: said('3EB0000000000000000004', 'text', 'Oi', {
      from: { ...NOBODY, lid: '112233445566779' },
      pushName: 'Sem Telefone',
    }),
    messages_upsert__reaction: said('3EB000000000000000000D', 'reaction', null, { contextId: 'BAE5AAAA' }),
    messages_upsert__status_broadcast: ignored('messages.upsert', 'broadcast'),
    messages_upsert__text_pn: said('3EB0C4A1D2E3F40516A7B8', 'text', 'Oi, quero saber mais'),
    presence_update: ignored('presence.update', 'presence'),
    qrcode_updated__limit_reached: connection('qrcode.updated', 'refused', 500),
    status_instance__closed: connection('status.instance', 'close', 401, { at: '2026-03-10T12:15:32.114Z' }),
  };
  const names = sharedJsonNames('evolution').map((name) => name.replace('.json', ''));

  test('are there', () => expect(names).toEqual(expect.arrayContaining(Object.keys(EXPECTED))));

  test.each(names.filter((name) => Object.hasOwn(EXPECTED, name)))('%s', (name) => {
    const body = sharedJson(`evolution/${name}.json`);
    const [event, ...more] = parse(body);
    const { dedupeKey, ...fact } = event!;
    expect(fact).toEqual({ instance: 'lead-vendas', ...EXPECTED[name] });
    expect(more).toEqual([]);
    expect(parse(structuredClone(body), { receivedAt: new Date() })[0]!.dedupeKey).toBe(dedupeKey);
    expect(JSON.stringify([event, stripApiKey(body)])).not.toMatch(/apikey|B6D711|destination/);
  });

  test('the six replies, and the one opt-out among them', () => {
    const events = Object.keys(EXPECTED).flatMap((name) => parse(sharedJson(`evolution/${name}.json`)));
    const stops = events.filter((event) => evolutionOptOut(event, DEFAULT_OPT_OUT_WORDS));
    expect(events.filter(isReply)).toHaveLength(6);
    expect(stops.map(({ dedupeKey }) => dedupeKey)).toEqual(['message:lead-vendas:3EB0000000000000000008']);
  });
});
