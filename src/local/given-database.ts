import { Client } from 'pg';
import { StartError } from './start-error.ts';

const OLDEST = 180_000;

/**
 * Throws a StartError where the PostgreSQL at DATABASE_URL cannot be reached, lets us not in, or is older than
 * 18. Its password is never shown.
 */
export async function requireDatabase(url: string): Promise<void> {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname || 'localhost'}:${port || 5432}`;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: number }>(
      `select current_setting('server_version') as version,
         current_setting('server_version_num')::int as number`,
    );
    if (rows[0] && rows[0].number < OLDEST) {
      throw new StartError(
        `DATABASE_URL leads to PostgreSQL ${rows[0].version}; 18 or newer is needed. ` +
          'Update it, or unset the variable to use the one that comes along.',
      );
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code, message } = error as { code?: string; message: string };
    throw new StartError(
      code?.startsWith('28')
        ? `PostgreSQL at ${place} does not let "${decodeURIComponent(username)}" in (${message}). Correct DATABASE_URL.`
        : code === '3D000'
          ? `PostgreSQL at ${place} has no database "${pathname.slice(1)}". Make it, or correct DATABASE_URL.`
          : `No PostgreSQL answers at ${place}, where DATABASE_URL leads (${code ?? message}). ` +
            'Start it, correct the variable, or unset it to use the one that comes along.',
    );
  } finally {
    await client.end().catch(() => {});
  }
}
