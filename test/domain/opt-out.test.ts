import fc from 'fast-check';
import { asksToStop, DEFAULT_OPT_OUT_WORDS, isOptOut } from '../../src/domain/opt-out.ts';

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

describe('a pressed button is a stop', () => {
  const pressed = (text: string | null, buttonPayload: string | null, type = 'button') =>
    asksToStop({ type, text, buttonPayload }, DEFAULT_OPT_OUT_WORDS);

  test.each([
    ['Parar promoções', 'Parar promoções'],
    ['Stop promotions', null],
    ['Parar de receber', 'x1'],
    ['Sair', 'menu_3'],
    ['Descadastrar', ''],
    ['Não quero mais', 'b2'],
    ['🚫 Não quero mais receber mensagens', 'b2'],
    ['Tchau', 'PARAR'],
    ['Tchau', 'opt_out'],
    ['Tchau', 'OPT_OUT:0198c1e8-0000-7000-8000-000000000000'],
    // The wording is what the person meant, whatever we had it mean.
    ['Parar promoções', 'talk:0198c1e8-0000-7000-8000-000000000000'],
  ])('%j with the payload %j', (text, payload) => {
    expect(pressed(text, payload)).toBe(true);
    expect(pressed(text, payload, 'interactive')).toBe(true);
  });

  test.each([
    ['Quero falar', 'talk'],
    ['Não tenho interesse', 'not_interested'],
    ['Quero parar de pagar imposto', 'sim'],
    ['Sair do Simples Nacional', 'b1'],
    [null, null],
  ])('and %j with the payload %j is none', (text, payload) => expect(pressed(text, payload)).toBe(false));

  test('of what is typed only the tenant’s words count', () => {
    expect(pressed('Não quero mais', null, 'text')).toBe(false);
    expect(pressed('PARAR', null, 'text')).toBe(true);
  });
});
