import { isReply } from '../../src/domain/evolution-webhook.ts';
import { RECEIVED, ANA_JID, ANA, key, text, parseOne, upsert, reasonOf } from './evolution-payloads.ts';

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
