import { evolutionOptOut, isReply, stripApiKey } from '../../src/domain/evolution-webhook.ts';
import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import { STAMP, RECEIVED, ANA, parse, NOBODY } from './evolution-payloads.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from './shared-fixtures.ts';

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
