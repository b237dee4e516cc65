import { z } from 'zod';
import { apiKey, apiKeyList, me, newApiKey } from '../../../contract/connection.ts';
import { newKey } from '../../api-keys.ts';
import { described, type Subject } from '../operation.ts';

const KEY = {
  id: 'Id da chave.',
  name: 'Para que serve.',
  prefix: 'Os primeiros caracteres, para distinguir uma da outra.',
  created_at: { description: 'Quando foi criada.', format: 'date-time' },
  last_used_at: {
    description: 'Quando foi usada por último, com precisão de um minuto.',
    format: 'date-time',
  },
  revoked_at: { description: 'Quando foi revogada; nulo se vale.', format: 'date-time' },
};

export const account: Subject = {
  name: 'Conta e chaves',
  description: 'Quem está pedindo, e as chaves da API da empresa.',
  schemas: [
    described(me, {
      name: 'Me',
      fields: {
        tenant: 'A empresa.',
        user: 'Quem entrou no painel; nulo quando é uma chave que pede.',
        zone: 'O fuso da empresa.',
        test_phone: 'Se há um telefone de teste.',
      },
    }),
    described(me.shape.tenant, { fields: { id: 'Id da empresa.', name: 'O nome.' } }),
    described(me.shape.user.unwrap(), {
      fields: { id: 'Id do usuário.', name: 'O nome.', email: 'O e-mail.' },
    }),
    described(apiKey, { name: 'ApiKey', fields: KEY }),
    described(apiKeyList, { name: 'ApiKeyList', fields: { api_keys: 'As chaves.' } }),
    described(newApiKey, {
      name: 'NewApiKeyReceipt',
      fields: { ...KEY, key: 'A chave. Mostrada só desta vez.' },
    }),
    described(newKey, {
      name: 'NewApiKey',
      fields: {
        name: {
          description: 'Para que serve.',
          minLength: 1,
          maxLength: 100,
          examples: ['Site de campanhas'],
        },
      },
    }),
  ],
  operations: [
    {
      id: 'readMe',
      method: 'get',
      path: '/v1/me',
      summary: 'Diz quem está pedindo',
      answers: { 200: { description: 'A empresa e o usuário.', schema: me } },
    },
    {
      id: 'listApiKeys',
      method: 'get',
      path: '/v1/api-keys',
      summary: 'Lista as chaves',
      answers: { 200: { description: 'Todas, também as revogadas.', schema: apiKeyList } },
    },
    {
      id: 'addApiKey',
      method: 'post',
      path: '/v1/api-keys',
      summary: 'Cria uma chave',
      body: { schema: newKey, examples: { 'Para um site': { name: 'Site de campanhas' } } },
      answers: { 201: { description: 'A chave, mostrada só desta vez.', schema: newApiKey } },
    },
    {
      id: 'revokeApiKey',
      method: 'delete',
      path: '/v1/api-keys/{id}',
      summary: 'Revoga uma chave',
      description: 'Deixa de valer em até 5 segundos.',
      params: { id: z.uuid().meta({ description: 'Id da chave.' }) },
      answers: { 200: { description: 'A chave, revogada.', schema: apiKey } },
      problems: ['api_key_not_found'],
    },
  ],
};
