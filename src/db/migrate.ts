import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { missingRights, superuserRefusal } from './migration-rights.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/**
 * Brings the database at `ownerUrl` to the newest schema, each migration in a transaction of its own.
 * Safe to run from several processes at once: an advisory lock lets one work and the others wait.
 *
 * The login must own the database, and be allowed to create roles where those of the product are not there yet.
 * A superuser is refused, as forced row-level security would not hold for it. `variable` is the one that
 * `ownerUrl` came from, for the words of what is refused.
 */
export async function migrate(
  ownerUrl: string,
  variable: 'DATABASE_URL' | 'DATABASE_OWNER_URL' = 'DATABASE_URL',
): Promise<{ applied: string[] }> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'lead-flow migrate' });
  await client.connect();
  try {
    await refuseSuperuser(client, variable);
    await refusePowerless(client, variable);
    const applied = await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'schema_migration',
      ignorePattern: '(?!.*\\.sql$).*',
      singleTransaction: false,
      lockValue: 7_105_115_102,
      logger: SILENT,
    });
    return { applied: applied.map((migration) => migration.name) };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(
      `The login of ${variable} lacks a right (${message}). ` +
        (variable === 'DATABASE_URL' ? 'Set DATABASE_OWNER_URL to' : 'Set it to') +
        ' the login that owns the schema.',
    );
  } finally {
    await client.end();
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

// What goes wrong is thrown as well, and told by whoever asked.
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function refuseSuperuser(client: Client, variable: string): Promise<void> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  if (rows[0]?.rolsuper) throw new Error(superuserRefusal(variable));
}

async function refusePowerless(client: Client, variable: string): Promise<void> {
  const missing = await missingRights(client);
  if (!missing) return;
  throw new Error(
    `The login of ${variable} may not make the schema. Let an administrator run, in that database: ${missing}` +
      (variable === 'DATABASE_URL' ? ' Or set DATABASE_OWNER_URL to a login that may.' : ''),
  );
}

if (import.meta.main) {
  // An empty variable counts as unset, as everywhere.
  const variable = process.env.DATABASE_OWNER_URL ? 'DATABASE_OWNER_URL' : 'DATABASE_URL';
  const url = process.env[variable];
  if (!url) {
    console.error('DATABASE_URL is not set. Set it to postgresql://USER:PASSWORD@HOST:5432/leadflow');
    process.exit(1);
  }
  try {
    const { applied } = await migrate(url, variable);
    console.log(applied.length ? `migrated: ${applied.join(', ')}` : 'the schema is up to date');
  } catch (error) {
    // A name with several addresses, none of which answers, has a code and no message.
    const { message, code } = error as Error & { code?: string };
    console.error(message || `${code}: nothing answers where ${variable} leads`);
    process.exit(1);
  }
}
