import { z } from 'zod';
import { described, type Subject } from '../operation.ts';

const live = z.object({ status: z.literal('ok') });
const ready = z.object({ status: z.literal('ok'), database: z.literal('ok') });
const document = z.looseObject({ openapi: z.literal('3.1.1') });

export const health: Subject = {
  name: 'Servidor',
  description: 'Para quem cuida do servidor. Sem chave.',
  schemas: [
    described(live, { fields: { status: 'Está de pé.' } }),
    described(ready, { fields: { status: 'Atende.', database: 'O banco de dados responde.' } }),
    described(document, { fields: { openapi: 'A versão do padrão.' } }),
  ],
  operations: [
    {
      id: 'isLive',
      method: 'get',
      path: '/health/live',
      summary: 'O processo está de pé',
      open: true,
      answers: { 200: { description: 'Está.', schema: live } },
    },
    {
      id: 'isReady',
      method: 'get',
      path: '/health/ready',
      summary: 'O processo atende',
      description: 'O banco de dados responde.',
      open: true,
      answers: {
        200: {
          description: 'Atende.',
          schema: ready,
        },
      },
      problems: ['unavailable'],
    },
    {
      id: 'readMetrics',
      method: 'get',
      path: '/metrics',
      summary: 'Métricas, no formato do Prometheus',
      open: true,
      answers: {
        200: {
          description: 'As métricas.',
          schema: z.string(),
          type: 'text/plain',
          example: 'lead_flow_webhook_events_total{source="whatsapp"} 42',
        },
      },
    },
    {
      id: 'readDocument',
      method: 'get',
      path: '/openapi.json',
      summary: 'Este documento',
      open: true,
      answers: {
        200: {
          description: 'A descrição desta API, em OpenAPI 3.1.',
          schema: document,
        },
      },
    },
  ],
};
