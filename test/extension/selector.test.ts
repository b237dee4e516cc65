import { looksMade, ownSelectors } from '../../extension/screen/selector.ts';

const element = (tagName: string, marks: Record<string, string> = {}, id = '', classes = '') => ({
  tagName,
  id,
  classList: classes.split(' ').filter(Boolean),
  getAttribute: (name: string) => marks[name] ?? null,
});
const selectors = (...marked: Parameters<typeof element>) =>
  ownSelectors(element(...marked), (text) => text.replace(/["\\]/g, '\\$&'));

test.each(['cliente-nome', 'telefone', 'telefone2', 'customer_phone', 'campo-telefone-1', 'h2'])(
  '%s is a name that somebody gave',
  (name) => expect(looksMade(name)).toBe(false),
);

test.each([
  'css-1x2y3z',
  'sc-bdVaJa',
  ':r1:',
  'ember1234',
  'mui-42',
  'Field_name__x7Yz1',
  'ext-gen1020',
  'lead-0199b1c2',
])('%s is a name that a tool made', (name) => expect(looksMade(name)).toBe(true));

test('an id goes before what names a field, and that before classes', () => {
  expect(selectors('INPUT', { name: 'telefone', 'data-testid': 'phone' }, 'fone', 'campo grande')).toEqual([
    '#fone',
    'input[data-testid="phone"]',
    'input[name="telefone"]',
    'input.campo',
    'input.grande',
    'input.campo.grande',
  ]);
});

test('made names are passed over, and what is odd is escaped', () => {
  expect(selectors('DD', { 'aria-label': 'o "nome"' }, ':r3:', 'css-1abc2')).toEqual([
    'dd[aria-label="o \\"nome\\""]',
  ]);
});
