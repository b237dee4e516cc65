import { chmodSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { openKeeper } from '../../src/local/keeper.ts';
import { freePorts } from '../../src/local/ports.ts';
import { type LocalPostgres, startPostgres } from '../../src/local/postgres.ts';
import { ownFolder } from '../harness/processes.ts';

let dataDir: string;
let port: number;
const keeper = openKeeper();

beforeAll(async () => {
  dataDir = join(await ownFolder('postgres'), 'postgres');
  [port = 0] = await freePorts(1);
});
afterAll(() => keeper.close());

const start = () => startPostgres({ dataDir, port, logFile: `${dataDir}.log`, keeper });

async function ask<Row>(postgres: LocalPostgres, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: postgres.ownerUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

test('a first start makes a server with the login that owns the database, which is no superuser', async () => {
  const postgres = await start();
  const [row] = await ask(
    postgres,
    `select rolname, rolsuper, rolcreaterole, rolcreatedb, current_database() as database,
       (select datdba = pg_roles.oid from pg_database where datname = current_database()) as owns,
       (select datcollate from pg_database where datname = current_database()) as collate,
       current_setting('server_encoding') as encoding, current_setting('listen_addresses') as listens,
       current_setting('password_encryption') as passwords, current_setting('server_version_num')::int / 10000 as version
     from pg_roles where rolname = current_user`,
  );
  expect(row).toEqual({
    rolname: 'leadflow_owner',
    rolsuper: false,
    rolcreaterole: true,
    rolcreatedb: true,
    database: 'leadflow',
    owns: true,
    collate: 'C',
    encoding: 'UTF8',
    listens: '127.0.0.1',
    passwords: 'scram-sha-256',
    version: 18,
  });
  expect(statSync(`${dataDir}.passwords.json`).mode & 0o777).toBe(0o600);
  await ask(postgres, 'create table kept (word text)');
  await ask(postgres, `insert into kept values ('before')`);
  expect(await postgres.stop()).toEqual({ code: 0, signal: null });
});

test('it lets nobody in without the password', async () => {
  const postgres = await start();
  const url = new URL(postgres.ownerUrl);
  url.password = 'guessed';
  const client = new Client({ connectionString: url.href });
  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  await postgres.stop();
});

test('after kill -9 it goes on where it was', async () => {
  const killed = await start();
  await ask(killed, `insert into kept values ('just before the kill')`);
  killed.kill();
  expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const again = await start();
  expect(await ask(again, 'select word from kept order by word')).toEqual([
    { word: 'before' },
    { word: 'just before the kill' },
  ]);
  await again.stop();
});

test('a server left running by a start that was killed is ended in good order first', async () => {
  const left = await start();
  const next = await start();
  expect(await left.exited).toEqual({ code: 0, signal: null });
  expect(await ask(next, 'select count(*)::int as n from kept')).toEqual([{ n: 2 }]);
  await next.stop();
});

test('a lock file whose process id belongs to another program by now is no obstacle', async () => {
  const postgres = await start();
  const lock = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8');
  await postgres.stop();
  writeFileSync(join(dataDir, 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
  const again = await start();
  expect(await ask(again, 'select count(*)::int as n from kept')).toEqual([{ n: 2 }]);
  await again.stop();
});

test('it listens on the loopback interface alone', async () => {
  const postgres = await start();
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address && !address.internal && address.family === 'IPv4');
  for (const { address } of others as { address: string }[]) {
    const client = new Client({
      host: address,
      port,
      user: 'leadflow_owner',
      connectionTimeoutMillis: 2_000,
    });
    await expect(client.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }
  await postgres.stop();
});

test('data without its passwords is said, not overwritten', async () => {
  const passwords = readFileSync(`${dataDir}.passwords.json`);
  rmSync(`${dataDir}.passwords.json`);
  await expect(start()).rejects.toThrow(/passwords of the database are gone .* Bring the file back/);
  writeFileSync(`${dataDir}.passwords.json`, passwords);
  const postgres = await start();
  expect(await ask(postgres, 'select count(*)::int as n from kept')).toEqual([{ n: 2 }]);
  await postgres.stop();
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('as root it runs as another user, also where our own folder is closed to that one', async () => {
  const closed = await ownFolder('closed');
  chmodSync(closed, 0o700);
  const [otherPort = 0] = await freePorts(1);
  const place = { dataDir: join(closed, 'postgres'), port: otherPort, logFile: join(closed, 'log'), keeper };
  const postgres = await startPostgres(place);
  const home = dirname(realpathSync(place.dataDir));
  try {
    expect(statSync(place.dataDir).uid).not.toBe(0);
    await ask(postgres, 'create table kept (word text)');
    await postgres.stop();
    const again = await startPostgres(place);
    expect(await ask(again, 'select * from kept')).toEqual([]);
    await again.stop();
  } finally {
    rmSync(home, { recursive: true });
  }
});
