import { Router } from 'express';
import { z } from 'zod';
import { BOARD_COLUMNS } from '../contract/lead.ts';
import { readBoard } from '../db/board.ts';
import type { Database } from '../db/database.ts';
import { tenantOf } from './authentication.ts';
import { leadAnswers } from './lead-answers.ts';
import { writeCursor } from './lead-query.ts';
import { otherMethods } from './methods.ts';
import { check } from './problems.ts';
import { sharedReads } from './shared-reads.ts';

const LIMIT = 'Informe um número inteiro de 1 a 100.';

/** What `GET /v1/board` takes. */
export const boardQuery = z.strictObject({
  limit: z.coerce
    .number({ error: LIMIT })
    .int({ error: LIMIT })
    .min(1, { error: LIMIT })
    .max(100, { error: LIMIT })
    .default(30),
});

/** All of a company's pages may ask at once, as all of them hear of the same change. */
const READ_EVERY_MS = 250;

/** How many leads stand in each column of the board, and the newest of each. */
export function boardRoutes({
  database,
  ...ui
}: {
  database: Database;
  uiUrl: string;
  namespace: string;
}): Router {
  const answers = leadAnswers(ui);
  const boardOf = sharedReads(async (key) => {
    const [tenantId = '', limit] = key.split(' ');
    const { columns, cursor } = await database.together(tenantId, (rows) =>
      readBoard(rows, BOARD_COLUMNS, Number(limit)),
    );
    return JSON.stringify({
      columns: columns.map(({ column, count, leads, next }) => ({
        column,
        count,
        leads: leads.map(answers.line),
        next_cursor: next && writeCursor(next),
      })),
      cursor,
    });
  }, READ_EVERY_MS);
  const router = Router();

  router
    .route('/board')
    .get(async (request, response) => {
      const { limit } = check(boardQuery, request.query, 'invalid_query');
      response.type('json').send(await boardOf(`${tenantOf(response)} ${limit}`));
    })
    .all(otherMethods);

  return router;
}
