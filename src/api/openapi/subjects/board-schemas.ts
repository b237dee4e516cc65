import { board } from '../../../contract/lead.ts';
import { overview } from '../../../contract/overview.ts';
import { described } from '../operation.ts';

const { totals, per_day, consultants, funnel, first_message, cost, errors } = overview.shape;

/** The board and the overview. */
export const BOARD_SCHEMAS = [
  described(board, {
    name: 'Board',
    description: 'O quadro: quantos leads em cada coluna, e os mais novos.',
    fields: {
      columns: 'As colunas, na ordem em que se mostram.',
      cursor: 'O momento do quadro: de onde `/v1/stream` continua.',
    },
  }),
  described(board.shape.columns.element, {
    name: 'BoardColumn',
    fields: {
      column:
        '`new`, `contacted` (a mensagem saiu, ou a pessoa respondeu), `waiting`, `rework`, `attention` ou como encerrou.',
      count: 'Quantos leads estão nela.',
      leads: 'Os mais novos.',
      next_cursor: 'O `cursor` dos outros, em `GET /v1/leads?column=…`; nulo se estão todos aqui.',
    },
  }),
  described(overview, {
    name: 'Overview',
    description: 'O que foi feito dos leads que entraram no período.',
    fields: {
      from: 'O primeiro dia.',
      until: 'O último dia, inclusive.',
      zone: 'O fuso dos dias.',
      made_at: 'Quando foi contado.',
      totals: 'Todos juntos.',
      per_day: 'Por dia de entrada, também os dias sem leads.',
      consultants: 'Por consultor, quem tem mais leads primeiro.',
      funnel: 'Até onde chegaram as mensagens.',
      first_message: 'Quanto a primeira mensagem demorou a sair, em segundos.',
      cost: 'O custo estimado pela tabela de preços da empresa, em R$.',
      errors: 'As mensagens que falharam, por causa.',
    },
  }),
  described(totals, {
    fields: {
      leads: 'Leads que entraram.',
      referrals: 'Indicações que eles reúnem.',
      open: 'Ainda abertos.',
      attention: 'Abertos que pedem atenção.',
      converted: 'Converteram.',
      converted_main: 'Converteram antes de sair uma mensagem do retrabalho.',
      converted_rework: 'Converteram depois de sair uma mensagem do retrabalho.',
      not_converted: 'Encerrados sem converter.',
      opted_out: 'Descadastrados, também os que já tinham convertido.',
      no_whatsapp: 'Sem WhatsApp.',
      conversion: 'Convertidos sobre leads, de 0 a 1.',
    },
  }),
  described(per_day.element, {
    fields: {
      day: 'O dia.',
      leads: 'Leads que entraram nele.',
      converted: 'Quantos deles converteram até agora.',
    },
  }),
  described(consultants.element, {
    fields: {
      consultant: 'O consultor.',
      leads: 'Leads dele.',
      converted_main: 'Convertidos antes do retrabalho.',
      converted_rework: 'Convertidos depois do retrabalho.',
      conversion: 'Convertidos sobre leads, de 0 a 1.',
    },
  }),
  described(funnel.element, {
    fields: {
      stage: 'Mensagens do primeiro contato ou do retrabalho.',
      sent: 'Leads a quem uma saiu.',
      delivered: 'Leads a quem uma foi entregue; quem leu recebeu.',
      read: 'Leads que leram; quem respondeu leu.',
      replied: 'Leads que responderam.',
    },
  }),
  described(first_message, {
    fields: {
      p50: 'A metade saiu até aqui; nulo se nenhuma saiu.',
      p90: 'Nove em dez saíram até aqui.',
      count: 'Quantas saíram.',
    },
  }),
  described(cost, {
    fields: { total: 'O total.', per_lead: 'Por lead que entrou.', categories: 'Por categoria do WhatsApp.' },
  }),
  described(cost.shape.categories.element, {
    fields: {
      category: 'A categoria, como o WhatsApp a chama.',
      messages: 'Mensagens, também as que ele não cobra.',
      total: 'O que custaram.',
    },
  }),
  described(errors.element, {
    fields: {
      code: 'O código do WhatsApp; nulo se não houve.',
      class: { description: 'O tipo do erro.', examples: ['no_whatsapp', 'template_stop', 'final'] },
      text: 'O erro, nas palavras do WhatsApp.',
      count: 'Quantas mensagens.',
    },
  }),
];
