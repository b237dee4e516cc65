import { z } from 'zod';
import { isTimeOfDay, isZone } from './business-calendar.ts';
import { isHolidayRegion } from './holidays.ts';
import { REWORK_LABEL } from './lead.ts';
import type { PriceCategory } from './message-price.ts';
import { DEFAULT_OPT_OUT_WORDS, plainWords } from './opt-out.ts';
import { foldedStatus, referralStatus, shortText } from './referral-status.ts';

const whole = (field: string, unit: string, min: number, max: number) => {
  const error = `${field}: informe um número inteiro de ${unit} entre ${min} e ${max}.`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const label = (field: string) => {
  const error = `${field}: informe uma etiqueta do Chatwoot, só com letras, números, hífen e sublinhado, sem espaços.`;
  // Chatwoot keeps labels in lower case.
  return z
    .string({ error })
    .trim()
    .toLowerCase()
    .regex(/^[\p{L}\p{N}_-]{1,60}$/u, { error });
};

const code = (error: string) => z.string({ error }).trim().toUpperCase().min(1, { error });

const HOLIDAYS =
  'rework.holidays: informe um país conhecido (por exemplo, {"country":"BR","state":"SP"}) ou null para não considerar feriados.';

const holidays = z
  .object({ country: code(HOLIDAYS), state: code(HOLIDAYS).optional() }, { error: HOLIDAYS })
  .refine(isHolidayRegion, { error: HOLIDAYS, params: { code: 'region_unknown' } })
  .nullable();

const TIME = 'rework.time: informe o horário como HH:MM, de 00:00 a 23:59.';

const rework = z.object(
  {
    days: whole('rework.days', 'dias', 1, 365).default(3),
    time: z
      .string({ error: TIME })
      .refine(isTimeOfDay, { error: TIME, params: { code: 'time_invalid' } })
      .default('09:00'),
    businessDaysOnly: z
      .boolean({ error: 'rework.businessDaysOnly: informe true (só dias úteis) ou false (todos os dias).' })
      .default(false),
    holidays: holidays.default({ country: 'BR' }),
    deferWhenActive: z
      .boolean({
        error:
          'rework.deferWhenActive: informe true (adiar um dia quando houve conversa nas últimas 24 h) ou false.',
      })
      .default(false),
  },
  { error: 'rework: informe um objeto com days, time, businessDaysOnly, holidays e deferWhenActive.' },
);

const QUIET =
  'quietHours: informe {"from":"HH:MM","to":"HH:MM"} com dois horários diferentes, ou null para enviar a qualquer hora.';
const timeOfDay = z
  .string({ error: QUIET })
  .refine(isTimeOfDay, { error: QUIET, params: { code: 'time_invalid' } });

/** No message leaves from `from` until `to`, on the tenant's clocks; `from` after `to` goes over midnight. */
const quietHours = z
  .object({ from: timeOfDay, to: timeOfDay }, { error: QUIET })
  .refine(({ from, to }) => from !== to, { error: QUIET, params: { code: 'times_equal' } })
  .nullable();

const price = (category: PriceCategory) => {
  const error = `messagePrices.${category}: informe o preço de uma mensagem em reais, de 0 a 100, por exemplo 0.35.`;
  return z.number({ error }).min(0, { error }).max(100, { error });
};

/**
 * What a message costs in R$. The defaults are estimates, from Meta's list for Brazil and a dollar of R$ 5,50: what
 * is paid depends on the contract, on volume and on the day's dollar.
 */
const messagePrices = z.object(
  {
    marketing: price('marketing').default(0.35),
    utility: price('utility').default(0.04),
    authentication: price('authentication').default(0.04),
    service: price('service').default(0),
  },
  { error: 'messagePrices: informe um objeto com marketing, utility, authentication e service.' },
);

const STATUSES = 'referralStatuses: informe uma lista com pelo menos um status.';
const WORDS = 'optOutWords: informe de 1 a 100 palavras de descadastro.';
const WORD = 'optOutWords: cada palavra precisa ter de 1 a 60 caracteres e ao menos uma letra ou número.';
const ZONE = 'zone: informe um fuso horário IANA, por exemplo America/Sao_Paulo.';

/**
 * All that a tenant can set; whatever is missing has its default, so `tenantSettings.parse({})` is a new
 * tenant. Unknown fields are dropped. Issues are in Portuguese and name the field and the remedy; `params.code`
 * names each that zod has no code for.
 */
export const tenantSettings = z
  .object(
    {
      zone: z
        .string({ error: ZONE })
        .refine(isZone, { error: ZONE, params: { code: 'zone_unknown' } })
        .default('America/Sao_Paulo'),
      rework: rework.prefault({}),
      referralStatuses: z
        .array(referralStatus, { error: STATUSES })
        .min(1, { error: STATUSES })
        .default(() => [
          { value: 'qualificado', label: 'Qualificado', qualified: true },
          { value: 'nao_qualificado', label: 'Não qualificado', qualified: false },
          { value: 'em_analise', label: 'Em análise', qualified: false },
        ]),
      defaultReferralStatus: shortText(
        'defaultReferralStatus: informe o value de um dos referralStatuses.',
      ).default('qualificado'),
      resendAfterHours: whole('resendAfterHours', 'horas', 0, 720).default(24),
      optOutWords: z
        .array(
          shortText(WORD).refine((word) => plainWords(word) !== '', {
            error: WORD,
            params: { code: 'word_empty' },
          }),
          { error: WORDS },
        )
        .min(1, { error: WORDS })
        .max(100, { error: WORDS })
        .default(() => [...DEFAULT_OPT_OUT_WORDS]),
      convertedLabel: label('convertedLabel').default('convertido'),
      reworkLabel: label('reworkLabel').default(REWORK_LABEL),
      optOutLabel: label('optOutLabel').default('descadastrado'),
      postponeLabel: label('postponeLabel').default('adiar-7d'),
      noReworkLabel: label('noReworkLabel').default('nao-retrabalhar'),
      quietHours: quietHours.default(null),
      weeklyMessages: whole('weeklyMessages', 'mensagens por semana a uma pessoa', 1, 100).default(5),
      followReworkDays: whole('followReworkDays', 'dias', 1, 30).default(7),
      unknownGraceSeconds: whole('unknownGraceSeconds', 'segundos', 1, 86_400).default(600),
      messagePrices: messagePrices.prefault({}),
    },
    { error: 'Informe um objeto com as configurações.' },
  )
  .superRefine(({ referralStatuses, defaultReferralStatus, ...labels }, context) => {
    const { convertedLabel, reworkLabel, optOutLabel, postponeLabel, noReworkLabel } = labels;
    if (new Set([convertedLabel, reworkLabel, optOutLabel, postponeLabel, noReworkLabel]).size < 5) {
      context.addIssue({
        code: 'custom',
        path: ['convertedLabel'],
        params: { code: 'label_repeated' },
        message:
          'convertedLabel, reworkLabel, optOutLabel, postponeLabel e noReworkLabel: use cinco etiquetas diferentes.',
      });
    }
    const owner = new Map<string, number>();
    referralStatuses.forEach((status, index) => {
      for (const name of new Set([foldedStatus(status.value), foldedStatus(status.label)])) {
        if (owner.has(name)) {
          context.addIssue({
            code: 'custom',
            path: ['referralStatuses', index],
            message: `referralStatuses: "${status.label}" repete o value ou o label de outro status; use nomes diferentes.`,
            params: { code: 'status_repeated' },
          });
          return;
        }
        owner.set(name, index);
      }
    });
    if (
      referralStatuses.length > 0 &&
      !referralStatuses.some(({ value }) => value === defaultReferralStatus)
    ) {
      const values = referralStatuses.map(({ value }) => value).join(', ');
      context.addIssue({
        code: 'custom',
        path: ['defaultReferralStatus'],
        message: `defaultReferralStatus: "${defaultReferralStatus}" não existe; use um destes: ${values}.`,
        params: { code: 'status_unknown' },
      });
    }
  });

/** A tenant's settings, complete. */
export type TenantSettings = z.infer<typeof tenantSettings>;

/** The values of the referral status by which a lead is reworked. */
export function qualifiedValues({ referralStatuses }: Pick<TenantSettings, 'referralStatuses'>): string[] {
  return referralStatuses.filter(({ qualified }) => qualified).map(({ value }) => value);
}
