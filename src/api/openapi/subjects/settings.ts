import { z } from 'zod';
import { tenantSettings } from '../../../domain/settings.ts';
import { described, type JsonSchema, type Subject } from '../operation.ts';

/** What `PATCH` takes: any of the settings, and of the rework any of its own. */
const settingsChange = z.strictObject(tenantSettings.shape);

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

/** Absent is unchanged, whatever a new company would have. */
function withoutDefaults(made: JsonSchema): void {
  const properties = Object.values(made.properties as Record<string, JsonSchema>);
  for (const property of properties) {
    delete property.default;
    if (property.type === 'object') withoutDefaults(property);
  }
}

const { rework, quietHours, referralStatuses, messagePrices } = tenantSettings.shape;

export const settings: Subject = {
  name: 'Configurações',
  description: 'O que cada empresa decide. Uma mudança vale em até 5 segundos, sem reiniciar nada.',
  schemas: [
    described(tenantSettings, { name: 'Settings', fields: FIELDS }),
    described(settingsChange, {
      name: 'SettingsChange',
      description: 'As configurações a mudar; as outras ficam como estão.',
      fields: FIELDS,
      mend: withoutDefaults,
    }),
    described(rework.unwrap(), {
      fields: {
        days: 'Depois de quantos dias corridos.',
        time: { description: 'A que horas.', ...TIME },
        businessDaysOnly: 'Só em dias úteis; senão, passa para o próximo.',
        holidays: {
          description: 'Os feriados que contam; nulo: nenhum.',
          examples: [{ country: 'BR', state: 'SP' }],
        },
        deferWhenActive: 'Adia um dia quando houve conversa nas últimas 24 horas.',
      },
    }),
    described(rework.unwrap().shape.holidays.unwrap().unwrap(), {
      fields: {
        country: { description: 'O país, em duas letras.', examples: ['BR'] },
        state: { description: 'O estado.', examples: ['SP'] },
      },
    }),
    described(quietHours.unwrap().unwrap(), {
      fields: {
        from: { description: 'Desde quando.', ...TIME },
        to: { description: 'Até quando.', ...TIME },
      },
    }),
    described(messagePrices.unwrap(), {
      fields: {
        marketing: 'Marketing.',
        utility: 'Utilidade.',
        authentication: 'Autenticação.',
        service: 'Resposta na janela de 24 horas.',
      },
    }),
    described(referralStatuses.unwrap().element, {
      fields: {
        value: 'O código, que as respostas trazem.',
        label: 'O nome que as pessoas leem.',
        qualified: 'Se leads com este status são retrabalhados.',
      },
    }),
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
