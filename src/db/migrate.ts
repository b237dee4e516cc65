import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/**
 * Brings the database at `ownerUrl` to the newest schema, each migration in a transaction of its own.
 * Safe to run from several processes at once: an advisory lock lets one work and the others wait.
 *
 * The login must own the database and be allowed to create roles; a superuser is refused, as forced row-level
 * security would not hold for it.
 */
export async function migrate(ownerUrl: string): Promise<{ applied: string[] }> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'lead-flow migrate' });
  await client.connect();
  try {
    await refuseSuperuser(client);
    const applied = await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'schema_migration',
      ignorePattern: '(?!.*\\.sql$).*',
      singleTransaction: false,
      lockValue: 7_105_115_102,
      log: () => {},
    });
    return { applied: applied.map((migration) => migration.name) };
  } finally {
    await client.end();
  }
}

async function refuseSuperuser(client: Client): Promise<void> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  if (rows[0]?.rolsuper) {
    throw new Error(
      'DATABASE_URL logs in as a superuser, for whom row-level security does not hold. ' +
        'Give Lead Flow a role and a database of its own: ' +
        "CREATE ROLE leadflow LOGIN CREATEROLE PASSWORD '…'; CREATE DATABASE leadflow OWNER leadflow;",
    );
  }
}

if (import.meta.main) {
  const url = process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL;
  if (!url) {
    console.error('DATABASE_URL is not set. Set it to postgresql://USER:PASSWORD@HOST:5432/leadflow');
    process.exit(1);
  }
  try {
    const { applied } = await migrate(url);
    console.log(applied.length ? `migrated: ${applied.join(', ')}` : 'the schema is up to date');
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
