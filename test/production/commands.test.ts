import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ownFolder } from '../harness/processes.ts';
import { ROOT } from './compose-file.ts';
import { CLI, type Deployment, deploy } from './deployment.ts';

// Each of our commands in docker-compose.yml, in the order in which compose runs them.

let deployment: Deployment;

beforeAll(async () => {
  deployment = await deploy();
}, 120_000);

afterAll(() => deployment?.stop(), 60_000);

test('the image has no development package, local start or sandbox in it', async () => {
  const packages = ['jest', 'typescript', 'vite', 'react'].map((name) => `node_modules/${name}`);
  for (const path of [...packages, 'src/local', 'src/sandbox', 'test', 'dashboard']) {
    await expect(readFile(join(deployment.image.folder, path))).rejects.toThrow('ENOENT');
  }
});

test('roles: makes logins and databases, and sets passwords that were changed', async () => {
  const { variables, job } = deployment;
  const password = variables.DATABASE_PASSWORD ?? '';
  variables.DATABASE_PASSWORD = 'before';
  expect(await job('roles')).toMatchObject({ code: 0, stderr: '' });
  variables.DATABASE_PASSWORD = password;
  expect(await job('roles')).toEqual({
    code: 0,
    stdout: 'roles leadflow_owner, leadflow and temporal and their databases are there\n',
    stderr: '',
  });
});

test('what comes too early says so and ends', async () => {
  const { code, stderr } = await deployment.job('first-tenant');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^first tenant: .*tenant_exists/);
});

test('migrate: makes the schema, once', async () => {
  const first = await deployment.job('migrate');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^migrated: 0001_spine/);
  expect(await deployment.job('migrate')).toMatchObject({ code: 0, stdout: 'the schema is up to date\n' });
});

test('the product logs in as a role that owns nothing and can only become leadflow_app', async () => {
  const client = new Client({ connectionString: deployment.service('api').env.DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(
      `select r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolinherit,
         (select count(*)::int from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o') as owns,
         (select array_agg(g.rolname::text order by g.rolname) from pg_roles g
          where g.oid <> r.oid and pg_has_role(r.oid, g.oid, 'set')) as becomes
       from pg_roles r where r.rolname = current_user`,
    );
    const no = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false };
    expect(rows).toEqual([{ ...no, rolinherit: false, owns: 0, becomes: ['leadflow_app'] }]);
    await expect(client.query('select from lead')).rejects.toThrow('permission denied for table lead');
    await expect(client.query('create table mine ()')).rejects.toThrow('permission denied');
    await expect(client.query('set role leadflow_dispatch')).rejects.toThrow('permission denied');
    await client.query('set role leadflow_app');
    expect((await client.query('select from lead')).rowCount).toBe(0);
  } finally {
    await client.end();
  }
});

test('the product and Temporal cannot enter the databases of each other', async () => {
  const enter = async (url: string, database: string) => {
    const place = new URL(url);
    place.pathname = `/${database}`;
    const client = new Client({ connectionString: place.href });
    await client.connect();
    const { rows } = await client.query<{ owner: boolean }>(
      `select pg_has_role(current_user, datdba, 'usage') as owner from pg_database
       where datname = current_database()`,
    );
    await client.end();
    return rows[0]?.owner ? 'owner' : 'guest';
  };
  const {
    DATABASE_OWNER_URL: owner = '',
    DATABASE_URL: product = '',
    TEMPORAL_DATABASE_URL: temporal = '',
  } = deployment.service('roles').env;
  expect(await enter(owner, 'leadflow')).toBe('owner');
  expect(await enter(product, 'leadflow')).toBe('guest');
  expect(await enter(temporal, 'temporal')).toBe('owner');
  expect(await enter(temporal, 'temporal_visibility')).toBe('owner');
  for (const [login, database] of [
    [temporal, 'leadflow'],
    [product, 'temporal'],
    [product, 'temporal_visibility'],
    [owner, 'temporal'],
  ] as const) {
    await expect(enter(login, database)).rejects.toThrow(`permission denied for database "${database}"`);
  }
});

async function temporalNamespace(): Promise<void> {
  const programs = await ownFolder('programs');
  await symlink(String(CLI), join(programs, 'temporal'));
  const { env } = deployment.service('temporal-namespace');
  const run = (kept: string | undefined, program: string, ...args: string[]) =>
    promisify(execFile)(program, args, {
      env: { ...env, RETENTION: kept, HOME: programs, PATH: `${programs}:/usr/bin:/bin` },
    });
  const retention = async () => {
    const { stdout } = await run('', 'temporal', 'operator', 'namespace', 'describe', '-n', 'lead-flow');
    return /Retention\S*\s+(\S+)/.exec(stdout)?.[1];
  };
  const script = join(ROOT, 'deploy/temporal/namespace.sh');
  await run('3d', 'sh', script);
  expect(await retention()).toBe('72h0m0s');
  await run(env.RETENTION, 'sh', script);
  expect(await retention()).toBe('720h0m0s');
}

const named = 'temporal-namespace: makes the namespace, and sets a retention that was changed';
// Its script needs Temporal's CLI, which a run with TEMPORAL_ADDRESS does not have.
if (CLI) test(named, temporalNamespace, 90_000);
else test.skip(named, temporalNamespace);

let apiKey = '';
let password = '';

