import { existsSync, renameSync } from 'node:fs';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { grantRoles } from '../db/migration-rights.ts';
import { findFirstTenant, readSleepers, type StoredTenant } from '../db/stored-tenant.ts';
import { startPostgres } from './postgres.ts';
import { hasData } from './postgres-data.ts';
import { localTime } from './sample-lead.ts';
import { secretKey } from './secret-key.ts';
import type { Start } from './start.ts';
import { StartError } from './start-error.ts';

/** The product's database: it is there, its schema is up to date, and the key is the one it was sealed with. */
export type ReadyDatabase = { url: string; secretKey: string; tenant: StoredTenant | null };

/** Starts the embedded PostgreSQL or takes the given one, migrates it and finds the key of its secrets. */
export async function prepareDatabase(start: Start): Promise<ReadyDatabase> {
  const { settings, dataDir } = start;
  const { databaseUrl, databaseOwnerUrl } = settings;
  if (databaseUrl) start.progress.line(`  PostgreSQL at ${new URL(databaseUrl).host}, by DATABASE_URL`);
  const url = databaseUrl ?? (await embeddedPostgres(start)).ownerUrl;
  await start.progress.step(
    'migrations',
    () =>
      migrate(databaseOwnerUrl ?? url, databaseOwnerUrl ? 'DATABASE_OWNER_URL' : 'DATABASE_URL').catch(
        (error: Error) => {
          throw new StartError(`The migrations failed: ${error.message}`);
        },
      ),
    ({ applied }) => (applied.length > 0 ? `migrated: ${applied.join(', ')}` : 'schema is up to date'),
  );
  const tenant = await readTenant(url);
  return { url, secretKey: secretKey(dataDir, settings.secretKey, tenant?.sealed), tenant };
}

/** Says in a line how many leads sleep and when the next one wakes, in their tenant's time. */
export async function tellSleepers({ progress }: Start, { url, tenant }: ReadyDatabase): Promise<void> {
  if (!tenant) return;
  const database = openDatabase(url, { connections: 1, name: 'lead-flow start' });
  try {
    const { asleep, nextAt, zone } = await readSleepers(database, tenant.tenantId);
    const leads = asleep === 1 ? '1 lead' : `${asleep || 'no'} leads`;
    const next = nextAt && `; the next one wakes ${localTime(nextAt, zone ?? 'America/Sao_Paulo')}`;
    progress.line(`  ${leads} asleep${next ? `${next} (${zone ?? 'America/Sao_Paulo'})` : ''}`);
  } finally {
    await database.close();
  }
}

/**
 * Puts Temporal's history aside where the database that it belongs to is gone: its workflows would look for
 * leads that nobody knows any more.
 */
export function putOldHistoryAside({ settings, dataDir, progress }: Start): void {
  const history = dataDir.at('temporal.db');
  if (settings.databaseUrl || settings.temporalAddress || !existsSync(history)) return;
  // What a start left behind that was ended before it had made a tenant is no loss.
  if (hasData(dataDir.at('postgres')) || dataDir.read('secret-key') === undefined) return;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(history + part)) renameSync(history + part, `${history}.old${part}`);
  }
  progress.line(
    `  PostgreSQL's data is gone and made anew; Temporal's, of the same leads, is now ${history}.old`,
  );
}

function embeddedPostgres({ settings, dataDir, tree, progress }: Start) {
  const port = settings.ports.postgres;
  const logFile = dataDir.at('logs', 'postgres.log');
  return progress.step(
    'PostgreSQL',
    () =>
      tree.run((options) => startPostgres({ dataDir: dataDir.at('postgres'), port, logFile, ...options })),
    () => `PostgreSQL on port ${port}`,
  );
}

async function readTenant(url: string): Promise<StoredTenant | null> {
  const database = openDatabase(url, { connections: 1, name: 'lead-flow start' });
  try {
    return await findFirstTenant(database);
  } catch (error) {
    throw roleFault(error as Error, decodeURIComponent(new URL(url).username));
  } finally {
    await database.close();
  }
}

function roleFault(error: Error, login: string): Error {
  if (!/permission denied to set role/.test(error.message)) return error;
  const grant = grantRoles(['leadflow_app'], `"${login.replaceAll('"', '""')}"`);
  return new StartError(
    `The login of DATABASE_URL may not work as leadflow_app. Let an administrator run: ${grant};`,
  );
}
