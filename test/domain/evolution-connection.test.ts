import {
  STAMP,
  RECEIVED,
  ANA_JID,
  LID_JID,
  ANA,
  envelope,
  parse,
  parseOne,
  reasonOf,
} from './evolution-payloads.ts';

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
