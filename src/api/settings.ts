import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { loadSettings, saveSetting } from '../db/tenants.ts';
import { nameKey } from '../domain/consultant.ts';
import { type TenantSettings, tenantSettings } from '../domain/settings.ts';
import { tenantOf } from './authentication.ts';
import { check } from './problems.ts';

const consultant = z.object({
  nome: z.string({ error: 'Informe o nome.' }).trim().min(1, { error: 'Informe o nome.' }).max(200),
  email: z.email({ error: 'Este e-mail não é válido.' }).nullish(),
});

/** The tenant's settings and consultants. Nothing needs a restart: what is changed holds within 5 seconds. */
export function settingRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.get('/settings', async (_request, response) => {
    response.json(await database.tenant(tenantOf(response), ({ query }) => loadSettings(query)));
  });

  router.patch('/settings', async (request, response) => {
    const settings = await database.tenant(tenantOf(response), async ({ query }) => {
      const before = await loadSettings(query);
      const given = check(
        z.record(z.string(), z.unknown(), { error: 'Envie um objeto JSON.' }),
        request.body,
      );
      const after = check(tenantSettings, { ...before, ...given });
      for (const name of Object.keys(after) as (keyof TenantSettings)[]) {
        if (name in given) await saveSetting(query, name, after[name]);
      }
      return after;
    });
    response.json(settings);
  });

  router.get('/consultants', async (_request, response) => {
    const consultants = await database.tenant(tenantOf(response), ({ query }) =>
      query('select id, name as nome, email, chatwoot_agent_id from consultant order by name_key'),
    );
    response.json({ consultants });
  });

  router.post('/consultants', async (request, response) => {
    const { nome, email } = check(consultant, request.body);
    const [stored] = await database.tenant(tenantOf(response), ({ query }) =>
      query(
        `insert into consultant (tenant_id, name, name_key, email) values (current_tenant(), $1, $2, $3)
         on conflict (tenant_id, name_key) do update set name = excluded.name, email = excluded.email
         returning id, name as nome, email, chatwoot_agent_id`,
        [nome, nameKey(nome), email ?? null],
      ),
    );
    response.status(201).json(stored);
  });

  return router;
}
