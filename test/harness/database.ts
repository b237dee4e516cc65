import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { forgetOpen, noteOpen, type OpenResource } from './open-resources.ts';
import { TEMPLATE } from './servers.ts';
import { surroundings } from './surroundings.ts';

/** A database of one suite's own, with the product's whole schema and no rows. */
export type TestDatabase = {
  name: string;
  /** What the product gets as DATABASE_URL. */
  url: string;
  /** The login that owns the database, for migrations; the same login, as the product takes its own role. */
  ownerUrl: string;
  /** Removes it. Fails where a connection to it is still open. */
  drop(): Promise<void>;
};

/** Clones the migrated template. Close every connection and call `drop` when done: a leak fails the suite. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `lead_flow_${process.env.JEST_WORKER_ID ?? 0}_${randomBytes(5).toString('hex')}`;
  // The files are copied as they are: faster than by the log, where nobody waits for the disk.
  await asAdmin((admin) => admin.query(`create database ${name} template ${TEMPLATE} strategy file_copy`));
  const url = new URL(surroundings().postgresUrl);
  url.pathname = `/${name}`;
  const resource: OpenResource = {
    leak: () => asAdmin((admin) => describeConnections(admin, name)),
    close: async () => {
      await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
  noteOpen(resource);
  return {
    name,
    url: url.href,
    ownerUrl: url.href,
    async drop() {
      const left = await asAdmin((admin) => describeConnections(admin, name));
      if (left) throw new Error(left);
      await asAdmin((admin) => admin.query(`drop database ${name}`));
      forgetOpen(resource);
    },
  };
}

async function describeConnections(admin: Client, database: string): Promise<string | undefined> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const { rows } = await admin.query<{ name: string; query: string }>(
      `select application_name as name, left(query, 100) as query from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0) return undefined;
    // A backend whose client has just said goodbye takes a moment to leave.
    if (Date.now() > deadline) {
      const whose = rows.map(({ name, query }) => `${name || 'nameless'}: ${query}`).join('; ');
      return `${rows.length} connection(s) to ${database} (${whose})`;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function asAdmin<Result>(work: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({
    connectionString: surroundings().postgresUrl,
    application_name: 'test harness',
  });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
