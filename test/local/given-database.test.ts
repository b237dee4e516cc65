import { join } from 'node:path';
import { Client } from 'pg';
import { openDatabase } from '../../src/db/database.ts';
import { requireDatabase } from '../../src/local/given-database.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { ownFolder, startOwnPostgres } from '../harness/processes.ts';
import { cleanEnv, ownStart, ROOT, runMain, runToEnd, writeScript } from './programs.ts';

// Logins such as administrators give out, on a server of its own: roles belong to a whole server.

let postgres: LocalPostgres;

beforeAll(async () => {
  postgres = await startOwnPostgres();
});
afterAll(() => postgres.stop());

/** Runs SQL as the administrator, who may make roles and databases. */
async function administrate(sql: string, database = 'postgres'): Promise<void> {
  const client = new Client({ connectionString: postgres.urlOf(database) });
  await client.connect();
  try {
    for (const statement of sql.split(';').filter((part) => part.trim())) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A login with a database, which it owns unless told otherwise; gives its address. */
async function login(name: string, attributes = '', owns = true): Promise<string> {
  await administrate(
    `create role ${name} login password 'geheim' ${attributes}; grant ${name} to leadflow_owner with set true;
     create database ${name} ${owns ? `owner ${name}` : ''}`,
  );
  const url = new URL(postgres.urlOf(name));
  Object.assign(url, { username: name, password: 'geheim' });
  return url.href;
}

/** Migrates as production does. */
const migrate = (env: Record<string, string>) =>
  runToEnd(process.execPath, [join(ROOT, 'src/db/migrate.ts')], cleanEnv(env));

/** What the refusal of a migration tells an administrator to run. */
async function remedyOf(url: string): Promise<string> {
  const { code, stdout, stderr } = await migrate({ DATABASE_URL: url });
  expect([code, stdout]).toEqual([1, '']);
  const words =
    /^The login of DATABASE_URL may not make the schema\. Let an administrator run, in that database: (.*;) Or set DATABASE_OWNER_URL to a login that may\.\n$/;
  return words.exec(stderr)?.[1] ?? stderr;
}

async function canMigrate(url: string): Promise<void> {
  const { code, stdout, stderr } = await migrate({ DATABASE_URL: url });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^migrated: 0001_spine/);
}

test('a login without CREATEROLE is told what to run, and that is enough', async () => {
  const url = await login('weak');
  const sql = await remedyOf(url);
  expect(sql).toBe(
    'CREATE ROLE leadflow_app NOLOGIN; CREATE ROLE leadflow_dispatch NOLOGIN; ' +
      'GRANT leadflow_app, leadflow_dispatch TO "weak" WITH INHERIT FALSE, SET TRUE;',
  );
  await administrate(sql);
  await canMigrate(url);
});

test('a second database of the same server needs only the roles opened to its login', async () => {
  const url = await login('second', 'createrole');
  const sql = await remedyOf(url);
  expect(sql).toBe('GRANT leadflow_app, leadflow_dispatch TO "second" WITH INHERIT FALSE, SET TRUE;');
  await administrate(sql);
  await canMigrate(url);
});

test('a login that does not own its database is told so', async () => {
  const url = await login('guest', '', false);
  await administrate('grant leadflow_app, leadflow_dispatch to guest with inherit false, set true');
  const sql = await remedyOf(url);
  expect(sql).toBe('ALTER DATABASE "guest" OWNER TO "guest";');
  await administrate(sql);
  await canMigrate(url);
});

test('npm start migrates by DATABASE_OWNER_URL, and DATABASE_URL need only become leadflow_app', async () => {
  const owner = await login('owning', 'createrole');
  await administrate('grant leadflow_app, leadflow_dispatch to owning with inherit false, set true');
  await login('working');
  const url = new URL(owner);
  url.username = 'working';
  const cli = join(await ownFolder('cli'), 'temporal');
  writeScript(cli, 'exec sleep 600');
  const { code, stdout, stderr } = await runMain({
    ...(await ownStart(join(await ownFolder('start'), 'data'))),
    LEAD_FLOW_TEMPORAL_CLI: cli,
    DATABASE_URL: url.href,
    DATABASE_OWNER_URL: owner,
  });
  expect(stdout).toMatch(/^ {2}migrated: 0001_spine/m);
  const words =
    /^The login of DATABASE_URL may not work as leadflow_app\. Let an administrator run: (.*);\n$/;
  const sql = words.exec(stderr)?.[1] ?? stderr;
  expect([code, sql]).toEqual([1, 'GRANT leadflow_app TO "working" WITH INHERIT FALSE, SET TRUE']);

  await administrate(sql);
  const database = openDatabase(url.href, { connections: 1 });
  expect(await database.query('select tenant_exists() as exists')).toEqual([{ exists: false }]);
  await database.close();

  const alone = await migrate({ DATABASE_URL: url.href });
  expect(alone).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^The login of DATABASE_URL lacks a right \(.*\)\. Set DATABASE_OWNER_URL to the login that owns the schema\.\n$/,
    ),
  });
});

test('an unreachable or refused DATABASE_OWNER_URL is named', async () => {
  const url = postgres.ownerUrl;
  const wrong = new URL(url);
  wrong.password = 'geheim';
  await expect(requireDatabase({ url, ownerUrl: wrong.href })).rejects.toThrow(
    /does not let "leadflow_owner" in .* Correct DATABASE_OWNER_URL\.$/,
  );
});
