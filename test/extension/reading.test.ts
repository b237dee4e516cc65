import { guessCnpj, guessName, guessPhone } from '../../extension/reading/guesses.ts';
import { LONGEST_FIELD, pageText } from '../../extension/reading/page-text.ts';
import { personOf, readReferral } from '../../extension/reading/reading.ts';

test.each([
  ['Telefone: (11) 98765-4321', '(11) 98765-4321'],
  ['ligar para +55 11 98765-4321 hoje', '+55 11 98765-4321'],
  ['71 9 8123-4567', '71 9 8123-4567'],
  ['031987651234', '031987651234'],
  ['fone fixo (11) 3322-1100, celular (11) 98765-4321', '(11) 98765-4321'],
  ['Fila: (21) 99999-0000\nTelefone\n(11) 98765-4321\nOutro: (31) 98888-7777', '(11) 98765-4321'],
  ['(11) 98765-4321 … de novo 11987654321', '(11) 98765-4321'],
  ['só o fixo: (11) 3322-1100', '(11) 3322-1100'],
])('in %j the phone is %s', (text, phone) => expect(guessPhone(text)).toBe(phone));

test.each([
  ['(21) 99999-0000 e (11) 98765-4321'],
  ['CNPJ 11.222.333/0001-81, CPF 123.456.789-09'],
  ['41307528000195'],
  ['pedido 12345678, total R$ 1.234,56, em 20/11/2026 às 14:30'],
  ['8765-4321'],
  ['(00) 98765-4321'],
])('in %j there is no phone to guess', (text) => expect(guessPhone(text)).toBeNull());

test('a link to call is a phone, too', () => {
  expect(guessPhone('sem número', ['+5511987654321'])).toBe('+5511987654321');
});

test.each([
  ['CNPJ 11.222.333/0001-81', '11.222.333/0001-81'],
  ['cnpj: 12.abc.345/01de-35', '12.abc.345/01de-35'],
  ['41307528000195 é o dele', '41307528000195'],
  ['41307528000100 ou 41307528000195', '41307528000195'],
  ['Loja 11.222.333/0001-81\nCliente\nCNPJ:\n41.307.528/0001-95', '41.307.528/0001-95'],
])('in %j the CNPJ is %s', (text, cnpj) => expect(guessCnpj(text)).toBe(cnpj));

test.each([['41307528000100'], ['11.222.333/0001-81 e 41.307.528/0001-95'], ['INDISPONIVEL12']])(
  'in %j there is no CNPJ to guess',
  (text) => expect(guessCnpj(text)).toBeNull(),
);

test.each([
  [['Mariana Azevedo Prado'], 'Mariana Azevedo Prado'],
  [[' João Batista\n d’Ávila Júnior ', 'João Batista d’Ávila Júnior'], 'João Batista d’Ávila Júnior'],
  [['', 'Ana'], 'Ana'],
  [['Ana', 'Bruno'], null],
  [['Ligar às 15h, fala com a sócia'], null],
  [[], null],
])('of what is called a name, %j, the name is %j', (names, name) => expect(guessName(names)).toBe(name));

test('what the site points at goes before guesses, and only what is not pointed at is guessed', () => {
  const reading = readReferral({
    fields: { nome: '  Cliente:  Maria \n da Silva ', telefone: 'Telefone: 11 98765-4321 (celular)' },
    text: 'Telefone (21) 99999-0000, CNPJ 41307528000195',
    links: [],
    names: ['Outra Pessoa'],
  });
  expect(reading).toEqual({
    nome: { value: 'Maria da Silva', by: 'selector' },
    telefone: { value: '(11) 98765-4321', by: 'selector' },
    cnpj: { value: '41.307.528/0001-95', by: 'guess' },
  });
});

test('a place that is empty now is not filled by a guess', () => {
  expect(readReferral({ fields: { telefone: '' }, text: '(21) 99999-0000', links: [], names: [] })).toEqual(
    {},
  );
});

test('a person is told from the next one, and nobody is nobody', () => {
  const of = (nome: string) => personOf({ nome: { value: nome, by: 'selector' } });
  expect(of('Maria')).not.toBe(of('João'));
  expect(personOf({})).toBe('');
});

test('what a page says in another shape is cut to text, or nothing', () => {
  expect(pageText({ fields: { nome: 'x'.repeat(1_000), cnpj: 7 }, text: {}, links: ['1', 2] })).toEqual({
    fields: { nome: 'x'.repeat(LONGEST_FIELD) },
    text: '',
    links: ['1'],
    names: [],
  });
  for (const nothing of [undefined, null, 'text', { fields: null }]) {
    expect(pageText(nothing)).toEqual({ fields: {}, text: '', links: [], names: [] });
  }
});
