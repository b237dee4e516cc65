import { chatwootReceipt } from '../../../contract/receipts.ts';
import { chatwootChange } from '../../channels.ts';
import { described, type Subject } from '../operation.ts';

export const chatwoot: Subject = {
  name: 'Chatwoot',
  description: 'A conexão com o Chatwoot da empresa.',
  schemas: [
    described(chatwootChange, { name: 'ChatwootChange', fields: { token: 'O novo token de acesso.' } }),
    described(chatwootReceipt, { name: 'ChatwootReceipt', fields: { token: 'Foi trocado.' } }),
  ],
  operations: [
    {
      id: 'changeChatwoot',
      method: 'patch',
      path: '/v1/chatwoot',
      summary: 'Troca o token do Chatwoot',
      description: 'Leads que esperavam por isso seguem sozinhos.',
      body: { schema: chatwootChange, examples: { 'Outro token': { token: 'TOKEN-DE-ACESSO' } } },
      answers: { 200: { description: 'Trocado.', schema: chatwootReceipt } },
    },
  ],
};
