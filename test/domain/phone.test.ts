import fc from 'fast-check';
import { formatPhone, parsePhone, phoneForms, phoneFromWaId } from '../../src/domain/phone.ts';
import { describeWithFixtures, sharedCsv } from './shared-fixtures.ts';

const DDDS = [11, 19, 21, 24, 27, 28, 31, 38, 41, 47, 51, 53, 55, 61, 69, 71, 79, 81, 88, 91, 99];
const ddd = fc.constantFrom(...DDDS);
const fourDigits = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
const mobile = fc
  .tuple(ddd, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 999 }), fourDigits)
  .map(([area, first, rest, last]) => ({
    area: String(area),
    first: `${first}${String(rest).padStart(3, '0')}`,
    last,
  }));

const e164Of = (input: string) => {
  const phone = parsePhone(input);
  return phone.ok ? phone.e164 : phone.reason;
};

describeWithFixtures('shared vectors', () => {
  const rows = sharedCsv('br-phones.csv');

  test('are all there', () => expect(rows.length).toBeGreaterThan(50));

  test.each(rows.map((row) => [row.input!, row] as const))('%j', (input, row) => {
    const phone = parsePhone(input);
    if (row.valid === 'true') {
      expect(phone).toEqual({
        ok: true,
        e164: row.expected_e164,
        waIdCandidates: row.wa_id_candidates!.split('|'),
      });
    } else {
      expect(phone.ok).toBe(false);
    }
  });
});

describe('parsePhone', () => {
  test.each([
    ['(11) 98765-4321', '+5511987654321'],
    ['+55 (011) 98765-4321', '+5511987654321'],
    ['(0xx11) 98765-4321', '+5511987654321'],
    ['0 xx 11 98765 4321', '+5511987654321'],
    ['005511987654321', '+5511987654321'],
    ['+55 11 8765-4321', '+5511987654321'],
    ['11/98765-4321', '+5511987654321'],
    ['11 98765\u20114321', '+5511987654321'],
    ['\u202a+55\u00a011\u00a098765-4321\u202c', '+5511987654321'],
    ['tel:+5511987654321', '+5511987654321'],
    ['https://wa.me/5511987654321', '+5511987654321'],
    ['5511987654321@c.us', '+5511987654321'],
    ['551187654321@s.whatsapp.net', '+5511987654321'],
    ['(11) 3456-7890', '+551134567890'],
    ['0041 44 668 18 00', '+41446681800'],
    ['+351 912 345 678', '+351912345678'],
  ])('%s', (input, e164) => expect(e164Of(input)).toBe(e164));

  test.each([
    ['', 'empty'],
    [' \u200b ', 'empty'],
    ['11987654321 / 11912345678', 'too_many'],
    ['(11) 98765-4321 ou (11) 91234-5678', 'too_many'],
    ['+5511987654321;+5511912345678', 'too_many'],
    ['não tem', 'not_a_phone'],
    ['5511987654321.0', 'not_a_phone'],
    ['5.51198E+12', 'not_a_phone'],
    ['112233445566778@lid', 'not_a_phone'],
    ['120363021234567890@g.us', 'not_a_phone'],
    ['BR.13491208655302741918', 'not_a_phone'],
    ["11987654321'; DROP TABLE leads;--", 'not_a_phone'],
    ['+55987654321', 'invalid'],
    ['20987654321', 'invalid'],
    ['11887654321', 'invalid'],
    ['0800 123 4567', 'invalid'],
    ['+55 800 123 4567', 'invalid'],
    ['16505551234', 'invalid'],
    ['987654321', 'invalid'],
  ])('%j is refused: %s', (input, reason) => expect(e164Of(input)).toBe(reason));

  test('eleven bare digits that start with 55 are the area 55', () => {
    expect(e164Of('55987654321')).toBe('+5555987654321');
    expect(e164Of('55 3222-1234')).toBe('+555532221234');
  });

  test('a mobile is the same however it is written', () => {
    fc.assert(
      fc.property(mobile, ({ area, first, last }) => {
        const e164 = `+55${area}9${first}${last}`;
        const written = [
          e164,
          e164.slice(1),
          `${area}9${first}${last}`,
          `(${area}) 9${first}-${last}`,
          `0${area} 9 ${first} ${last}`,
          `0 15 ${area} 9${first}.${last}`,
          `0055 ${area} 9${first}${last}`,
          `55${area}9${first}${last}:7@s.whatsapp.net`,
          ` whatsapp:${e164} `,
        ];
        expect(new Set(written.map(e164Of))).toEqual(new Set([e164]));
      }),
    );
  });

  test('every WhatsApp form of a number leads back to it, and no landline is ever among them', () => {
    fc.assert(
      fc.property(mobile, ({ area, first, last }) => {
        const phone = parsePhone(`${area}9${first}${last}`);
        if (!phone.ok) throw new Error(phone.reason);
        expect(phone.waIdCandidates).toHaveLength(/^[6-9]/.test(first) ? 2 : 1);
        for (const waId of phone.waIdCandidates) expect(phoneFromWaId(waId)).toBe(phone.e164);
        for (const form of phoneForms(phone.e164)) expect(e164Of(form)).toBe(phone.e164);
        expect(new Set(phoneForms(phone.e164))).toEqual(new Set(phone.waIdCandidates.map((id) => `+${id}`)));
      }),
    );
  });

  test('any text gets an answer, and an accepted number reads as itself again', () => {
    const digitsAndSigns = fc.string({
      unit: fc.constantFrom(...'0123456789+-() .@:x,;/abe'.split('')),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), digitsAndSigns), (input) => {
        const phone = parsePhone(input);
        if (!phone.ok) return;
        expect(phone.e164).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(parsePhone(phone.e164)).toEqual(phone);
      }),
      { numRuns: 500 },
    );
  });
});

describe('waIdCandidates', () => {
  test.each([
    ['11987654321', ['5511987654321', '551187654321']],
    ['28987654321', ['5528987654321', '552887654321']],
    ['31987654321', ['553187654321', '5531987654321']],
    ['31967654321', ['5531967654321', '553167654321']],
    ['31957654321', ['5531957654321']],
    ['31907654321', ['5531907654321']],
    ['+525512345678', ['5215512345678', '525512345678']],
  ])('%s', (input, waIdCandidates) => expect(parsePhone(input)).toMatchObject({ waIdCandidates }));
});

describe('phoneForms', () => {
  test('has both forms of a mobile, canonical first', () => {
    expect(phoneForms('+5511987654321')).toEqual(['+5511987654321', '+551187654321']);
  });

  test.each(['+5541932345678', '+551934567890', '+16505551234', '+5491112345678'])(
    '%s has one form',
    (e164) => expect(phoneForms(e164)).toEqual([e164]),
  );
});

describe('phoneFromWaId', () => {
  test.each([
    ['551187654321', '+5511987654321'],
    ['5511987654321', '+5511987654321'],
    ['551934567890', '+551934567890'],
    ['5215512345678', '+525512345678'],
    ['16505551234', '+16505551234'],
    ['972987654321', '+972987654321'],
    ['55987654321', null],
    ['112233445566778', null],
    ['BR.1502', null],
    ['', null],
  ])('%s → %s', (waId, e164) => expect(phoneFromWaId(waId)).toBe(e164));
});

test.each([
  ['+5511987654321', '(11) 98765-4321'],
  ['+551934567890', '(19) 3456-7890'],
  ['+16505551234', '+1 650 555 1234'],
  ['?', '?'],
])('formatPhone(%s) is %s', (e164, shown) => expect(formatPhone(e164)).toBe(shown));
