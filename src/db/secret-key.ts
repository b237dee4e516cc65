import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from './database.ts';
import { createSealing, type Sealing } from './sealing.ts';
import { findFirstTenant } from './stored-tenant.ts';

const ASK_AGAIN_MS = 5_000;

/** Whether `sealed` was sealed with this key. */
export function opens(sealing: Sealing, sealed: Buffer): boolean {
  try {
    sealing.open(sealed);
    return true;
  } catch {
    return false;
  }
}

/**
 * Throws where the secrets in the database at `url` were sealed with another key than `secretKey`: no provider
 * could be called, and nobody who opted out would be known again.
 *
 * A database that does not answer now is asked again until it does; `failed` then rejects as said.
 */
export async function requireSecretKey(url: string, secretKey: string): Promise<{ failed: Promise<never> }> {
  const sealing = createSealing(secretKey);
  const never = new Promise<never>(() => {});
  if (await isKeyOf(url, sealing)) return { failed: never };
  const failed = (async () => {
    do await sleep(ASK_AGAIN_MS, undefined, { ref: false });
    while (!(await isKeyOf(url, sealing)));
    return never;
  })();
  failed.catch(() => {});
  return { failed };
}

/** False where the database does not answer. */
async function isKeyOf(url: string, sealing: Sealing): Promise<boolean> {
  const database = openDatabase(url, { connections: 1, name: 'lead-flow key check' });
  let tenant: Awaited<ReturnType<typeof findFirstTenant>>;
  try {
    tenant = await findFirstTenant(database);
  } catch {
    return false;
  } finally {
    await database.close();
  }
  if (!tenant || opens(sealing, tenant.sealed)) return true;
  throw new Error(
    'LEAD_FLOW_SECRET_KEY is not the key that the secrets in this database were sealed with. Set it to that one: ' +
      'without it the stored tokens cannot be read and opt-outs are not known again.',
  );
}
