import { board as boardAnswer } from '../../../contract/lead.ts';
import { overview } from '../../../contract/overview.ts';
import { boardQuery } from '../../board.ts';
import { overviewDays } from '../../overview-query.ts';
import { described, type Subject } from '../operation.ts';
import { BOARD_SCHEMAS } from './board-schemas.ts';

const day = (description: string) => ({ description, examples: ['2026-11-20'] });

const period = described(overviewDays, {
  fields: {
    from: day('O primeiro dia; sem ele, 30 dias até `until`. No máximo 400 dias.'),
    until: day('O último dia, inclusive; sem ele, hoje.'),
  },
});

export const board: Subject = {
  name: 'Painel',
  description: 'O que um supervisor olha: o quadro de agora e os números de um período.',
  schemas: BOARD_SCHEMAS,
  operations: [
    {
      id: 'readBoard',
      method: 'get',
      path: '/v1/board',
      summary: 'Lê o quadro',
      query: described(boardQuery, { fields: { limit: 'Quantos leads de cada coluna.' } }),
      answers: { 200: { description: 'O quadro, todo do mesmo momento.', schema: boardAnswer } },
    },
    {
      id: 'readOverview',
      method: 'get',
      path: '/v1/overview',
      summary: 'Lê a visão geral',
      description:
        'Os dias são os da empresa. Uma conversão é do retrabalho quando uma mensagem dele saiu antes dela.',
      query: period,
      answers: { 200: { description: 'A visão geral.', schema: overview } },
    },
    {
      id: 'exportOverview',
      method: 'get',
      path: '/v1/overview.csv',
      summary: 'Baixa a tabela dos consultores',
      query: period,
      answers: {
        200: {
          description: 'Um arquivo que o Excel abre: UTF-8, ponto e vírgula.',
          type: 'text/csv',
          example:
            'Consultor;Leads;Convertidos no contato;Convertidos no retrabalho;Conversão\r\nAna Martins;40;6;2;20,0%\r\n',
        },
      },
    },
  ],
};
