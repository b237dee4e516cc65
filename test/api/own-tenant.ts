import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { type CreatedTenant, createFirstTenant } from '../../src/db/first-tenant.ts';
import { freePorts } from '../../src/local/ports.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { ownFolder, startOwnPostgres } from '../harness/processes.ts';

/** A tenant on a PostgreSQL that a suite has for itself, to stop and start as it likes. */
export type OwnTenant = {
  /** Where that PostgreSQL is, for `startOwnPostgres`. */
  place: { dataDir: string; port: number };
  postgres: LocalPostgres;
  sandbox: Sandbox;
  tenant: CreatedTenant;
  /** As its owner; what goes wrong with connections that nobody uses is no matter. */
  database: Database;
};

const MIGRATE = join(import.meta.dirname, '../../src/db/migrate.ts');

/** Makes one, its secrets sealed with `secretKey`. The suite stops PostgreSQL and sandbox and closes the database. */
export async function startOwnTenant(secretKey: string): Promise<OwnTenant> {
  const [port = 0] = await freePorts(1);
  const place = { dataDir: join(await ownFolder('postgres'), 'data'), port };
  const [postgres, sandbox] = await Promise.all([startOwnPostgres(place), startSandbox()]);
  await promisify(execFile)(process.execPath, [MIGRATE], {
    env: { ...process.env, DATABASE_OWNER_URL: postgres.ownerUrl },
  });
  const tenant = await createFirstTenant(postgres.ownerUrl, secretKey, sandboxTenant(sandbox));
  if (!tenant) throw new Error('the database was not empty');
  const database = openDatabase(postgres.ownerUrl, { connections: 2, name: 'test', onError: () => {} });
  return { place, postgres, sandbox, tenant, database };
}
