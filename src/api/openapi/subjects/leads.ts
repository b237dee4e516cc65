import { z } from 'zod';
import { leadImport } from '../../../contract/connection.ts';
import { leadList, leadPage } from '../../../contract/lead.ts';
import { leadReceipt, optOutReceipt, reworkReceipt } from '../../../contract/receipts.ts';
import { tenantSettings } from '../../../domain/settings.ts';
import { importQuery } from '../../lead-import.ts';
import { exportQuery, leadQuery } from '../../lead-query.ts';
import { described, type Subject } from '../operation.ts';
import { IMPORT_SCHEMAS, importLine } from './import-schemas.ts';
import { LEAD_SCHEMAS } from './lead-schemas.ts';
import { CURSOR_WORDS, dayWords, LIMIT_WORDS } from './paging.ts';
import { newReferral, REFERRAL_SCHEMAS, statusChange } from './referral-schemas.ts';

const params = { id: z.uuid().meta({ description: 'Id do lead.' }) };
const page = { description: 'O lead, com tudo o que aconteceu.', schema: leadPage };

const { zone } = tenantSettings.parse({});
const FILTERS = {
  column: 'Só os desta coluna do quadro.',
  stage: 'Só os deste ponto.',
  outcome: 'Só os encerrados assim.',
  open: { description: 'true: só os abertos; false: só os encerrados.', enum: ['true', 'false'] },
  consultant: 'Nome do consultor, ou parte dele.',
  phone: {
    description:
      'Só os deste telefone, em qualquer forma usual: os da pessoa que o tem hoje e os indicados com ele, também quando o telefone mudou de dono.',
    examples: ['(11) 98765-4321'],
  },
  owner_phone: {
    description:
      'Só os da pessoa que tem este telefone hoje: diz se ela já tem um lead, sem os de um dono anterior.',
    examples: ['(11) 98765-4321'],
  },
  from: dayWords('Só os que entraram neste dia ou instante, ou depois.'),
  until: dayWords('Só os que entraram até este dia, inclusive, ou antes deste instante.'),
  attention: {
    description: 'true: só os que pedem atenção; false: só os outros.',
    enum: ['true', 'false'],
  },
  held: {
    description: 'true: só os que têm mensagem esperando para sair; false: só os outros.',
    enum: ['true', 'false'],
  },
  text: 'Parte do nome, do e-mail, do telefone ou do CNPJ.',
};
const query = described(leadQuery(zone), {
  fields: { ...FILTERS, cursor: CURSOR_WORDS, limit: LIMIT_WORDS },
});

