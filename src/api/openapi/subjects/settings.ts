import { tenantSettings } from '../../../domain/settings.ts';
import { settingsChange } from '../../settings.ts';
import { described, type Subject } from '../operation.ts';

const TIME = { pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' };

const FIELDS = {
  zone: { description: 'O fuso de todos os horários, pelo nome IANA.', examples: ['America/Sao_Paulo'] },
  rework: 'O retrabalho de quem não converteu.',
  referralStatuses: 'Os valores que `status_indicacao` pode ter.',
  defaultReferralStatus: 'O `value` do status de quem chega sem um.',
  resendAfterHours:
    'Uma nova indicação de quem já está em andamento só envia template se o último saiu há mais de tantas horas.',
  optOutWords: 'Mensagens que, sozinhas, são um pedido de descadastro.',
  convertedLabel: 'Etiqueta do Chatwoot que diz que houve venda.',
  reworkLabel: 'Etiqueta que o Lead Flow põe em quem está em retrabalho.',
  optOutLabel: 'Etiqueta que o Lead Flow põe em quem pediu descadastro.',
  postponeLabel: 'Etiqueta que adia o retrabalho em uma semana.',
  noReworkLabel: 'Etiqueta que dispensa o retrabalho.',
  quietHours: 'Horário em que nenhuma mensagem sai; nulo: não há. `from` depois de `to` passa da meia-noite.',
  weeklyMessages: 'Quantas mensagens uma pessoa recebe em sete dias, no máximo; as outras esperam.',
  followReworkDays: 'Por quantos dias se acompanha a mensagem do retrabalho.',
  messagePrices: 'O que custa cada mensagem, em R$, por categoria da Meta; serve para estimar.',
  unknownGraceSeconds: 'Quanto se espera por um envio sem resposta, em segundos.',
} as const;

const REWORK = {
  days: 'Depois de quantos dias corridos.',
  time: { description: 'A que horas.', ...TIME },
  businessDaysOnly: 'Só em dias úteis; senão, passa para o próximo.',
  holidays: {
    description: 'Os feriados que contam; nulo: nenhum.',
    examples: [{ country: 'BR', state: 'SP' }],
  },
  deferWhenActive: 'Adia um dia quando houve conversa nas últimas 24 horas.',
};
const HOLIDAYS = {
  country: { description: 'O país, em duas letras.', examples: ['BR'] },
  state: { description: 'O estado.', examples: ['SP'] },
};
const QUIET_HOURS = {
  from: { description: 'Desde quando.', ...TIME },
  to: { description: 'Até quando.', ...TIME },
};
const PRICES = {
  marketing: 'Marketing.',
  utility: 'Utilidade.',
  authentication: 'Autenticação.',
  service: 'Resposta na janela de 24 horas.',
};
const STATUS = {
  value: 'O código, que as respostas trazem.',
  label: 'O nome que as pessoas leem.',
  qualified: 'Se leads com este status são retrabalhados.',
};

const all = tenantSettings.shape;
const some = settingsChange.shape;

export const settings: Subject = {
  name: 'Configurações',
  description: 'O que cada empresa decide. Uma mudança vale em até 5 segundos, sem reiniciar nada.',
  schemas: [
    described(tenantSettings, { name: 'Settings', fields: FIELDS }),
    described(settingsChange, {
      name: 'SettingsChange',
      description: 'As configurações a mudar; as outras ficam como estão.',
      fields: FIELDS,
    }),
    described(all.rework.unwrap(), { fields: REWORK }),
    described(some.rework.unwrap(), { fields: REWORK }),
    described(all.rework.unwrap().shape.holidays.unwrap().unwrap(), { fields: HOLIDAYS }),
    described(some.rework.unwrap().shape.holidays.unwrap().unwrap(), { fields: HOLIDAYS }),
    described(all.quietHours.unwrap().unwrap(), { fields: QUIET_HOURS }),
    described(some.quietHours.unwrap().unwrap(), { fields: QUIET_HOURS }),
    described(all.messagePrices.unwrap(), { fields: PRICES }),
    described(some.messagePrices.unwrap(), { fields: PRICES }),
    described(all.referralStatuses.unwrap().element, { fields: STATUS }),
    described(some.referralStatuses.unwrap().element, { fields: STATUS }),
  ],
  operations: [
    {
      id: 'readSettings',
      method: 'get',
      path: '/v1/settings',
      summary: 'Lê as configurações',
      answers: { 200: { description: 'Todas as configurações.', schema: tenantSettings } },
    },
    {
      id: 'changeSettings',
      method: 'patch',
      path: '/v1/settings',
      summary: 'Muda configurações',
      description:
        'O que não vier fica como está, também dentro de `rework` e `messagePrices`; listas são trocadas inteiras.',
      body: {
        schema: settingsChange,
        examples: {
          'Retrabalho em dias úteis': { rework: { days: 5, businessDaysOnly: true } },
          'Silêncio à noite': { quietHours: { from: '21:00', to: '08:00' } },
        },
      },
      answers: { 200: { description: 'As configurações, como ficaram.', schema: tenantSettings } },
    },
  ],
};
