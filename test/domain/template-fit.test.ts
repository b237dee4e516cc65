import { misfitsOf } from '../../src/domain/template-fit.ts';

const body = (text: string) => ({ type: 'BODY', text });
const buttons = (...types: string[]) => ({
  type: 'BUTTONS',
  buttons: types.map((type) => ({
    type,
    text: 'x',
    ...(type === 'URL' && { url: 'https://exemplo.com.br' }),
  })),
});

test.each<[string, unknown[], number, unknown[]]>([
  [
    'one value and as many quick replies',
    [body('Olá, {{1}}!'), buttons('QUICK_REPLY', 'QUICK_REPLY')],
    2,
    [],
  ],
  ['a value used twice', [body('{{1}}, oi, {{ 1 }}')], 0, []],
  ['a still header and a footer', [{ type: 'HEADER', format: 'TEXT', text: 'Oi' }, body('{{1}}')], 0, []],
  ['a link after the quick replies', [body('{{1}}'), buttons('QUICK_REPLY', 'URL', 'PHONE_NUMBER')], 1, []],
  ['no value', [body('Olá!')], 0, [{ misfit: 'parameters', found: 0 }]],
  ['two values', [body('{{1}} {{2}}')], 0, [{ misfit: 'parameters', found: 2 }]],
  ['a value with a name', [body('Olá, {{nome}}!')], 0, [{ misfit: 'named_parameter' }]],
  ['no body at all', [null, {}], 0, [{ misfit: 'parameters', found: 0 }]],
  ['a picture', [{ type: 'HEADER', format: 'IMAGE' }, body('{{1}}')], 0, [{ misfit: 'header' }]],
  [
    'a header with a value',
    [{ type: 'HEADER', format: 'TEXT', text: '{{1}}' }, body('{{1}}')],
    0,
    [{ misfit: 'header' }],
  ],
  ['fewer quick replies', [body('{{1}}'), buttons('QUICK_REPLY')], 3, [{ misfit: 'buttons', found: 1 }]],
  ['more quick replies', [body('{{1}}'), buttons('QUICK_REPLY')], 0, [{ misfit: 'buttons', found: 1 }]],
  ['a link before them', [body('{{1}}'), buttons('URL', 'QUICK_REPLY')], 1, [{ misfit: 'button_order' }]],
  [
    'a link with a value',
    [body('{{1}}'), { type: 'BUTTONS', buttons: [{ type: 'URL', url: 'https://exemplo.com.br/{{1}}' }] }],
    0,
    [{ misfit: 'link' }],
  ],
  ['a code to copy', [body('{{1}}'), buttons('COPY_CODE')], 0, [{ misfit: 'link' }]],
])('%s', (_name, components, meanings, misfits) => {
  expect(misfitsOf(components, meanings)).toEqual(misfits);
});
