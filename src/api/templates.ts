import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { listTemplates } from '../db/templates.ts';
import { tenantOf } from './authentication.ts';
import { otherMethods } from './methods.ts';
import { check } from './problems.ts';

export const templateQuery = z.strictObject({
  channel_id: z.uuid({ error: 'Informe o id de um número.' }).optional(),
});

/** The tenant's WhatsApp templates, as last heard of: which of them may be sent, and what stops the others. */
export function templateRoutes({ database }: { database: Database }): Router {
  const router = Router();
  router
    .route('/templates')
    .get(async (request, response) => {
      const { channel_id = null } = check(templateQuery, request.query, 'invalid_query');
      const templates = await database.together(tenantOf(response), (rows) =>
        listTemplates(rows, channel_id),
      );
      response.json({ templates });
    })
    .all(otherMethods);
  return router;
}
