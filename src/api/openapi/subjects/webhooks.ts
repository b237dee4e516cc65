import { z } from 'zod';
import { REFUSALS } from '../../../inbox/incoming.ts';
import { type Answer, described, type Operation, type Subject } from '../operation.ts';

const key = z.string().meta({ description: 'A chave do endereço; é um segredo.' });
const event = z.string().meta({ description: 'O nome do evento.', examples: ['messages-upsert'] });

const delivery = z.record(z.string(), z.unknown()).meta({
  description:
    'O que a origem envia, como ela o descreve. O que não se conhece é guardado e respondido com 200.',
});

const refusal = z.object({ status: z.literal('refused'), reason: z.string() });

/** How a delivery can be refused, by status. */
const REFUSED: Record<number, Answer> = Object.fromEntries(
  [...Map.groupBy(Object.values(REFUSALS), ([status]) => status)].map(([status, those]) => [
    status,
    { description: those.map(([, words]) => `- ${words}`).join('\n'), schema: refusal },
  ]),
);

const received = z.object({ status: z.literal('received') });
const processed = z.object({ status: z.enum(['processed', 'ignored']) });

/** One way in: open to whoever proves by its own means who they are. */
function wayIn(
  operation: Pick<Operation, 'id' | 'path' | 'summary' | 'description' | 'params' | 'headers'>,
  answer: z.ZodType,
  example: unknown,
): Operation {
  return {
    ...operation,
    method: 'post',
    open: true,
    body: { schema: delivery, examples: { 'Um evento': example } },
    answers: { 200: { description: 'Gravado, ou já conhecido.', schema: answer }, ...REFUSED },
    problems: ['unavailable'],
  };
}

const signature = z.string().meta({
  description: 'HMAC-SHA256 do corpo com o segredo do aplicativo.',
  examples: ['sha256=…'],
});
const META_EVENT = { object: 'whatsapp_business_account', entry: [] };
const CHATWOOT_EVENT = { event: 'conversation_updated', id: 1, labels: ['convertido'] };
const EVOLUTION_EVENT = { event: 'messages.upsert', instance: 'vendas', data: {} };

export const webhooks: Subject = {
  name: 'Webhooks recebidos',
  description:
    'Por onde Meta, Chatwoot e gateways Evolution contam o que aconteceu. Cada entrega é verificada e gravada antes da resposta, e aplicada em menos de um segundo. A mesma entrega de novo não tem efeito.',
  schemas: [
    described(refusal, {
      name: 'Refusal',
      fields: { status: 'Recusado.', reason: 'Por que foi recusado, em inglês.' },
    }),
    described(received, { name: 'Received', fields: { status: 'Recebido; é aplicado em seguida.' } }),
    described(processed, {
      name: 'Processed',
      fields: {
        status: '`ignored`: nada ali diz respeito a um lead. O que resultou está em `GET /v1/events`.',
      },
    }),
  ],
  operations: [
    {
      id: 'verifyWhatsAppWebhook',
      method: 'get',
      path: '/webhooks/whatsapp/{key}',
      summary: 'Meta confere o endereço',
      open: true,
      params: { key },
      headers: {},
      query: {
        schema: z.object({
          'hub.mode': z.literal('subscribe'),
          'hub.verify_token': z.string(),
          'hub.challenge': z.string(),
        }),
        fields: {
          'hub.mode': 'Sempre `subscribe`.',
          'hub.verify_token': 'O token de verificação.',
          'hub.challenge': 'O que deve voltar.',
        },
      },
      answers: {
        200: {
          description: 'O `hub.challenge`.',
          schema: z.string(),
          type: 'text/plain',
          example: '1158201444',
        },
        403: {
          description: 'O token de verificação não confere.',
          schema: z.string(),
          type: 'text/plain',
          example: 'verify token refused',
        },
      },
      problems: ['unavailable'],
    },
    wayIn(
      {
        id: 'receiveWhatsAppWebhook',
        path: '/webhooks/whatsapp/{key}',
        summary: 'Meta conta o que aconteceu',
        description: 'Status, respostas, descadastros, templates e números. Até 3 MB.',
        params: { key },
        headers: { 'X-Hub-Signature-256': signature },
      },
      received,
      META_EVENT,
    ),
    wayIn(
      {
        id: 'receiveChatwootWebhook',
        path: '/webhooks/chatwoot/{key}',
        summary: 'Chatwoot conta o que aconteceu',
        description: 'Etiquetas, atribuições e mensagens de agentes. Até 1 MB.',
        params: { key },
        headers: {
          'X-Chatwoot-Signature': z.string().optional().meta({
            description: 'Obrigatório se a conexão tem um segredo; vale cinco minutos.',
          }),
          'X-Chatwoot-Timestamp': z.string().optional().meta({ description: 'Quando foi assinado.' }),
          'X-Chatwoot-Delivery': z.string().optional().meta({ description: 'O id da entrega.' }),
        },
      },
      received,
      CHATWOOT_EVENT,
    ),
    wayIn(
      {
        id: 'receiveEvolutionWebhook',
        path: '/webhooks/evolution/{key}',
        summary: 'Um gateway Evolution conta o que aconteceu',
        description: 'A chave no endereço prova quem chama. Até 1 MB.',
        params: { key },
      },
      processed,
      EVOLUTION_EVENT,
    ),
    wayIn(
      {
        id: 'receiveEvolutionWebhookByEvent',
        path: '/webhooks/evolution/{key}/{event}',
        summary: 'O mesmo, com um endereço por evento',
        params: { key, event },
      },
      processed,
      EVOLUTION_EVENT,
    ),
    wayIn(
      {
        id: 'receiveEvolutionInstanceWebhook',
        path: '/api/webhooks/evolution',
        summary: 'Um gateway Evolution, com o segredo em um cabeçalho',
        description:
          'A instância no corpo diz de quem é; o segredo a prova: em `x-webhook-secret`, em `Authorization: Bearer`, ou como a `jwt_key` do gateway.',
        headers: {
          'X-Webhook-Secret': z.string().optional().meta({ description: 'O segredo da instância.' }),
        },
      },
      processed,
      EVOLUTION_EVENT,
    ),
    wayIn(
      {
        id: 'receiveEvolutionInstanceWebhookByEvent',
        path: '/api/webhooks/evolution/{event}',
        summary: 'O mesmo, com um endereço por evento',
        params: { event },
      },
      processed,
      EVOLUTION_EVENT,
    ),
  ],
};
