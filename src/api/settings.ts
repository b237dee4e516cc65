import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { loadSettings, saveSetting } from '../db/tenants.ts';
import { isObject } from '../domain/loose-json.ts';
import { type TenantSettings, tenantSettings } from '../domain/settings.ts';
import { tenantOf } from './authentication.ts';
import { noQuery, otherMethods } from './methods.ts';
import { changeOf } from './partial-change.ts';
import { check } from './problems.ts';

/** What `PATCH` takes: any of the settings, and of those in parts any of their own. */
export const settingsChange = changeOf(z.object(tenantSettings.shape, { error: 'Envie um objeto JSON.' }));

/** The tenant's settings. Nothing needs a restart: what is changed holds within 5 seconds. */
export function settingRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router
    .route('/settings')
    .get(noQuery, async (_request, response) => {
      response.json(await database.tenant(tenantOf(response), ({ query }) => loadSettings(query)));
    })
    .patch(async (request, response) => {
      const settings = await database.tenant(tenantOf(response), async ({ query }) => {
        const given = check(settingsChange, request.body);
        // One change at a time: two that go together on their own need not fit each other.
        await query('select from tenant where id = current_tenant() for no key update');
        const before = await loadSettings(query);
        const after = check(tenantSettings, { ...before, ...given, ...inTheirParts(before, given) });
        for (const name of Object.keys(after) as (keyof TenantSettings)[]) {
          if (name in given) await saveSetting(query, name, after[name]);
        }
        return after;
      });
      response.json(settings);
    })
    .all(otherMethods);

  return router;
}

/** Settings that are changed part by part: what a change does not name of them stays. */
const IN_PARTS = ['rework', 'messagePrices'] as const satisfies (keyof TenantSettings)[];

function inTheirParts(before: TenantSettings, given: Record<string, unknown>): Record<string, unknown> {
  const changed = IN_PARTS.flatMap((name) => {
    const parts = given[name];
    return isObject(parts) ? [[name, { ...before[name], ...parts }] as const] : [];
  });
  return Object.fromEntries(changed);
}
