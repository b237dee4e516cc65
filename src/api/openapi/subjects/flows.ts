import { z } from 'zod';
import { flow, flowList } from '../../../contract/connection.ts';
import { flowChange, stageChange } from '../../flows.ts';
import { described, type JsonSchema, type Subject } from '../operation.ts';

const STAGE = {
  template: {
    description: 'O template, aprovado e com um só parâmetro: o primeiro nome.',
    examples: ['boas_vindas'],
  },
  language: { description: 'O idioma do template.', examples: ['pt_BR'] },
  buttons:
    'O que cada botão de resposta significa, na ordem: `talk` (quer conversar), `convert` (venda), `not_interested`, `opt_out`.',
};
const CHANNEL = 'O número da API oficial pelo qual sai.';

/** Something must be changed. */
function atLeastOne(made: JsonSchema): void {
  made.minProperties = 1;
}

export const flows: Subject = {
  name: 'Fluxos',
  description: 'Com que número e com que templates se escreve aos leads de cada origem.',
  schemas: [
    described(flow, {
      name: 'Flow',
      fields: {
        id: 'Id do fluxo.',
        name: 'O nome.',
        source: { description: 'A origem dos leads.', examples: ['api_oficial'] },
        version: 'Quantas vezes mudou.',
        channel_id: CHANNEL,
        main: 'O primeiro contato.',
        rework: 'O retrabalho.',
      },
    }),
    described(flow.shape.main, { name: 'FlowStage', fields: STAGE }),
    described(flowList, { name: 'FlowList', fields: { flows: 'Todos os fluxos.' } }),
    described(flowChange, {
      name: 'FlowChange',
      fields: { channel_id: CHANNEL, main: 'O primeiro contato.', rework: 'O retrabalho.' },
      mend: atLeastOne,
    }),
    described(stageChange, { name: 'FlowStageChange', fields: STAGE }),
  ],
  operations: [
    {
      id: 'listFlows',
      method: 'get',
      path: '/v1/flows',
      summary: 'Lista os fluxos',
      answers: { 200: { description: 'Todos os fluxos.', schema: flowList } },
    },
    {
      id: 'changeFlow',
      method: 'patch',
      path: '/v1/flows/{id}',
      summary: 'Muda um fluxo',
      description: 'Vale para os leads que vierem depois. O que não vier fica como está.',
      params: { id: z.uuid().meta({ description: 'Id do fluxo.' }) },
      body: {
        schema: flowChange,
        examples: { 'Botões do retrabalho': { rework: { buttons: ['talk', 'not_interested', 'opt_out'] } } },
      },
      answers: { 200: { description: 'O fluxo, como ficou.', schema: flow } },
      problems: ['flow_not_found'],
    },
  ],
};
