import { z } from 'zod';
import { connectionTest } from '../../../contract/connection.ts';
import { channel, channelList, newChannel } from '../../../contract/listings.ts';
import { webhookReceipt } from '../../../contract/receipts.ts';
import { channelChange } from '../../channels.ts';
import { registration } from '../../evolution-channels.ts';
import type { Subject } from '../operation.ts';
import { CHANNEL_SCHEMAS, channelToAdd } from './channel-schemas.ts';

const params = { id: z.uuid().meta({ description: 'Id do número.' }) };

export const channels: Subject = {
  name: 'Números',
  description: 'Os números por onde as mensagens saem: da API oficial, ou instâncias da Evolution API.',
  schemas: CHANNEL_SCHEMAS,
  operations: [
    {
      id: 'listChannels',
      method: 'get',
      path: '/v1/channels',
      summary: 'Lista os números',
      description: 'O que está pausado, e por quê.',
      answers: { 200: { description: 'Todos os números.', schema: channelList } },
    },
    {
      id: 'addChannel',
      method: 'post',
      path: '/v1/channels',
      summary: 'Cadastra um número ou uma instância',
      body: {
        schema: channelToAdd,
        examples: {
          'Número da API oficial': {
            kind: 'whatsapp_cloud',
            name: 'Vendas',
            phone_number_id: '106540352242922',
            business_account_id: '102290129340398',
            token: 'TOKEN-PERMANENTE',
            app_secret: 'SEGREDO-DO-APLICATIVO',
            chatwoot_inbox_id: 3,
          },
          'Instância da Evolution API': {
            kind: 'evolution',
            name: 'Vendas',
            base_url: 'https://evolution.exemplo.com.br',
            api_key: 'TOKEN-DA-INSTANCIA',
            instance: 'vendas',
            chatwoot_inbox_id: 3,
          },
        },
      },
      answers: { 201: { description: 'Cadastrado.', schema: newChannel } },
      problems: ['channel_taken'],
    },
    {
      id: 'changeChannel',
      method: 'patch',
      path: '/v1/channels/{id}',
      summary: 'Muda um número',
      description: 'Pausa, retoma, troca token ou segredo. Retomado, o que esperava sai.',
      params,
      body: {
        schema: channelChange,
        examples: {
          Retomar: { state: 'active' },
          'Repassar ao Chatwoot': {
            relay_url: 'https://chatwoot.exemplo.com.br/webhooks/whatsapp/+551140000000',
          },
        },
      },
      answers: { 200: { description: 'O número, como ficou.', schema: channel } },
      problems: ['channel_not_found'],
    },
    {
      id: 'registerChannelWebhook',
      method: 'post',
      path: '/v1/channels/{id}/webhook',
      summary: 'Diz ao gateway aonde chamar',
      description:
        'Configura o webhook da instância no gateway dela, com o segredo, e lê o estado da conexão.',
      params,
      body: { schema: registration, examples: { 'Este servidor': { url: 'https://leads.exemplo.com.br' } } },
      answers: { 200: { description: 'Configurado.', schema: webhookReceipt } },
      problems: ['channel_not_found', 'not_a_gateway', 'gateway_refused', 'gateway_unavailable'],
    },
    {
      id: 'testChannel',
      method: 'post',
      path: '/v1/channels/{id}/test',
      summary: 'Testa um número',
      description: 'Como está gravado. Nada muda na Meta nem no gateway.',
      params,
      answers: { 200: { description: 'O que se viu.', schema: connectionTest } },
      problems: ['channel_not_found'],
    },
  ],
};
