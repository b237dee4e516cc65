import { Client } from 'pg';
import { superuserRefusal } from '../db/migration-rights.ts';
import { StartError } from './start-error.ts';

const OLDEST = 180_000;

/** A database that was given, and the login that migrates it. */
export type GivenDatabase = { url: string; ownerUrl: string | undefined };

/**
 * Throws a StartError where the given PostgreSQL cannot be reached, lets us not in, or is older than 18. A
 * password is never shown.
 */
export async function requireDatabase({ url, ownerUrl }: GivenDatabase): Promise<void> {
  await requireLogin(url, 'DATABASE_URL');
  if (ownerUrl) await requireLogin(ownerUrl, 'DATABASE_OWNER_URL');
}

async function requireLogin(url: string, variable: string): Promise<void> {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname || 'localhost'}:${port || 5432}`;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: number; superuser: boolean }>(
      `select current_setting('server_version') as version,
         current_setting('server_version_num')::int as number,
         (select rolsuper from pg_roles where rolname = current_user) as superuser`,
    );
    if (rows[0] && rows[0].number < OLDEST) {
      throw new StartError(
        `${variable} leads to PostgreSQL ${rows[0].version}; 18 or newer is needed. ` +
          'Update it, or unset the variable to use the one that comes along.',
      );
    }
    if (rows[0]?.superuser) throw new StartError(superuserRefusal(variable));
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code, message } = error as { code?: string; message: string };
    throw new StartError(
      code?.startsWith('28')
        ? `PostgreSQL at ${place} does not let "${decodeURIComponent(username)}" in (${message}). Correct ${variable}.`
        : code === '3D000'
          ? `PostgreSQL at ${place} has no database "${decodeURIComponent(pathname.slice(1))}". Make it, or correct ${variable}.`
          : `No PostgreSQL answers at ${place}, where ${variable} leads (${code ?? message}). ` +
            'Start it, correct the variable, or unset it to use the one that comes along.',
    );
  } finally {
    await client.end().catch(() => {});
  }
}
