import fc from 'fast-check';
import { DEFAULT_OPT_OUT_WORDS, isOptOut } from '../../src/domain/opt-out.ts';

test.each([
  'SAIR',
  'sair',
  '  Parar. ',
  'Cancelar!!!',
  '🚫 STOP 🚫',
  '*remover*',
  'NAO QUERO',
  'não  quero',
  'Na\u0303o quero…',
  '"sair"',
  'sa\u200bir',
  'ＳＡＩＲ',
  'sair\n',
  'Sair, sair, SAIR!',
])('%j is an opt-out', (text) => expect(isOptOut(text)).toBe(true));

test.each([
  'Quero sair do Simples Nacional',
  'não quero parar',
  'sair?? como assim',
  'SAIRÁ',
  'nãoquero',
  'NÃO',
  's a i r',
  'sair parar agora',
  'oi',
  '',
  '👍',
  '...',
])('%j is a reply', (text) => expect(isOptOut(text)).toBe(false));

test('the list is the tenant’s own', () => {
  expect(isOptOut('Chega!', ['chega'])).toBe(true);
  expect(isOptOut('SAIR', ['chega'])).toBe(false);
  expect(isOptOut('SAIR', [])).toBe(false);
  expect(isOptOut('👍', ['', '!'])).toBe(false);
});

const word = fc.constantFrom(...DEFAULT_OPT_OUT_WORDS);
const noise = fc.string({ unit: fc.constantFrom(...[...' \n\t.,!?*"🙏😡…-']), maxLength: 8 });

test('case and whatever is no letter around the word never matter', () => {
  fc.assert(
    fc.property(
      word,
      noise,
      noise,
      fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
      (stop, before, after, upper) => {
        const cased = [...stop].map((c, i) => (upper[i] ? c.toUpperCase() : c.toLowerCase())).join('');
        expect(isOptOut(before + cased + after)).toBe(true);
      },
    ),
  );
});

test('one more word of any kind makes it a reply', () => {
  fc.assert(
    fc.property(
      word,
      fc.constantFrom('quero', 'do', 'por', 'que', '1', 'ç'),
      fc.boolean(),
      (stop, more, first) => {
        expect(isOptOut(first ? `${more} ${stop}` : `${stop} ${more}`)).toBe(false);
      },
    ),
  );
});
