import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { EVENT_STATES, listEvents, readEvent, replayEvent } from '../db/events.ts';
import { WEBHOOK_SOURCES } from '../db/inbox.ts';
import { settingsReader } from '../db/tenants.ts';
import { endIn, instantIn } from '../domain/business-calendar.ts';
import { tenantOf } from './authentication.ts';
import { CURSOR, moment, pageLimit } from './lead-query.ts';
import { noBody, noQuery, otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';

const text = z.string({ error: 'Informe um só texto.' }).max(200, { error: 'Use no máximo 200 caracteres.' });

/** What `GET /v1/events` takes, and nothing else; dates as `GET /v1/leads` takes them. */
export function eventQuery(zone: string) {
  return z.strictObject({
    source: z.enum(WEBHOOK_SOURCES, { error: `Valores aceitos: ${WEBHOOK_SOURCES.join(', ')}.` }).optional(),
    state: z.enum(EVENT_STATES, { error: `Valores aceitos: ${EVENT_STATES.join(', ')}.` }).optional(),
    outcome: text.optional(),
    kind: text.optional(),
    from: moment((given) => instantIn(zone, given)).optional(),
    until: moment((given) => endIn(zone, given)).optional(),
    cursor: z.string({ error: CURSOR }).transform(readCursor).optional(),
    limit: pageLimit,
  });
}

/** What webhooks brought: what came of each event, why one failed, and how it is applied again. */
export function eventRoutes({ database }: { database: Database }): Router {
  const settingsOf = settingsReader(database);
  const router = Router();

  router
    .route('/events')
    .get(async (request, response) => {
      const tenantId = tenantOf(response);
      const { zone } = await settingsOf(tenantId);
      const { cursor, ...filter } = check(eventQuery(zone), request.query, 'invalid_query');
      const { events, next } = await database.tenant(tenantId, (rows) =>
        listEvents(rows, { ...filter, before: cursor }),
      );
      response.json({ events, next_cursor: next && writeCursor(next) });
    })
    .all(otherMethods);

  router
    .route('/events/:id')
    .get(noQuery, async (request, response) => {
      const id = eventIdOf(request.params.id);
      const event = await database.together(tenantOf(response), (rows) => readEvent(rows, id));
      if (!event) throw new Problem('event_not_found');
      response.json(event);
    })
    .all(otherMethods);

  router
    .route('/events/:id/replay')
    .post(noBody, async (request, response) => {
      const id = eventIdOf(request.params.id);
      const event = await database.tenant(tenantOf(response), (rows) => replayEvent(rows, id));
      if (!event) throw new Problem('event_not_found');
      if (event === 'waiting') throw new Problem('event_pending');
      response.status(202).json(event);
    })
    .all(otherMethods);

  return router;
}

const EVENT_ID = /^[1-9]\d{0,14}$/;

/** The event's id from the path; one that cannot be an id is the id of no event. */
function eventIdOf(given: string): number {
  if (!EVENT_ID.test(given)) throw new Problem('event_not_found');
  return Number(given);
}

function writeCursor(id: number): string {
  return Buffer.from(`event ${id}`).toString('base64url');
}

function readCursor(given: string, context: z.RefinementCtx): number {
  const [word, id = ''] = Buffer.from(given, 'base64url').toString().split(' ');
  if (word === 'event' && EVENT_ID.test(id)) return Number(id);
  context.addIssue({ code: 'custom', message: CURSOR, params: { code: 'cursor_invalid' } });
  return z.NEVER;
}
