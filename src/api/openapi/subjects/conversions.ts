import { conversionReceipt } from '../../../contract/receipts.ts';
import { conversion } from '../../conversions.ts';
import { described, type JsonSchema, type Subject } from '../operation.ts';
import { IGNORED } from './referral-schemas.ts';

const PHONE = {
  description: 'O telefone da pessoa, em qualquer forma usual.',
  examples: ['(11) 98765-4321'],
};

/** At least one of the fields says who. */
function oneOfThem(made: JsonSchema): void {
  made.anyOf = ['lead_id', 'telefone', 'phone', 'cnpj'].map((field) => ({ required: [field] }));
}

export const conversions: Subject = {
  name: 'Conversões',
  description: 'O que um CRM ou ERP conta de volta.',
  schemas: [
    described(conversion.in, {
      name: 'Conversion',
      description:
        'Quem converteu: pelo menos um dos campos. Os que vierem precisam ser da mesma pessoa. Outros campos são ignorados, e a resposta diz quais.',
      fields: {
        lead_id: 'O lead.',
        telefone: PHONE,
        phone: { ...PHONE, description: 'O mesmo que `telefone`, em inglês.' },
        cnpj: {
          description: 'O CNPJ, com ou sem máscara. Sozinho, vale para todo lead aberto da empresa.',
          examples: ['11.222.333/0001-81'],
        },
      },
      mend(made) {
        oneOfThem(made);
        // Whoever tells of a sale has fields of their own.
        made.additionalProperties = true;
      },
    }),
    described(conversionReceipt, {
      name: 'ConversionReceipt',
      fields: {
        leads: 'Os leads que agora estão convertidos.',
        ignored_fields: { description: IGNORED, examples: [['pedido']] },
      },
    }),
    described(conversionReceipt.shape.leads.element, {
      fields: { lead_id: 'Id do lead.', already_converted: 'Se já estava convertido antes.' },
    }),
  ],
  operations: [
    {
      id: 'recordConversion',
      method: 'post',
      path: '/v1/conversions',
      summary: 'Conta que alguém converteu',
      description: 'O lead encerra como convertido, e nada mais lhe é enviado. Contar de novo não muda nada.',
      body: {
        schema: conversion.in,
        examples: {
          'Pelo telefone': { telefone: '(11) 98765-4321' },
          'Pelo CNPJ': { cnpj: '11.222.333/0001-81' },
        },
      },
      answers: { 202: { description: 'Gravado.', schema: conversionReceipt } },
      problems: ['person_not_found', 'people_disagree'],
    },
  ],
};
