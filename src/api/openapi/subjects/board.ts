import { z } from 'zod';
import { board } from '../../../contract/lead.ts';
import { overview } from '../../../contract/overview.ts';
import { tenantSettings } from '../../../domain/settings.ts';
import { boardQuery } from '../../board.ts';
import { overviewFile, overviewQuery } from '../../overview-query.ts';
import { described, type Subject } from '../operation.ts';
import { OVERVIEW_SCHEMAS } from './overview-schemas.ts';

/** The day it is read on shapes defaults alone, of which the document tells in words. */
const period = overviewQuery(tenantSettings.parse({}).zone, new Date(0)).in;

const DAYS = {
  from: 'O primeiro dia, no fuso da empresa; sem ele, trinta dias até `until`.',
  until: 'O último dia, inclusive; sem ele, hoje. No máximo 400 dias depois de `from`.',
};
const query = described(period, { fields: DAYS });

export const boards: Subject = {
  name: 'Quadro e visão geral',
  description: 'Onde estão os leads, e o que deles resultou.',
  schemas: [
    described(board, {
      name: 'Board',
      fields: {
        columns: 'As colunas, na ordem do quadro.',
        cursor: 'De onde `GET /v1/stream` continua.',
      },
    }),
    described(board.shape.columns.element, {
      name: 'BoardColumn',
      fields: {
        column: 'A coluna.',
        count: 'Quantos leads estão nela.',
        leads: 'Os mais novos.',
        next_cursor: 'Continua em `GET /v1/leads?column=…&cursor=…`; nulo no fim.',
      },
    }),
    ...OVERVIEW_SCHEMAS,
  ],
  operations: [
    {
      id: 'readBoard',
      method: 'get',
      path: '/v1/board',
      summary: 'Lê o quadro',
      query: described(boardQuery, { fields: { limit: 'Quantos leads por coluna.' } }),
      answers: { 200: { description: 'O quadro.', schema: board } },
    },
    {
      id: 'readOverview',
      method: 'get',
      path: '/v1/overview',
      summary: 'Lê a visão geral',
      description: 'Dos leads que entraram nestes dias.',
      query,
      answers: { 200: { description: 'A visão geral.', schema: overview } },
    },
    {
      id: 'exportOverview',
      method: 'get',
      path: '/v1/overview.csv',
      summary: 'Exporta uma tabela da visão geral em CSV',
      description: 'Para abrir numa planilha: UTF-8, ponto e vírgula, vírgula decimal.',
      query: described(overviewFile, {
        fields: {
          ...DAYS,
          table:
            'Qual tabela: `summary` (os totais), `days` (leads por dia), `consultants` (conversão por consultor), `funnel` (até onde as mensagens chegaram), `cost` (custo por categoria) ou `errors` (erros de envio).',
        },
      }),
      answers: {
        200: {
          description: 'As linhas da tabela, depois da linha de títulos.',
          schema: z.string(),
          type: 'text/csv',
          example: 'Consultor;Leads;Convertidos no contato;Convertidos no retrabalho;Conversão',
        },
      },
    },
  ],
};
