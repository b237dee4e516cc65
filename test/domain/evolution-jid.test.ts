import fc from 'fast-check';
import { namesOf, parseJid, parsePhoneJid } from '../../src/domain/evolution-jid.ts';

const ANA = {
  kind: 'phone',
  waId: '5511987654321',
  phone: '+5511987654321',
  phones: ['+5511987654321', '+551187654321'],
};

describe('parseJid', () => {
  test.each([
    '5511987654321@s.whatsapp.net',
    '5511987654321:12@s.whatsapp.net',
    '5511987654321_1:12@s.whatsapp.net',
    '5511987654321@c.us',
    ' 5511987654321@S.WhatsApp.net ',
    '5511987654321@hosted',
  ])('%j is one phone', (jid) => expect(parseJid(jid)).toEqual(ANA));

  test('a number without its ninth digit keeps its account and has both forms', () => {
    expect(parseJid('551187654321@s.whatsapp.net')).toEqual({ ...ANA, waId: '551187654321' });
    expect(parseJid('553187654321:3@s.whatsapp.net')).toEqual({
      kind: 'phone',
      waId: '553187654321',
      phone: '+5531987654321',
      phones: ['+5531987654321', '+553187654321'],
    });
  });

  test('a landline has one form, an account that is no known number none', () => {
    expect(parseJid('551934567890@s.whatsapp.net')).toMatchObject({ phones: ['+551934567890'] });
    expect(parseJid('5520987654321@s.whatsapp.net')).toEqual({
      kind: 'phone',
      waId: '5520987654321',
      phone: null,
      phones: [],
    });
  });

  test.each([
    ['112233445566778@lid', '112233445566778'],
    ['112233445566778:12@lid', '112233445566778'],
    ['112233445566778@hosted.lid', '112233445566778'],
    // A LID that reads like a phone is still none.
    ['5511987654321@lid', '5511987654321'],
  ])('%s is a LID', (jid, lid) => expect(parseJid(jid)).toEqual({ kind: 'lid', lid }));

  test.each([
    ['120363021234567890@g.us', 'group'],
    ['5511987654321-1623412345@g.us', 'group'],
    ['status@broadcast', 'broadcast'],
    ['1623412345@broadcast', 'broadcast'],
    ['120363021234567890@newsletter', 'broadcast'],
    ['0@s.whatsapp.net', 'unknown'],
    ['5511987654321', 'unknown'],
    ['5511987654321@', 'unknown'],
    ['@s.whatsapp.net', 'unknown'],
    ['abc@s.whatsapp.net', 'unknown'],
    ['55119876543210000@s.whatsapp.net', 'unknown'],
    ['5511987654321@s.whatsapp.net.example.com', 'unknown'],
    ['5511987654321@s.whatsapp.net@g.us', 'unknown'],
    ['13135550002@bot', 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
    [5511987654321, 'unknown'],
    [{ user: '5511987654321' }, 'unknown'],
  ])('%j: %s', (jid, kind) => expect(parseJid(jid)).toEqual({ kind }));

  test('a phone is named by exactly the addresses of its two forms', () => {
    const ddd = fc.constantFrom('11', '21', '28', '31', '47', '51', '88');
    const eight = fc.integer({ min: 60_000_000, max: 99_999_999 }).map(String);
    fc.assert(
      fc.property(ddd, eight, fc.nat({ max: 99 }), (area, rest, device) => {
        const withNine = parseJid(`55${area}9${rest}:${device}@s.whatsapp.net`);
        const without = parseJid(`55${area}${rest}@c.us`);
        if (withNine.kind !== 'phone' || without.kind !== 'phone') throw new Error('no phone');
        expect(withNine.phones).toEqual([`+55${area}9${rest}`, `+55${area}${rest}`]);
        expect(without.phones).toEqual(withNine.phones);
        expect(without.waId).not.toBe(withNine.waId);
      }),
    );
  });

  test('anything is taken without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string({ unit: 'binary' }).map((user) => `${user}@g.us`),
        ),
        (value) => {
          expect(['phone', 'lid', 'group', 'broadcast', 'unknown']).toContain(parseJid(value).kind);
        },
      ),
    );
  });
});

test('a member that names a phone may hold bare digits', () => {
  expect(parsePhoneJid('5511987654321')).toEqual(ANA);
  expect(parsePhoneJid('+5511987654321')).toEqual(ANA);
  expect(parsePhoneJid('5511987654321:7@s.whatsapp.net')).toEqual(ANA);
  expect(parsePhoneJid('112233445566778@lid').kind).toBe('lid');
  expect(parsePhoneJid(null).kind).toBe('unknown');
});

test('namesOf takes the first of each kind', () => {
  const lid = parseJid('112233445566778@lid');
  const phone = parseJid('5511987654321@s.whatsapp.net');
  const other = parseJid('5511911111111@s.whatsapp.net');
  const { kind: _kind, ...names } = ANA;
  expect(namesOf(lid, phone, other)).toEqual({ ...names, lid: '112233445566778' });
  expect(namesOf(lid, parseJid('status@broadcast'))).toEqual({
    waId: null,
    phone: null,
    phones: [],
    lid: '112233445566778',
  });
});
