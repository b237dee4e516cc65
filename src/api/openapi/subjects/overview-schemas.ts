import { overview } from '../../../contract/overview.ts';
import { described } from '../operation.ts';

const { totals, per_day, consultants, funnel, first_message, cost, errors } = overview.shape;

const SHARE = 'Convertidos por lead, de 0 a 1.';
const BEFORE = 'Quantos converteram no primeiro contato.';
const AFTER = 'Quantos converteram depois da mensagem do retrabalho.';

/** What became of the leads of a period. */
export const OVERVIEW_SCHEMAS = [
  described(overview, {
    name: 'Overview',
    fields: {
      from: 'O primeiro dia.',
      until: 'O último dia, inclusive.',
      zone: 'O fuso dos dias.',
      made_at: 'Quando foi contado.',
      totals: 'Ao todo.',
      per_day: 'Por dia.',
      consultants: 'Por consultor.',
      funnel: 'Até onde chegaram as mensagens, no primeiro contato e no retrabalho, em leads.',
      first_message: 'Da indicação à saída da primeira mensagem.',
      cost: 'O custo das mensagens, estimado pela tabela de preços da empresa.',
      errors: 'Os erros, por causa.',
    },
  }),
  described(totals, {
    fields: {
      leads: 'Quantos leads entraram.',
      referrals: 'Quantas indicações chegaram.',
      open: 'Quantos estão abertos.',
      attention: 'Quantos pedem atenção.',
      converted: 'Quantos converteram.',
      converted_main: BEFORE,
      converted_rework: AFTER,
      not_converted: 'Quantos encerraram sem converter.',
      opted_out: 'Quantos pediram descadastro.',
      no_whatsapp: 'Quantos não têm WhatsApp.',
      conversion: SHARE,
    },
  }),
  described(per_day.element, {
    fields: {
      day: 'O dia.',
      leads: 'Quantos entraram nele.',
      converted: 'Quantos destes converteram, quando quer que seja.',
    },
  }),
  described(consultants.element, {
    fields: {
      consultant: 'O consultor.',
      leads: 'Quantos leads.',
      converted_main: BEFORE,
      converted_rework: AFTER,
      conversion: SHARE,
    },
  }),
  described(funnel.element, {
    fields: {
      stage: 'Primeiro contato ou retrabalho.',
      sent: 'De quantos saiu uma mensagem.',
      delivered: 'A quantos chegou.',
      read: 'Quantos leram.',
      replied: 'Quantos responderam.',
    },
  }),
  described(first_message, {
    fields: {
      p50: 'Metade esperou no máximo tantos segundos; nulo se nenhuma saiu.',
      p90: 'Nove em dez esperaram no máximo tantos segundos.',
      count: 'De quantos leads.',
    },
  }),
  described(cost, {
    fields: { total: 'Ao todo, em R$.', per_lead: 'Por lead, em R$.', categories: 'Por categoria da Meta.' },
  }),
  described(cost.shape.categories.element, {
    fields: {
      category: 'A categoria na Meta.',
      messages: 'Quantas mensagens.',
      total: 'O que custaram, em R$.',
    },
  }),
  described(errors.element, {
    fields: {
      code: 'O código do WhatsApp; nulo se não há.',
      class: 'O tipo do erro.',
      text: 'O erro, nas palavras do WhatsApp.',
      count: 'Quantas vezes.',
    },
  }),
];
