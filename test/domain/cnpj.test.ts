import fc from 'fast-check';
import { formatCnpj, parseCnpj } from '../../src/domain/cnpj.ts';
import { describeWithFixtures, sharedCsv } from './shared-fixtures.ts';

/** The check digits as the Receita Federal defines them: value = ASCII − 48, weights 2–9, modulo 11. */
function withCheckDigits(body: string): string {
  let result = body;
  for (let round = 0; round < 2; round++) {
    const sum = [...result]
      .reverse()
      .reduce((total, character, index) => total + (character.charCodeAt(0) - 48) * (2 + (index % 8)), 0);
    result += String(sum % 11 < 2 ? 0 : 11 - (sum % 11));
  }
  return result;
}

const body = fc
  .string({ unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'), minLength: 12, maxLength: 12 })
  .filter((text) => new Set(text).size > 1);

describeWithFixtures('shared vectors', () => {
  const rows = sharedCsv('cnpj.csv');

  test('are all there', () => expect(rows.length).toBeGreaterThan(20));

  test.each(rows.map((row) => [row.input!, row] as const))('%j', (input, row) => {
    expect(parseCnpj(input)).toEqual(
      row.valid === 'true' ? { ok: true, cnpj: row.normalized } : { ok: false },
    );
  });
});

test.each([
  ['12.abc.345/01de-35', '12ABC34501DE35'],
  ['11 222 333 0001 81', '11222333000181'],
  ['00000000000191', '00000000000191'],
])('%s is valid', (input, cnpj) => expect(parseCnpj(input)).toEqual({ ok: true, cnpj }));

test.each([
  '',
  '00000000000000',
  '1122233300018',
  '112223330001811',
  '11.222.333/0001-81 x',
  'ıOUQF000000114',
])('%j is refused', (input) => expect(parseCnpj(input)).toEqual({ ok: false }));

test('any body with its check digits is valid, masked or not, and formats back', () => {
  fc.assert(
    fc.property(body, (text) => {
      const cnpj = withCheckDigits(text);
      const masked = `${cnpj.slice(0, 2)}.${cnpj.slice(2, 5)}.${cnpj.slice(5, 8)}/${cnpj.slice(8, 12)}-${cnpj.slice(12)}`;
      expect(parseCnpj(cnpj)).toEqual({ ok: true, cnpj });
      expect(parseCnpj(masked.toLowerCase())).toEqual({ ok: true, cnpj });
      expect(formatCnpj(cnpj)).toBe(masked);
    }),
  );
});

test('a wrong check digit is never valid', () => {
  fc.assert(
    fc.property(body, fc.integer({ min: 12, max: 13 }), fc.integer({ min: 1, max: 9 }), (text, at, step) => {
      const right = withCheckDigits(text);
      const wrong = right.slice(0, at) + ((Number(right[at]) + step) % 10) + right.slice(at + 1);
      expect(parseCnpj(wrong)).toEqual({ ok: false });
    }),
  );
});
