import { z } from 'zod';
import { eventLine, eventList, eventPage } from '../../../contract/listings.ts';
import { tenantSettings } from '../../../domain/settings.ts';
import { eventQuery } from '../../events.ts';
import { described, type Subject } from '../operation.ts';
import { CURSOR_WORDS, dayWords, LIMIT_WORDS } from './paging.ts';

const LINE = {
  id: 'Id do evento.',
  source: 'Quem o enviou.',
  kind: { description: 'O que é.', examples: ['status', 'message', 'conversation_updated', 'refused'] },
  state:
    '`pending`: será aplicado em `due_at`; `applied`: foi aplicado; `dead`: falhou 12 vezes e espera que alguém o repita.',
  outcome: {
    description: 'O que resultou dele; nulo até ser aplicado.',
    examples: ['updated', 'replied', 'opted_out', 'converted', 'no_lead', 'kept'],
  },
  attempts: 'Quantas vezes foi tentado.',
  error: 'Por que falhou por último.',
  received_at: 'Quando chegou.',
  applied_at: 'Quando foi aplicado.',
  due_at: 'Quando será tentado, no mínimo.',
} as const;

const params = { id: z.int().min(1).meta({ description: 'Id do evento.' }) };

export const events: Subject = {
  name: 'Eventos',
  description: 'O que os webhooks trouxeram, e o que resultou. O que falhou pode ser aplicado de novo.',
  schemas: [
    described(eventLine, { name: 'Event', description: 'Um evento, em uma linha.', fields: LINE }),
    described(eventList, {
      name: 'EventList',
      description: 'Uma página de eventos, do mais novo ao mais antigo.',
      fields: { events: 'Os eventos desta página.', next_cursor: 'O `cursor` da próxima; nulo no fim.' },
    }),
    described(eventPage, {
      name: 'EventPage',
      description: 'Um evento com o que trouxe.',
      fields: { ...LINE, payload: 'O que trouxe, já lido; a forma depende da origem e de `kind`.' },
    }),
  ],
  operations: [
    {
      id: 'listEvents',
      method: 'get',
      path: '/v1/events',
      summary: 'Lista os eventos',
      query: described(eventQuery(tenantSettings.parse({}).zone), {
        fields: {
          source: 'Só os desta origem.',
          state: 'Só os deste estado.',
          outcome: 'Só os que resultaram nisto.',
          kind: 'Só os deste tipo.',
          from: dayWords('Só os que chegaram neste dia ou instante, ou depois.'),
          until: dayWords('Só os que chegaram até este dia, inclusive, ou antes deste instante.'),
          cursor: CURSOR_WORDS,
          limit: LIMIT_WORDS,
        },
      }),
      answers: { 200: { description: 'Uma página de eventos.', schema: eventList } },
    },
    {
      id: 'readEvent',
      method: 'get',
      path: '/v1/events/{id}',
      summary: 'Lê um evento',
      params,
      answers: { 200: { description: 'O evento, com o que trouxe.', schema: eventPage } },
      problems: ['event_not_found'],
    },
    {
      id: 'replayEvent',
      method: 'post',
      path: '/v1/events/{id}/replay',
      summary: 'Aplica um evento de novo',
      description: 'O que já tinha sido aplicado não acontece duas vezes.',
      params,
      answers: { 202: { description: 'Na fila.', schema: eventLine } },
      problems: ['event_not_found', 'event_pending'],
    },
  ],
};
