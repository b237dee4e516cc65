import type { EvolutionEvent } from '../../src/domain/evolution-webhook.ts';
import {
  RECEIVED,
  ANA_JID,
  LID_JID,
  ANA,
  NOBODY,
  envelope,
  parse,
  parseOne,
  reasonOf,
} from './evolution-payloads.ts';

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
