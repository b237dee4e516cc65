import { Router } from 'express';
import type { Me } from '../contract/connection.ts';
import type { Database } from '../db/database.ts';
import { loadSettings } from '../db/tenants.ts';
import { callerOf } from './authentication.ts';
import { noQuery, otherMethods } from './methods.ts';
import type { SignIn } from './sign-in.ts';

/** Who is asking. A page asks it first, which is when its session is lengthened. */
export function meRoutes(options: {
  database: Database;
  signIn: SignIn;
  testPhoneUrl: string | undefined;
}): Router {
  const { database, signIn, testPhoneUrl } = options;
  const router = Router();

  router
    .route('/me')
    .get(noQuery, async (request, response) => {
      const { tenantId, user } = callerOf(response);
      const [tenants, { zone }] = await database.together(tenantId, ({ query }) =>
        Promise.all([
          query<{ id: string; name: string }>('select id, name from tenant where id = current_tenant()'),
          loadSettings(query),
        ]),
      );
      const [tenant] = tenants;
      if (!tenant) throw new Error(`the tenant ${tenantId} is gone`);
      if (user) await signIn.lengthen(request, response);
      response.json({ tenant, user, zone, test_phone: testPhoneUrl !== undefined } satisfies Me);
    })
    .all(otherMethods);

  return router;
}
