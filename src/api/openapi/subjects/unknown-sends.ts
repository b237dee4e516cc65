import { z } from 'zod';
import { decisionReceipt } from '../../../contract/receipts.ts';
import { decision } from '../../unknown-sends.ts';
import { described, type Subject } from '../operation.ts';

export const unknownSends: Subject = {
  name: 'Envios desconhecidos',
  description: 'Envios de que ninguém sabe se saíram: uma pessoa decide.',
  schemas: [
    described(decision, {
      name: 'Decision',
      fields: { decision: '`arrived`: a mensagem chegou; `send_again`: não chegou, enviar de novo.' },
    }),
    described(decisionReceipt, {
      name: 'DecisionReceipt',
      fields: {
        attempt_id: 'A tentativa.',
        state: 'O que passa a valer: `accepted` (chegou) ou `not_sent` (será enviada de novo).',
      },
    }),
  ],
  operations: [
    {
      id: 'decideSendAttempt',
      method: 'post',
      path: '/v1/send-attempts/{id}/decision',
      summary: 'Diz se um envio chegou',
      description:
        'Para leads com `attention` igual a `send_unknown`. O id da tentativa está em `messages[].attempts[]` de `GET /v1/leads/{id}`.',
      params: { id: z.uuid().meta({ description: 'Id da tentativa de envio.' }) },
      body: {
        schema: decision,
        examples: { Chegou: { decision: 'arrived' }, 'Enviar de novo': { decision: 'send_again' } },
      },
      answers: { 202: { description: 'Gravado; o lead segue.', schema: decisionReceipt } },
      problems: ['attempt_not_found'],
    },
  ],
};
