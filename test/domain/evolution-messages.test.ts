import { evolutionOptOut, isReply } from '../../src/domain/evolution-webhook.ts';
import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import {
  ANA_JID,
  LID_JID,
  ANA,
  key,
  text,
  parseOne,
  upsert,
  reasonOf,
  NOBODY,
} from './evolution-payloads.ts';

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
