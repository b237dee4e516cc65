import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { openDataDir } from '../../src/local/data-dir.ts';
import { freePorts } from '../../src/local/ports.ts';
import { ownFolder } from '../harness/processes.ts';
import { surroundings } from '../harness/surroundings.ts';
import { ownStart, processesNaming, runMain, writeScript } from './programs.ts';

let dataDir: string;
let env: Record<string, string>;

beforeEach(async () => {
  dataDir = join(await ownFolder('start'), 'data');
  env = await ownStart(dataDir);
});

/** Runs a start that must fail, with one line, and must leave nothing running or locked. */
async function refusal(more: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await runMain({ ...env, ...more });
  expect(code).toBe(1);
  expect(stdout).toBe('');
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(await processesNaming(dataDir)).toEqual([]);
  expect(existsSync(join(dataDir, 'lock'))).toBe(false);
  return lines[0] ?? '';
}

test.each([
  [{ LEAD_FLOW_PORT: 'eighty' }, /^LEAD_FLOW_PORT is "eighty"; it must be a port/],
  [{ LEAD_FLOW_WORKER_PORT: '70000' }, /^LEAD_FLOW_WORKER_PORT is "70000"/],
  [
    { LEAD_FLOW_PORT: '20500', LEAD_FLOW_POSTGRES_PORT: '20500' },
    /Port 20500 .*LEAD_FLOW_PORT .*LEAD_FLOW_POSTGRES_PORT/,
  ],
  [{ TENANT_ZONE: 'America/Atlantis' }, /^TENANT_ZONE is "America\/Atlantis"; .* e\.g\. America\/Sao_Paulo/],
  [
    { DATABASE_URL: 'mysql://root:geheim@db' },
    /^DATABASE_URL is not an address of PostgreSQL; .*postgresql:\/\//,
  ],
  [{ TEMPORAL_ADDRESS: 'temporal' }, /^TEMPORAL_ADDRESS is "temporal"; it must be HOST:PORT/],
  [{ LEAD_FLOW_SECRET_KEY: 'c2hvcnQ=' }, /^LEAD_FLOW_SECRET_KEY must be 32 bytes in base64; .*openssl/],
  [{ TEMPORAL_UI_URL: 'here' }, /^TEMPORAL_UI_URL is "here"/],
  [{ LEAD_FLOW_LOG_LEVEL: 'loud' }, /^LEAD_FLOW_LOG_LEVEL must be one of fatal, error, warn, info/],
  [{ LEAD_FLOW_TASK_QUEUE: 'a queue' }, /^LEAD_FLOW_TASK_QUEUE may hold letters/],
  [{ LEAD_FLOW_PUBLIC_URL: 'leads.example.com' }, /^LEAD_FLOW_PUBLIC_URL is "leads.example.com"; .*https:/],
  [{ WHATSAPP_BUTTONS: 'talk,later' }, /^WHATSAPP_BUTTONS has "later"; it must list talk, convert/],
  [
    { DATABASE_OWNER_URL: 'postgresql://owner:geheim@db/leadflow' },
    /^DATABASE_OWNER_URL is set, but not DATABASE_URL/,
  ],
  [
    { DATABASE_URL: 'postgresql://lead@db/leadflow', DATABASE_OWNER_URL: 'db:5432' },
    /^DATABASE_OWNER_URL is not an address of PostgreSQL/,
  ],
  [{ CHATWOOT_URL: 'https://chat.example' }, /^WHATSAPP_TOKEN is not set, though other credentials are/],
  [
    { CHATWOOT_URL: 'https://chat.example', WHATSAPP_TOKEN: 'token', CHATWOOT_TOKEN: 'token' },
    /but not CHATWOOT_ACCOUNT_ID, CHATWOOT_INBOX_ID, WHATSAPP_PHONE_NUMBER_ID/,
  ],
])('a wrong variable is named with its remedy: %j', async (variables, line) => {
  const said = await refusal(variables as Record<string, string>);
  expect(said).toMatch(line);
  expect(said).not.toContain('geheim');
});

test('a taken port is named with its variable, before anything is started', async () => {
  const [port = 0] = await freePorts(1);
  const taken = createServer().listen(port, '127.0.0.1');
  try {
    expect(await refusal({ LEAD_FLOW_SANDBOX_WHATSAPP_PORT: String(port) })).toBe(
      `Port ${port}, for the WhatsApp sandbox, is taken by another program. ` +
        'End that program, or set LEAD_FLOW_SANDBOX_WHATSAPP_PORT to another port.',
    );
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  } finally {
    taken.close();
  }
});

test.each([
  ['/proc/lead-flow', 'cannot be made: /proc takes no folders'],
  ['FOLDER/file/data', 'cannot be made: FOLDER/file is no folder'],
  ['FOLDER/file', 'cannot be written: it is no folder'],
])('a data directory that cannot be had is named with the reason: %s', async (place, reason) => {
  if (place.startsWith('/proc') && !existsSync('/proc/self')) return;
  const folder = await ownFolder('place');
  writeFileSync(join(folder, 'file'), '', { mode: 0o644 });
  const path = place.replace('FOLDER', folder);
  expect(await refusal({ LEAD_FLOW_DATA_DIR: path })).toMatch(
    new RegExp(
      `^The data directory ${path} ${reason.replace('FOLDER', folder)}\\. .*[Ss]et LEAD_FLOW_DATA_DIR to`,
    ),
  );
  expect(statSync(join(folder, 'file')).mode & 0o777).toBe(0o644);
});