test('first-tenant: makes none of credentials that are refused', async () => {
  const { variables, job } = deployment;
  const token = variables.CHATWOOT_TOKEN ?? '';
  variables.CHATWOOT_TOKEN = 'wrong';
  const { code, stdout, stderr } = await job('first-tenant');
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^WhatsApp number .*: OK\n$/)]);
  expect(stderr).toMatch(/^first tenant: Chatwoot at \S+: it refuses CHATWOOT_TOKEN .*\n$/);
  variables.CHATWOOT_TOKEN = token;
});

test('first-tenant: makes one from the variables and shows its key once', async () => {
  const { code, stdout, stderr } = await deployment.job('first-tenant');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^Chatwoot at \S+, inbox .*: OK\nWhatsApp number .*: OK\nThe tenant "Empresa" is made/,
  );
  const host = String.raw`https://leads\.example\.com/webhooks`;
  expect(stdout).toMatch(new RegExp(`^WhatsApp webhook  ${host}/whatsapp/wa_\\S+$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^Chatwoot webhook  ${host}/chatwoot/cw_\\S+$`, 'm'));
  apiKey = /^API key +(lf_\S+)$/m.exec(stdout)?.[1] ?? '';
  expect(apiKey).not.toBe('');
  expect(stdout).toMatch(
    /^Dashboard {9}https:\/\/leads\.example\.com\nE-mail {12}ana@empresa\.com\.br\nPassword {10}\S+$/m,
  );
  password = /^Password +(\S+)$/m.exec(stdout)?.[1] ?? '';
  expect(await deployment.job('first-tenant')).toEqual({
    code: 0,
    stdout: 'There is a tenant already; nothing was changed.\n',
    stderr: '',
  });
});

test('first-tenant: a database from before there were logins gets its first', async () => {
  const client = new Client({ connectionString: deployment.service('migrate').env.DATABASE_OWNER_URL });
  await client.connect();
  await client.query('delete from auth."user"');
  await client.end();
  const { code, stdout } = await deployment.job('first-tenant');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Dashboard .*\nE-mail .*\nPassword .*\n$/)]);
  expect(stdout).not.toContain(password);
  password = /^Password +(\S+)$/m.exec(stdout)?.[1] ?? '';
});

test('not even the owner of the tables sees what is in them', async () => {
  const client = new Client({ connectionString: deployment.service('migrate').env.DATABASE_OWNER_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migration'`,
    );
    expect(rows.length).toBeGreaterThan(15);
    for (const { name } of rows) {
      expect([name, (await client.query(`select from ${name}`)).rowCount]).toEqual([name, 0]);
    }
  } finally {
    await client.end();
  }
});

test('first-tenant: names what it was not told', async () => {
  const { variables, job } = deployment;
  variables.TENANT_ZONE = 'America/Atlantis';
  expect(await job('first-tenant')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'first tenant: TENANT_ZONE is "America/Atlantis"; it must be an IANA time zone, e.g. America/Sao_Paulo.\n',
  });
  delete variables.TENANT_ZONE;
});

test.each(['first-tenant', 'api', 'worker'])(
  '%s: refuses another key than that of the secrets',
  async (name) => {
    const { variables, job } = deployment;
    const key = variables.LEAD_FLOW_SECRET_KEY ?? '';
    variables.LEAD_FLOW_SECRET_KEY = Buffer.alloc(32, 8).toString('base64');
    const { code, stdout, stderr } = await job(name);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[a-z ]+: LEAD_FLOW_SECRET_KEY is not the key that the secrets .*\n$/);
    variables.LEAD_FLOW_SECRET_KEY = key;
  },
);

test.each(['api', 'worker'])('health of %s: not there yet', async (name) => {
  const { code, stderr } = await deployment.health(name);
  expect(code).toBe(1);
  expect(stderr).toMatch(/ECONNREFUSED/);
});

test('api and worker take a lead to its sleep, on the bundle of the image', async () => {
  const { image, service, start, apiUrl } = deployment;
  expect(service('worker').env.LEAD_FLOW_WORKFLOW_BUNDLE).toBe(join(image.folder, 'dist/workflows.js'));
  await Promise.all([start('api'), start('worker')]);
  const call = async (path: string, body?: object) => {
    const response = await fetch(apiUrl + path, {
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const taken = await call('/v1/leads', {
    nome: 'Maria',
    telefone: '11 98765-4321',
    cnpj: '11.222.333/0001-81',
    consultor: 'Ana',
    status_indicacao: 'qualificado',
  });
  expect(taken.status).toBe(202);
  const lead = () => call(`/v1/leads/${taken.body.lead_id}`);
  const signedIn = await fetch(`${apiUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: apiUrl },
    body: JSON.stringify({ email: 'ana@empresa.com.br', password }),
  });
  expect(signedIn.status).toBe(200);
  const page = await fetch(apiUrl);
  expect(page.status).toBe(200);
  await page.body?.cancel();
  let now = await lead();
  for (const deadline = Date.now() + 30_000; now.body.stage === 'main' && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    now = await lead();
  }
  expect(now.body).toMatchObject({ stage: 'waiting' });
  expect(await deployment.logs()).not.toMatch(/"level":[56]0/);
}, 90_000);

test('api and worker end in order when compose asks them to', async () => {
  const done = { code: 0, signal: null };
  expect(await deployment.end()).toEqual([done, done]);
}, 60_000);
