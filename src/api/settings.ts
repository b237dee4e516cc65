import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { loadSettings, saveSetting } from '../db/tenants.ts';
import { nameKey } from '../domain/consultant.ts';
import { isObject } from '../domain/loose-json.ts';
import { type TenantSettings, tenantSettings } from '../domain/settings.ts';
import { tenantOf } from './authentication.ts';
import { check } from './problems.ts';

const consultant = z.object(
  {
    nome: z
      .string({ error: 'Informe o nome.' })
      .trim()
      .min(1, { error: 'Informe o nome.' })
      .max(200, { error: 'Use no máximo 200 caracteres.' }),
    email: z.email({ error: 'Este e-mail não é válido.' }).nullish(),
  },
  { error: 'Envie um objeto JSON com nome e email.' },
);

const changes = z
  .record(z.string(), z.unknown(), { error: 'Envie um objeto JSON.' })
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(tenantSettings.shape, name)) continue;
      const message = `Não existe esta configuração. Há: ${Object.keys(tenantSettings.shape).join(', ')}.`;
      context.addIssue({ code: 'custom', path: [name], message, params: { code: 'unknown_setting' } });
    }
  });

/** The tenant's settings and consultants. Nothing needs a restart: what is changed holds within 5 seconds. */
export function settingRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.get('/settings', async (_request, response) => {
    response.json(await database.tenant(tenantOf(response), ({ query }) => loadSettings(query)));
  });

  router.patch('/settings', async (request, response) => {
    const settings = await database.tenant(tenantOf(response), async ({ query }) => {
      const given = check(changes, request.body);
      // One change at a time: two that go together on their own need not fit each other.
      await query('select from tenant where id = current_tenant() for no key update');
      const before = await loadSettings(query);
      const rework = isObject(given.rework) ? { ...before.rework, ...given.rework } : given.rework;
      const after = check(tenantSettings, { ...before, ...given, ...('rework' in given && { rework }) });
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
         on conflict (tenant_id, name_key) do update set name = excluded.name,
           email = case when $4 then excluded.email else consultant.email end
         returning id, name as nome, email, chatwoot_agent_id`,
        [nome, nameKey(nome), email ?? null, email !== undefined],
      ),
    );
    response.status(201).json(stored);
  });

  return router;
}