test.each([['PG_VERSION'], ['global/pg_control']])(
  'a database that misses %s is left as it is, and said',
  async (missing) => {
    const files = ['PG_VERSION', 'global/pg_control', 'postgresql.conf', 'pg_hba.conf', 'pg_wal/x', 'base/x'];
    for (const name of files) {
      mkdirSync(dirname(join(dataDir, 'postgres', name)), { recursive: true });
      if (name !== missing) writeFileSync(join(dataDir, 'postgres', name), 'kept');
    }
    const cli = join(await ownFolder('cli'), 'temporal');
    writeScript(cli, 'exec sleep 600');
    expect(await refusal({ LEAD_FLOW_TEMPORAL_CLI: cli })).toMatch(
      `The database is damaged: ${join(dataDir, 'postgres', missing)} is missing. Bring it back from a copy`,
    );
    expect(readFileSync(join(dataDir, 'postgres/postgresql.conf'), 'utf8')).toBe('kept');
  },
);

test('an unreachable DATABASE_URL is named, without its password', async () => {
  const [port = 0] = await freePorts(1);
  const line = await refusal({ DATABASE_URL: `postgresql://lead:geheim@127.0.0.1:${port}/leadflow` });
  expect(line).toMatch(
    new RegExp(`^No PostgreSQL answers at 127.0.0.1:${port}, where DATABASE_URL leads .* unset it`),
  );
  expect(line).not.toContain('geheim');
});

test('a DATABASE_URL that is not let in, or without its database, is told apart', async () => {
  const wrong = new URL(surroundings().postgresUrl);
  wrong.password = 'geheim';
  const refused = await refusal({ DATABASE_URL: wrong.href });
  expect(refused).toMatch(/does not let "leadflow_owner" in .* Correct DATABASE_URL\.$/);
  expect(refused).not.toContain('geheim');

  const elsewhere = new URL(surroundings().postgresUrl);
  elsewhere.pathname = '/nowhere';
  expect(await refusal({ DATABASE_URL: elsewhere.href })).toMatch(/has no database "nowhere"/);
});

test('an unreachable TEMPORAL_ADDRESS is named', async () => {
  const [port = 0] = await freePorts(1);
  expect(await refusal({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` })).toMatch(
    new RegExp(`^No Temporal answers at TEMPORAL_ADDRESS 127.0.0.1:${port}\\. Start it, .* unset it`),
  );
});

test('a namespace that the Temporal at TEMPORAL_ADDRESS lacks is named', async () => {
  const line = await refusal({
    TEMPORAL_ADDRESS: surroundings().temporalAddress,
    TEMPORAL_NAMESPACE: 'nobodys',
  });
  expect(line).toMatch(/has no namespace "nobodys"\. Make it .* or set TEMPORAL_NAMESPACE/);
});

test('real credentials are refused for a tenant that was made for the sandbox', async () => {
  const open = await openDataDir(dataDir);
  open.keep('first-tenant.json', JSON.stringify({ sandbox: true, webhookPaths: {} }));
  open.close();
  const numbers = { CHATWOOT_ACCOUNT_ID: '1', CHATWOOT_INBOX_ID: '2', WHATSAPP_PHONE_NUMBER_ID: '3' };
  const words = ['CHATWOOT_TOKEN', 'WHATSAPP_TOKEN', 'WHATSAPP_WABA_ID', 'WHATSAPP_APP_SECRET'];
  const more = ['WHATSAPP_VERIFY_TOKEN', 'WHATSAPP_TEMPLATE'];
  const line = await refusal({
    CHATWOOT_URL: 'https://chat.example',
    ...numbers,
    ...Object.fromEntries([...words, ...more].map((name) => [name, 'word'])),
  });
  expect(line).toMatch(
    /was made for the sandbox\. Unset them, or set LEAD_FLOW_DATA_DIR to a new directory\.$/,
  );
});

test('a second start on the same data directory says who has it, and leaves it alone', async () => {
  const held = await openDataDir(dataDir);
  const { code, stderr } = await runMain(env);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    new RegExp(`^Lead Flow is already running on .* \\(process ${process.pid}\\)\\. .*\n$`),
  );
  expect(existsSync(join(dataDir, 'lock'))).toBe(true);
  held.close();
});

test('the lock of a start that was killed holds nobody up', async () => {
  await openDataDir(dataDir);
  // Our process id, but a process that started at another time.
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: process.pid, start: 'long ago' }));
  const [port = 0] = await freePorts(1);
  expect(await refusal({ DATABASE_URL: `postgresql://lead@127.0.0.1:${port}/leadflow` })).toMatch(
    /^No PostgreSQL/,
  );
});

test('of a server that dies while starting the last words are shown, and the others are ended', async () => {
  const cli = join(await ownFolder('cli'), 'temporal');
  writeScript(cli, 'sleep 1\necho "cannot allocate what I need" >&2\nexit 3');
  const { code, stderr } = await runMain({ ...env, LEAD_FLOW_TEMPORAL_CLI: cli });
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual([
    '  | cannot allocate what I need',
    `Temporal ended with exit code 3 while starting; see ${join(dataDir, 'logs/temporal.log')}`,
  ]);
  expect(await processesNaming(dataDir)).toEqual([]);
  expect(existsSync(join(dataDir, 'lock'))).toBe(false);
});
