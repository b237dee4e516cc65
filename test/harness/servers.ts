import { execFile } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { openKeeper } from '../../src/local/keeper.ts';
import { freePorts } from '../../src/local/ports.ts';
import { type LocalPostgres, startPostgres } from '../../src/local/postgres.ts';
import type { StartOptions } from '../../src/local/processes.ts';
import { StartError } from '../../src/local/start-error.ts';
import { type LocalTemporal, startTemporal } from '../../src/local/temporal.ts';

/** The servers that one run of Jest shares. */
export type TestServers = {
  /** Where everything of this run is written; removed with it. */
  folder: string;
  postgres: LocalPostgres;
  /** The address of the Temporal that the suites use. */
  temporalAddress: string;
  /** The file of the workflows, bundled: no worker of a suite has to do it again. */
  workflowBundle: string;
  stop(): Promise<void>;
};

const MIGRATE = join(import.meta.dirname, '../../src/db/migrate.ts');
const BUNDLE = join(import.meta.dirname, '../../src/worker/bundle.ts');

/** A migrated database that suites clone. */
export const TEMPLATE = 'lead_flow_template';

// Nothing in these databases is worth a wait for the disk.
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' };

/**
 * Starts PostgreSQL with a migrated template and, unless TEMPORAL_ADDRESS names one, Temporal; in a folder and on
 * ports of their own. However this process ends, a keeper ends them.
 */
export async function startTestServers(): Promise<TestServers> {
  const keeper = openKeeper();
  const folder = await mkdtemp(join(tmpdir(), 'lead-flow-test-'));
  keeper.removeFolder(folder);
  // As root the database runs as another user, who must pass through.
  await chmod(folder, 0o711);
  const stops: (() => Promise<unknown>)[] = [() => keeper.close()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  const [postgresPort = 0, temporalPort = 0] = await freePorts(2);
  const callOff = new AbortController();
  const options = { keeper, signal: callOff.signal };
  const starting = [
    startMigrated(folder, postgresPort, options),
    givenOrStartedTemporal(folder, temporalPort, options),
    bundleWorkflows(folder, options),
  ] as const;
  try {
    const [postgres, temporal, workflowBundle] = await Promise.all(starting);
    stops.push(postgres.stop);
    // Nothing of its state is wanted any more, so it need not say goodbye.
    if (typeof temporal !== 'string') stops.push(async () => temporal.kill());
    return {
      folder,
      postgres,
      temporalAddress: typeof temporal === 'string' ? temporal : temporal.address,
      workflowBundle,
      stop,
    };
  } catch (error) {
    callOff.abort();
    await Promise.allSettled(starting);
    // The keeper ends what runs.
    await stop();
    throw error instanceof StartError ? new Error([error.message, ...error.details].join('\n')) : error;
  }
}

async function startMigrated(folder: string, port: number, options: StartOptions): Promise<LocalPostgres> {
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    port,
    logFile: join(folder, 'postgres.log'),
    settings: FAST,
    ...options,
  });
  const admin = new Client({ connectionString: postgres.ownerUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
  // As a program of its own, as in production: what Jest loads has been transformed.
  await promisify(execFile)(process.execPath, [MIGRATE], {
    env: { ...process.env, DATABASE_OWNER_URL: postgres.urlOf(TEMPLATE) },
  });
  return postgres;
}

async function bundleWorkflows(folder: string, { signal }: StartOptions): Promise<string> {
  const file = join(folder, 'workflows.js');
  await promisify(execFile)(process.execPath, [BUNDLE, file], { signal });
  return file;
}

async function givenOrStartedTemporal(
  folder: string,
  port: number,
  options: StartOptions,
): Promise<LocalTemporal | string> {
  const given = process.env.TEMPORAL_ADDRESS;
  if (given) return given;
  const cli = process.env.LEAD_FLOW_TEMPORAL_CLI;
  if (!cli) throw new Error('LEAD_FLOW_TEMPORAL_CLI is not set; run the tests through: npm test');
  return startTemporal({
    cli,
    port,
    uiPort: null,
    dbFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    ...options,
  });
}