export const leads: Subject = {
  name: 'Leads',
  description: 'Indicar, acompanhar e agir.',
  schemas: [...LEAD_SCHEMAS, ...REFERRAL_SCHEMAS, ...IMPORT_SCHEMAS],
  operations: [
    {
      id: 'referLead',
      method: 'post',
      path: '/v1/leads',
      summary: 'Indica um lead',
      description:
        'A indicação é gravada antes da resposta. Se a pessoa já tem um lead aberto, junta-se a ele; senão, abre um.',
      headers: {
        'Idempotency-Key': z
          .string()
          .regex(/^[\x21-\x7e]{1,255}$/)
          .optional()
          .meta({
            description:
              'Qualquer texto sem espaços, um por indicação. A mesma chave devolve a mesma resposta.',
          }),
      },
      body: {
        schema: newReferral,
        examples: {
          'O necessário': {
            nome: 'Maria da Silva',
            telefone: '(11) 98765-4321',
            consultor: 'Ana Martins',
            status_indicacao: 'qualificado',
          },
          'Tudo, em inglês': {
            name: 'João Souza',
            phone: '+55 21 99876-5432',
            cnpj: '11.222.333/0001-81',
            consultant: 'ana@empresa.com.br',
            referral_status: 'em_analise',
            email: 'joao@exemplo.com.br',
            notes: 'Prefere ser chamado à tarde.',
          },
        },
      },
      answers: { 202: { description: 'Gravada. O envio começa em seguida.', schema: leadReceipt } },
      problems: ['invalid_idempotency_key', 'idempotency_key_reused', 'no_flow'],
    },
    {
      id: 'listLeads',
      method: 'get',
      path: '/v1/leads',
      summary: 'Lista os leads',
      description: 'Do mais novo ao mais antigo. Um filtro que não existe é recusado, nunca ignorado.',
      query,
      answers: { 200: { description: 'Uma página de leads.', schema: leadList } },
    },
    {
      id: 'exportLeads',
      method: 'get',
      path: '/v1/leads.csv',
      summary: 'Exporta os leads em CSV',
      description:
        'Todos os que os filtros encontram, para abrir numa planilha: UTF-8, ponto e vírgula, datas no fuso da empresa.',
      query: described(exportQuery(zone), { fields: FILTERS }),
      answers: {
        200: {
          description: 'Uma linha por lead, depois da linha de títulos.',
          schema: z.string(),
          type: 'text/csv',
          example: 'Criado em;Nome;Telefone;…',
        },
      },
    },
    {
      id: 'importLeads',
      method: 'post',
      path: '/v1/leads/import',
      summary: 'Importa leads de um CSV',
      description:
        'Um arquivo como as planilhas o salvam, de até 2 MB e 5.000 linhas. A primeira linha traz os nomes dos campos, como em `POST /v1/leads`, em português ou inglês; outras colunas não contam. Enviar o mesmo arquivo de novo não indica ninguém duas vezes: é o que fazer se a conexão cair. Um arquivo grande leva um minuto ou mais; com `Accept: application/x-ndjson` a resposta diz, linha por linha, até onde se chegou, e nenhum proxy a corta por ficar calada.',
      query: described(importQuery, {
        fields: {
          dry_run: {
            description: 'true: só confere e conta; nada é gravado.',
            enum: ['true', 'false'],
            default: 'false',
          },
        },
      }),
      body: {
        schema: z.string().meta({ description: 'O arquivo.' }),
        type: 'text/csv',
        examples: {
          'Uma linha':
            'nome;telefone;consultor;status_indicacao\nRita Lopes;(11) 98765-0001;Ana Martins;qualificado\n',
        },
      },
      answers: {
        200: {
          description:
            'O que foi feito de cada linha. Em `application/x-ndjson`, um JSON por linha: primeiro o andamento, várias vezes; por último o resultado, ou o erro que impediu de chegar ao fim.',
          schema: leadImport,
          lines: {
            schema: importLine,
            example:
              '{"done":0,"lines":2}\n{"done":2,"lines":2}\n{"dry_run":false,"lines":2,"received":2,"joined":0,"opted_out":0,"known":0,"refused":[]}\n',
          },
        },
      },
      problems: ['not_csv', 'invalid_csv', 'csv_too_long', 'too_large', 'no_flow', 'import_interrupted'],
    },
    {
      id: 'readLead',
      method: 'get',
      path: '/v1/leads/{id}',
      summary: 'Lê um lead',
      params,
      answers: { 200: page },
      problems: ['lead_not_found'],
    },
    {
      id: 'changeLead',
      method: 'patch',
      path: '/v1/leads/{id}',
      summary: 'Muda o status da indicação',
      description: 'O status é lido quando o lead acorda: só os qualificados são retrabalhados.',
      params,
      body: {
        schema: statusChange,
        examples: { 'Outro status': { status_indicacao: 'nao_qualificado' } },
      },
      answers: { 200: page },
      problems: ['lead_not_found'],
    },
    {
      id: 'reworkLeadNow',
      method: 'post',
      path: '/v1/leads/{id}/rework-now',
      summary: 'Retrabalha já',
      description: 'O retrabalho antes da hora. A `note` diz quando começa.',
      params,
      answers: { 202: { description: 'Pedido aceito.', schema: reworkReceipt } },
      problems: [
        'lead_not_found',
        'lead_closed',
        'lead_converted',
        'lead_erased',
        'lead_in_rework',
        'lead_no_rework_label',
        'lead_not_qualified',
        'lead_phone_changed_hands',
        'lead_opted_out',
      ],
    },
    {
      id: 'optOutLead',
      method: 'post',
      path: '/v1/leads/{id}/opt-out',
      summary: 'Descadastra a pessoa',
      description:
        'A pessoa pediu a alguém da empresa que não lhe escrevam mais. Vale para todos os números dela, para sempre. Repetir não faz mal.',
      params,
      answers: { 202: { description: 'Gravado; nada mais sai.', schema: optOutReceipt } },
      problems: ['lead_not_found'],
    },
    {
      id: 'clearLeadAttention',
      method: 'delete',
      path: '/v1/leads/{id}/attention',
      summary: 'Tira o pedido de atenção',
      description: 'Alguém já cuidou disso; a linha do tempo guarda o que foi.',
      params,
      answers: { 200: page },
      problems: ['lead_not_found'],
    },
  ],
};
