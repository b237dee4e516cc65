import { readFilters, writeFilters } from '../../dashboard/api/lead-filters.ts';
import { afterSignIn } from '../../dashboard/pages/sign-in/after-sign-in.ts';
import {
  ago,
  cnpj,
  countdown,
  dayHeading,
  isoDay,
  phone,
  shortWhen,
} from '../../dashboard/words/formatting.ts';
import { templateText } from '../../dashboard/words/template-text.ts';
import { timelineWords } from '../../dashboard/words/timeline.ts';

const ZONE = 'America/Sao_Paulo';
// Thursday, 09:00 in São Paulo.
const NOW = Date.parse('2026-11-26T12:00:00.000Z');

test.each([
  ['+5511987654321', '(11) 98765-4321'],
  ['551132654321', '(11) 3265-4321'],
  ['+351912345678', '+351912345678'],
])('the phone %s reads %s', (number, words) => expect(phone(number)).toBe(words));

test('a CNPJ gets its mask, also with letters', () => {
  expect(cnpj('12ABC34501DE35')).toBe('12.ABC.345/01DE-35');
});

test.each([
  ['2026-11-26T12:30:00.000Z', 'hoje 09:30'],
  ['2026-11-27T02:59:00.000Z', 'hoje 23:59'],
  ['2026-11-27T03:00:00.000Z', 'amanhã 00:00'],
  ['2026-11-25T12:00:00.000Z', 'ontem 09:00'],
  ['2026-11-28T12:00:00.000Z', 'sáb 09:00'],
  ['2026-12-03T12:00:00.000Z', '03/12 09:00'],
  ['2027-01-04T12:00:00.000Z', '04/01/2027 09:00'],
])('%s is said as %s', (at, words) => expect(shortWhen(at, ZONE, NOW)).toBe(words));

test('days go by the tenant’s clocks', () => {
  expect(isoDay(new Date('2026-11-27T02:59:00.000Z'), ZONE)).toBe('2026-11-26');
  expect(dayHeading('2026-11-27T02:59:00.000Z', ZONE, NOW)).toBe('hoje');
  expect(dayHeading('2026-11-20T12:00:00.000Z', ZONE, NOW)).toBe('sexta-feira, 20 de novembro');
});

test.each([
  [30_000, 'agora'],
  [5 * 60_000, '5 min'],
  [3 * 3_600_000, '3 h'],
  [40 * 86_400_000, '40 d'],
])('%d ms ago reads %s', (passed, words) => {
  expect(ago(new Date(NOW - passed).toISOString(), NOW)).toBe(words);
});

test.each([
  [45_000, '45 s'],
  [12 * 60_000, '12 min'],
  [3 * 3_600_000 + 5 * 60_000, '3 h 05 min'],
  [52 * 3_600_000, '2 d 4 h'],
  [0, null],
])('%d ms to go read %s', (left, words) => {
  expect(countdown(new Date(NOW + left).toISOString(), NOW)).toBe(words);
});

test('filters go into the address and come back; what is none is dropped', () => {
  const filters = {
    text: 'José & filhos',
    column: 'waiting',
    from: '2026-11-01',
    attention: 'true',
  } as const;
  expect(readFilters(writeFilters(filters))).toEqual(filters);
  const odd = new URLSearchParams('column=toString&from=ontem&outcome=converted&attention=talvez&x=1');
  expect(readFilters(odd)).toEqual({});
});

test.each([
  ['/leads/1?x=2', '/leads/1?x=2'],
  ['//elsewhere.example', '/leads'],
  ['/\\elsewhere.example', '/leads'],
  ['https://elsewhere.example', '/leads'],
  [null, '/leads'],
])('after signing in %s leads to %s', (asked, path) => expect(afterSignIn(asked)).toBe(path));

test('a template is read with the first name in it, whatever the name is', () => {
  const components = [
    { type: 'BODY', text: 'Olá, {{1}}!' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Quero falar' }] },
  ];
  expect(templateText({ components }, "<img onerror=alert(1)> $& d'Ávila")).toEqual({
    header: null,
    body: 'Olá, <img!',
    footer: null,
    buttons: [{ text: 'Quero falar', isQuickReply: true }],
  });
  expect(templateText({ components: [] }, 'Ana')).toBeNull();
});

describe('the timeline in words', () => {
  const around = { zone: ZONE, now: NOW, statusLabel: (value: string) => value.toUpperCase() };
  test.each([
    ['received', { consultant: 'Ana', status: 'q' }, 'Indicação recebida', 'por Ana · Q'],
    ['asleep', { wakeAt: '2026-11-28T12:00:00.000Z' }, 'Dormindo até o retrabalho', 'sáb 09:00'],
    ['send_skipped', { reason: 'opted_out' }, 'Mensagem não enviada', 'Porque a pessoa pediu descadastro.'],
    [
      'failed',
      { code: 131026, text: 'Message undeliverable' },
      'Mensagem não entregue',
      'O número não tem WhatsApp ou não pode receber a mensagem. (código 131026)',
    ],
    ['closed', { outcome: 'not_converted' }, 'Encerrado', 'Não convertido'],
    ['something_new', {}, 'something_new', null],
  ])('%s', (kind, detail, title, note) => {
    expect(timelineWords({ kind, detail }, around)).toMatchObject({ title, note });
  });
});
