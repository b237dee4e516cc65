import { z } from 'zod';
import { channel, channelList, newChannel } from '../../../contract/listings.ts';
import { webhookReceipt } from '../../../contract/receipts.ts';
import { channelChange } from '../../channels.ts';
import { newInstance, registration } from '../../evolution-channels.ts';
import { newOfficialNumber } from '../../official-channels.ts';
import { described, type JsonSchema } from '../operation.ts';

/** Since when nothing is sent of a template. */
export const STOP_SINCE = { description: 'Desde quando.', format: 'date-time' };

const CHANNEL = {
  id: 'Id do número.',
  name: 'O nome que a empresa lhe deu.',
  kind: '`whatsapp_cloud`: número da API oficial; `evolution`: instância de um gateway Evolution.',
  phone_number_id: 'O id do número na Meta; nulo em instâncias.',
  instance: 'O nome da instância no gateway; nulo em números oficiais.',
  connection: 'O que o gateway disse da conexão por último.',
  status_numbering: 'Como o gateway numera os status.',
  state: '`paused`: nada sai; os leads esperam.',
  pause_reason: 'Por que está pausado.',
  paused_until: 'Até quando; nulo: até alguém retomar.',
  paused_by: 'Quem pausou: uma pessoa, um erro de envio ou a própria Meta.',
  quality: { description: 'A qualidade na Meta.', examples: ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] },
  messaging_limit: { description: 'Quantas pessoas por dia, na Meta.', examples: ['TIER_10K'] },
  messages_per_second: 'Quantas mensagens envia por segundo.',
  chatwoot_inbox_id: 'A caixa de entrada no Chatwoot.',
  relay_url: 'Para onde os webhooks da Meta são repassados; nulo: para lugar nenhum.',
  stopped_templates: 'Os templates com que nada sai.',
} as const;

const NUMBERING = '`documented` (1 enviado, 2 entregue, 3 lido) ou `baileys` (2, 3, 4).';
const SECRET = 'O segredo com que os webhooks se provam; no número oficial, o segredo do aplicativo na Meta.';
const NAME = {
  description: 'O nome que a empresa lhe dá.',
  minLength: 1,
  maxLength: 200,
  examples: ['Vendas'],
};
const INSTANCE = {
  description: 'A instância no gateway.',
  minLength: 1,
  maxLength: 80,
  examples: ['vendas'],
};

const [official, instance] = newChannel.options;

/** What `POST /v1/channels` takes, whichever the kind. */
export const channelToAdd = z.discriminatedUnion('kind', [newOfficialNumber, newInstance]);

/** Something must be changed. */
function atLeastOne(made: JsonSchema): void {
  made.minProperties = 1;
}

/** Numbers, what is changed of them, and what a new one's gateway is set up with. */
export const CHANNEL_SCHEMAS = [
  described(channel, { name: 'Channel', description: 'Um número.', fields: CHANNEL }),
  described(channel.shape.stopped_templates.element, {
    name: 'StoppedTemplate',
    fields: {
      template: 'O nome.',
      language: 'O idioma.',
      reason: 'O motivo.',
      stopped_by: 'Um erro de envio, ou a própria Meta.',
      since: STOP_SINCE,
    },
  }),
  described(channelList, { name: 'ChannelList', fields: { channels: 'Todos os números.' } }),
  described(channelChange, {
    name: 'ChannelChange',
    description: 'O que mudar; pelo menos um campo.',
    fields: {
      name: NAME,
      chatwoot_inbox_id: CHANNEL.chatwoot_inbox_id,
      state: '`active` retoma, também os templates parados; `paused` pausa.',
      token: 'O novo token do número.',
      messages_per_second: CHANNEL.messages_per_second,
      relay_url: 'Para onde repassar os webhooks da Meta; nulo: parar. Só em números oficiais.',
      status_numbering: `${NUMBERING} Só em instâncias.`,
      secret: `${SECRET} O anterior continua valendo até ser retirado.`,
      drop_former_secret: 'true: o segredo anterior deixa de valer.',
    },
    mend: atLeastOne,
  }),
  described(newOfficialNumber, {
    name: 'NewOfficialNumber',
    description: 'Um número da API oficial.',
    fields: {
      kind: 'Sempre `whatsapp_cloud`.',
      name: NAME,
      phone_number_id: { description: 'O id do número na Meta.', examples: ['106540352242922'] },
      business_account_id: {
        description: 'O id da conta do WhatsApp Business na Meta.',
        examples: ['102290129340398'],
      },
      token: 'Um token permanente, de um usuário do sistema.',
      app_secret: 'O segredo do aplicativo na Meta, com que os webhooks são assinados.',
      verify_token: 'O token de verificação do webhook; sem ele, um é criado.',
      base_url: 'O endereço da API da Meta.',
      api_version: 'A versão da API da Meta.',
      chatwoot_inbox_id: CHANNEL.chatwoot_inbox_id,
      messages_per_second: CHANNEL.messages_per_second,
    },
  }),
  described(newInstance, {
    name: 'NewInstance',
    description: 'Uma instância da Evolution API.',
    fields: {
      kind: 'Sempre `evolution`.',
      name: NAME,
      base_url: {
        description: 'O endereço do gateway.',
        examples: ['https://evolution.exemplo.com.br'],
      },
      api_key: 'O token da instância.',
      instance: INSTANCE,
      chatwoot_inbox_id: CHANNEL.chatwoot_inbox_id,
      status_numbering: NUMBERING,
      messages_per_second: 'Quantas mensagens envia por segundo. Devagar, para não ser bloqueado.',
      secret: 'O segredo com que o gateway se prova; sem ele, um é criado.',
    },
  }),
  described(official, {
    name: 'NewOfficialNumberReceipt',
    fields: { ...CHANNEL, webhook: 'O que preencher na página Webhooks da Meta. Mostrado só desta vez.' },
  }),
  described(official.shape.webhook, {
    fields: { path: 'O caminho, neste servidor.', verify_token: 'O token de verificação.' },
  }),
  described(instance, {
    name: 'NewInstanceReceipt',
    fields: { ...CHANNEL, webhook: 'Como o gateway deve chamar. Mostrado só desta vez.' },
  }),
  described(instance.shape.webhook, {
    fields: {
      by_key: 'Um endereço que leva a chave: o bastante para provar quem chama.',
      by_secret: 'Um endereço igual para todos, com o segredo em um cabeçalho.',
      events: 'Os eventos a ligar no gateway.',
    },
  }),
  ...[instance.shape.webhook.shape.by_key, instance.shape.webhook.shape.by_secret].map((address) =>
    described(address, {
      fields: { path: 'O caminho, neste servidor.', headers: 'Os cabeçalhos que o gateway deve enviar.' },
    }),
  ),
  described(registration, {
    name: 'WebhookRegistration',
    fields: {
      url: {
        description: 'O endereço em que o gateway alcança este servidor.',
        examples: ['https://leads.exemplo.com.br'],
      },
    },
  }),
  described(webhookReceipt, {
    name: 'WebhookReceipt',
    fields: { url: 'O endereço que o gateway passa a chamar.', connection: CHANNEL.connection },
  }),
];
