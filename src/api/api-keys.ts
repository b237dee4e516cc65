import { Router } from 'express';
import { z } from 'zod';
import { addApiKey, listApiKeys, revokeApiKey } from '../db/api-keys.ts';
import type { Database } from '../db/database.ts';
import { lineField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { noQuery, otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';

export const newKey = z.strictObject(
  { name: lineField(100, 'Informe um nome que diga para que serve a chave.') },
  { error: 'Envie um objeto JSON com name.' },
);

/** The tenant's API keys. A key is shown once, when it is made; what is revoked ends within 5 seconds. */
export function apiKeyRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router
    .route('/api-keys')
    .get(noQuery, async (_request, response) => {
      response.json({ api_keys: await database.together(tenantOf(response), listApiKeys) });
    })
    .post(async (request, response) => {
      const { name } = check(newKey, request.body);
      const added = await database.together(tenantOf(response), (rows) => addApiKey(rows, name));
      response.status(201).setHeader('cache-control', 'no-store').json(added);
    })
    .all(otherMethods);

  router
    .route('/api-keys/:id')
    .delete(async (request, response) => {
      const id = z.uuid().safeParse(request.params.id);
      const revoked =
        id.success && (await database.together(tenantOf(response), (rows) => revokeApiKey(rows, id.data)));
      if (!revoked) throw new Problem('api_key_not_found');
      response.json(revoked);
    })
    .all(otherMethods);

  return router;
}
