import { randomBytes } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  createData,
  DATABASE,
  hasData,
  OWNER,
  type PostgresPasswords,
  releaseData,
} from './postgres-data.ts';
import { databaseUser, postgresPrograms } from './postgres-programs.ts';
import { type RunningProcess, type StartOptions, startProcess } from './processes.ts';
import { StartError } from './start-error.ts';

/** What an embedded PostgreSQL is started with. */
export type PostgresOptions = StartOptions & {
  /** Its data; made where there is none. Its passwords stand beside it, in `dataDir.passwords.json`. */
  dataDir: string;
  port: number;
  /** Takes its log. */
  logFile: string;
  /** More server settings, e.g. `{ fsync: 'off' }`. */
  settings?: Record<string, string>;
};

/** An embedded PostgreSQL 18 that runs. */
export type LocalPostgres = RunningProcess & {
  /** The product's database, as the login that owns it. */
  readonly ownerUrl: string;
  /** The same login, another database. */
  urlOf(database: string): string;
};

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  log_checkpoints: 'off',
};

/**
 * Starts the PostgreSQL 18 that comes with our packages on 127.0.0.1, and on first start makes its data, the
 * login `leadflow_owner` and the database `leadflow`. Recovers by itself after a `kill -9` of whatever ran.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const { dataDir, port } = options;
  const user = await databaseUser(dataDir);
  const programs = await postgresPrograms(user);
  const there = hasData(dataDir);
  const passwords = await keepPasswords(dataDir, there);
  if (there) await releaseData(dataDir);
  else await createData(dataDir, programs, user, passwords);

  // The real place: the server's user may not be able to go through a folder of ours that links to it.
  const place = await realpath(dataDir);
  const urlOf = (database: string) => ownerUrl(passwords, port, database);
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) });
  const server = await withFreedMemory(() =>
    startProcess(
      {
        name: 'PostgreSQL',
        command: join(programs, 'postgres'),
        args: ['-D', place, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        user,
        cwd: '/',
        logFile: options.logFile,
        // Fast shutdown; SIGTERM would wait for every client to leave.
        stopSignal: 'SIGINT',
        // Ends its backends too, which a SIGKILL would leave to notice by themselves.
        orphanSignal: 'SIGQUIT',
        ready: () => answers(urlOf(DATABASE)),
        // Going through the write-ahead log again after a crash takes its time.
        readyWithinMs: 120_000,
      },
      options,
    ),
  );
  return { ...server, ownerUrl: urlOf(DATABASE), urlOf };
}

/** Where the embedded PostgreSQL of `dataDir` is reached while it runs. Throws where there is none. */
export async function embeddedUrl(dataDir: string, port: number): Promise<string> {
  return ownerUrl(await readPasswords(dataDir), port, DATABASE);
}

function ownerUrl(passwords: PostgresPasswords, port: number, database: string): string {
  return `postgresql://${OWNER}:${passwords.owner}@127.0.0.1:${port}/${database}`;
}

async function readPasswords(dataDir: string): Promise<PostgresPasswords> {
  return JSON.parse(await readFile(passwordsFile(dataDir), 'utf8')) as PostgresPasswords;
}

const passwordsFile = (dataDir: string) => `${dataDir}.passwords.json`;

/** Backends of a killed server hold its shared memory until they notice; the new one then refuses to start. */
async function withFreedMemory(start: () => Promise<RunningProcess>): Promise<RunningProcess> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const held = error instanceof StartError && error.details.some((line) => /still in use/.test(line));
      if (!held || Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}

async function keepPasswords(dataDir: string, dataThere: boolean): Promise<PostgresPasswords> {
  const file = passwordsFile(dataDir);
  try {
    return await readPasswords(dataDir);
  } catch (error) {
    if (dataThere) {
      throw new StartError(
        `The passwords of the database are gone (${file}: ${(error as Error).message}). ` +
          'Bring the file back, or remove the data directory to start from nothing.',
      );
    }
  }
  const password = () => randomBytes(24).toString('base64url');
  const passwords = { superuser: password(), owner: password() };
  await writeFile(file, `${JSON.stringify(passwords)}\n`, { mode: 0o600 });
  return passwords;
}
