import { z } from 'zod';
import { consultant, consultantList } from '../../../contract/listings.ts';
import { consultantChange, newConsultant } from '../../consultants.ts';
import { described, type JsonSchema, type Subject } from '../operation.ts';

const GIVEN = {
  nome: { description: 'O nome.', minLength: 1, examples: ['Ana Martins'] },
  email: {
    description: 'O e-mail que tem no Chatwoot, pelo qual as conversas lhe são dadas. Nulo ou vazio: não há.',
    examples: ['ana@empresa.com.br'],
  },
} as const;

/** Something must be changed. */
function atLeastOne(made: JsonSchema): void {
  made.minProperties = 1;
}

export const consultants: Subject = {
  name: 'Consultores',
  description: 'Quem indica e recebe os leads. Nome e e-mail são de um só consultor.',
  schemas: [
    described(consultant, {
      name: 'Consultant',
      fields: {
        id: 'Id do consultor.',
        nome: 'O nome.',
        email: 'O e-mail.',
        chatwoot_agent_id: 'O agente no Chatwoot, quando já foi encontrado.',
      },
    }),
    described(consultantList, { name: 'ConsultantList', fields: { consultants: 'Todos os consultores.' } }),
    described(newConsultant, { name: 'NewConsultant', fields: GIVEN }),
    described(consultantChange, {
      name: 'ConsultantChange',
      fields: {
        ...GIVEN,
        chatwoot_agent_id: 'O agente no Chatwoot; nulo: achá-lo de novo pelo e-mail.',
      },
      mend: atLeastOne,
    }),
  ],
  operations: [
    {
      id: 'listConsultants',
      method: 'get',
      path: '/v1/consultants',
      summary: 'Lista os consultores',
      answers: { 200: { description: 'Todos os consultores.', schema: consultantList } },
    },
    {
      id: 'addConsultant',
      method: 'post',
      path: '/v1/consultants',
      summary: 'Cadastra um consultor',
      body: {
        schema: newConsultant,
        examples: { 'Com e-mail': { nome: 'Ana Martins', email: 'ana@empresa.com.br' } },
      },
      answers: {
        201: { description: 'Cadastrado.', schema: consultant },
        200: { description: 'Já era assim: nada mudou.', schema: consultant },
      },
      problems: ['consultant_taken'],
    },
    {
      id: 'changeConsultant',
      method: 'patch',
      path: '/v1/consultants/{id}',
      summary: 'Muda um consultor',
      params: { id: z.uuid().meta({ description: 'Id do consultor.' }) },
      body: { schema: consultantChange, examples: { 'Outro e-mail': { email: 'ana.m@empresa.com.br' } } },
      answers: { 200: { description: 'O consultor, como ficou.', schema: consultant } },
      problems: [
        'consultant_not_found',
        'consultant_taken',
        'no_chatwoot',
        'chatwoot_refused',
        'chatwoot_unavailable',
      ],
    },
  ],
};
