import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import { findReferralStatus } from '../../src/domain/referral-status.ts';
import { tenantSettings } from '../../src/domain/settings.ts';

const defaults = tenantSettings.parse({});

const problems = (input: unknown) => {
  const result = tenantSettings.safeParse(input);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
};

test('nothing set is a whole tenant', () => {
  expect(defaults).toEqual({
    zone: 'America/Sao_Paulo',
    rework: {
      days: 3,
      time: '09:00',
      businessDaysOnly: false,
      holidays: { country: 'BR' },
      deferWhenActive: false,
    },
    referralStatuses: [
      { value: 'qualificado', label: 'Qualificado', qualified: true },
      { value: 'nao_qualificado', label: 'Não qualificado', qualified: false },
      { value: 'em_analise', label: 'Em análise', qualified: false },
    ],
    defaultReferralStatus: 'qualificado',
    resendAfterHours: 24,
    optOutWords: DEFAULT_OPT_OUT_WORDS,
    convertedLabel: 'convertido',
    reworkLabel: 'retrabalho_api_oficial',
    optOutLabel: 'descadastrado',
    postponeLabel: 'adiar-7d',
    noReworkLabel: 'nao-retrabalhar',
    quietHours: null,
    weeklyMessages: 5,
    followReworkDays: 7,
    unknownGraceSeconds: 600,
    messagePrices: { marketing: 0.35, utility: 0.04, authentication: 0.04, service: 0 },
  });
  expect(tenantSettings.parse(defaults)).toEqual(defaults);
});

test('one tenant changing its lists leaves the next one’s defaults alone', () => {
  const mine = tenantSettings.parse({});
  mine.optOutWords.push('CHEGA');
  mine.referralStatuses.pop();
  expect(tenantSettings.parse({})).toEqual(defaults);
});

test('a part of a group keeps the defaults of the rest', () => {
  expect(tenantSettings.parse({ rework: { days: 5 } }).rework).toEqual({ ...defaults.rework, days: 5 });
});

test('what is typed loosely is tidied', () => {
  const settings = tenantSettings.parse({
    convertedLabel: ' Venda-Fechada ',
    rework: { holidays: { country: 'br', state: 'sp' } },
  });
  expect(settings.convertedLabel).toBe('venda-fechada');
  expect(settings.rework.holidays).toEqual({ country: 'BR', state: 'SP' });
  expect(tenantSettings.parse({ rework: { holidays: null } }).rework.holidays).toBeNull();
});

test.each<[unknown, string, RegExp]>([
  [{ zone: 'Brasília' }, 'zone', /^zone: .*America\/Sao_Paulo/],
  [{ zone: 3 }, 'zone', /^zone: /],
  [{ rework: { days: 0 } }, 'rework.days', /^rework\.days: .*entre 1 e 365/],
  [{ rework: { days: 2.5 } }, 'rework.days', /número inteiro/],
  [{ quietHours: { from: '22:00', to: '22:00' } }, 'quietHours', /dois horários diferentes/],
  [{ quietHours: { from: '22h', to: '08:00' } }, 'quietHours.from', /HH:MM/],
  [{ weeklyMessages: 0 }, 'weeklyMessages', /entre 1 e 100/],
  [{ rework: { deferWhenActive: 'sim' } }, 'rework.deferWhenActive', /true .* ou false/],
  [{ rework: { days: '3' } }, 'rework.days', /número inteiro/],
  [{ rework: { time: '9h' } }, 'rework.time', /^rework\.time: .*HH:MM/],
  [{ rework: { businessDaysOnly: 'sim' } }, 'rework.businessDaysOnly', /true .* false/],
  [{ rework: { holidays: { country: 'XX' } } }, 'rework.holidays', /^rework\.holidays: .*BR/],
  [{ rework: { holidays: { country: 'BR', state: 'XX' } } }, 'rework.holidays', /^rework\.holidays: /],
  [{ rework: 3 }, 'rework', /^rework: informe um objeto/],
  [{ referralStatuses: [] }, 'referralStatuses', /pelo menos um/],
  [
    { referralStatuses: [{ value: 'a', label: 'A' }] },
    'referralStatuses.0.qualified',
    /qualified: informe true/,
  ],
  [
    { defaultReferralStatus: 'quente' },
    'defaultReferralStatus',
    /"quente" não existe; .*qualificado, nao_qualificado/,
  ],
  [{ optOutWords: [] }, 'optOutWords', /de 1 a 100/],
  [{ optOutWords: ['SAIR', '!!'] }, 'optOutWords.1', /ao menos uma letra/],
  [{ convertedLabel: 'venda fechada' }, 'convertedLabel', /^convertedLabel: .*sem espaços/],
  [{ resendAfterHours: -1 }, 'resendAfterHours', /entre 0 e 720/],
  [{ unknownGraceSeconds: null }, 'unknownGraceSeconds', /segundos/],
  ['x', '', /^Informe um objeto/],
])('%j is refused at %s', (input, path, message) => {
  expect(problems(input)).toContainEqual({ path, message: expect.stringMatching(message) });
});

test('two statuses that sound the same are refused', () => {
  const referralStatuses = [
    { value: 'quente', label: 'Quente', qualified: true },
    { value: 'q2', label: 'QUENTE', qualified: false },
  ];
  expect(problems({ referralStatuses, defaultReferralStatus: 'quente' })).toEqual([
    { path: 'referralStatuses.1', message: expect.stringContaining('"QUENTE" repete') },
  ]);
});

test.each([
  ['qualificado', 'qualificado'],
  ['QUALIFICADO ', 'qualificado'],
  ['Não qualificado', 'nao_qualificado'],
  ['nao-qualificado', 'nao_qualificado'],
  ['NAO_QUALIFICADO', 'nao_qualificado'],
  ['em analise', 'em_analise'],
  ['Em  Análise', 'em_analise'],
])('status %j is %s', (input, value) => expect(findReferralStatus(defaults, input)?.value).toBe(value));

test.each(['', 'quali', 'qualificado!', 'não'])('status %j is unknown', (input) =>
  expect(findReferralStatus(defaults, input)).toBeNull(),
);

test('one label with two meanings is refused', () => {
  const result = tenantSettings.safeParse({ reworkLabel: 'convertido' });
  expect(result.error?.issues.map((issue) => issue.message)).toEqual([
    'convertedLabel, reworkLabel, optOutLabel, postponeLabel e noReworkLabel: use cinco etiquetas diferentes.',
  ]);
});
