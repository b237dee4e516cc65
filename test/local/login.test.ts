import { join } from 'node:path';
import { createFirstTenant } from '../../src/db/first-tenant.ts';
import { hasUser, isLogin, listEmails } from '../../src/db/users.ts';
import { type DataDir, openDataDir } from '../../src/local/data-dir.ts';
import { ensureLogin } from '../../src/local/login.ts';
import { readSettings } from '../../src/local/settings.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { ownFolder } from '../harness/processes.ts';
import { cleanEnv, ROOT, runToEnd } from './programs.ts';

// A database that has a tenant and nobody who can sign in, as one that was made before there were logins.

const KEY = Buffer.alloc(32, 5).toString('base64');
const SAMPLE = 'supervisao@exemplo.com.br';

let sandbox: Sandbox;
let base: TestDatabase;
let dataDir: DataDir;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  base = await createTestDatabase();
  await createFirstTenant(base.url, KEY, sandboxTenant(sandbox));
  dataDir = await openDataDir(join(await ownFolder('login'), 'data'));
});
afterEach(async () => {
  dataDir.close();
  await base.drop();
});

const keepTenant = (ofSandbox: boolean) =>
  dataDir.keep('first-tenant.json', JSON.stringify({ sandbox: ofSandbox, webhookPaths: {} }));
/** What a start prints of who can sign in. */
const told = async (variables: Record<string, string> = {}) => {
  const settings = readSettings({ LEAD_FLOW_DATA_DIR: dataDir.path, ...variables });
  return (await ensureLogin({ settings, dataDir }, { url: base.url, secretKey: KEY, tenant: null })).join(
    '\n',
  );
};
const PASSWORD = /^ {2}password {3}((?:[b-z2-9]{4}-){4}[b-z2-9]{4})$/m;
const passwordIn = (text: string) => PASSWORD.exec(text)?.[1] ?? '';

describe('with the sandbox', () => {
  beforeEach(() => keepTenant(true));

  test('a sample login is made, kept, and told at every start', async () => {
    const first = await told();
    expect(first).toMatch(new RegExp(`^ {2}e-mail {5}${SAMPLE}\n`));
    expect(await isLogin(base.url, SAMPLE, passwordIn(first))).toBe(true);
    expect(await told()).toBe(first);
    expect(await listEmails(base.url)).toEqual([SAMPLE]);
  });

  test('variables name another', async () => {
    const password = 'minha-propria-senha';
    const text = await told({ ADMIN_EMAIL: 'Ana@Empresa.com.br', ADMIN_PASSWORD: password });
    expect(text).toBe(`  e-mail     ana@empresa.com.br\n  password   ${password}`);
    expect(await isLogin(base.url, 'ana@empresa.com.br', password)).toBe(true);
  });

  test('one whose file is lost gets another password', async () => {
    const first = passwordIn(await told());
    dataDir.keep('sample-login', 'broken');
    const second = passwordIn(await told());
    expect(await isLogin(base.url, SAMPLE, first)).toBe(false);
    expect(await isLogin(base.url, SAMPLE, second)).toBe(true);
  });

  test('with a database of which nothing is left, the kept login is made again', async () => {
    const first = await told();
    await base.drop();
    base = await createTestDatabase();
    await createFirstTenant(base.url, KEY, sandboxTenant(sandbox));
    expect(await told()).toBe(first);
    expect(await isLogin(base.url, SAMPLE, passwordIn(first))).toBe(true);
  });
});

describe('with real services', () => {
  beforeEach(() => keepTenant(false));

  test('nobody is made up: it is told what to set', async () => {
    expect(await told()).toMatch(/^ {2}Nobody can sign in to the dashboard yet: set ADMIN_EMAIL/);
    expect(await hasUser(base.url)).toBe(false);
  });

  test('whom ADMIN_EMAIL names is made, and a random password shown once and not kept', async () => {
    const text = await told({ ADMIN_EMAIL: 'ana@empresa.com.br' });
    const password = /^ {2}password {3}(\S+) \(shown this once\)$/m.exec(text)?.[1] ?? '';
    expect(await isLogin(base.url, 'ana@empresa.com.br', password)).toBe(true);
    expect(dataDir.read('sample-login')).toBeUndefined();
    expect(await told({ ADMIN_EMAIL: 'bia@empresa.com.br' })).toBe('');
    expect(await listEmails(base.url)).toEqual(['ana@empresa.com.br']);
  });

  test('a password that was chosen is not printed', async () => {
    const text = await told({ ADMIN_EMAIL: 'ana@empresa.com.br', ADMIN_PASSWORD: 'minha-propria-senha' });
    expect(text).not.toContain('minha-propria-senha');
    expect(await isLogin(base.url, 'ana@empresa.com.br', 'minha-propria-senha')).toBe(true);
  });
});

test.each([
  [{ ADMIN_EMAIL: 'ana' }, 'ADMIN_EMAIL is "ana"; it must be an e-mail address.'],
  [{ ADMIN_PASSWORD: 'curta' }, 'ADMIN_PASSWORD must have from 10 to 128 characters.'],
])('a wrong variable is named: %j', (variables, message) => {
  expect(() => readSettings(variables)).toThrow(message);
});

describe('reset-password', () => {
  const reset = (email: string[], url = base.url) =>
    runToEnd(
      process.execPath,
      [join(ROOT, 'src/deploy/reset-password.ts'), ...email],
      cleanEnv({ DATABASE_URL: url }),
    );

  test('prints a new password, with which one signs in', async () => {
    keepTenant(true);
    const before = passwordIn(await told());
    const { code, stdout, stderr } = await reset(['Supervisao@exemplo.com.br']);
    expect([code, stderr]).toEqual([0, '']);
    const password = /^Password {2}(\S+)$/m.exec(stdout)?.[1] ?? '';
    expect(await isLogin(base.url, SAMPLE, password)).toBe(true);
    expect(await isLogin(base.url, SAMPLE, before)).toBe(false);
    expect(await told()).toMatch(/^ {2}password {3}changed since; npm run reset-password/m);
  });

  test('of nobody: says who there is', async () => {
    expect(await reset(['ana@empresa.com.br'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'reset-password: nobody has the e-mail ana@empresa.com.br. There is: nobody yet\n',
    });
    keepTenant(true);
    await told();
    expect((await reset([])).stderr).toBe(`reset-password: say whose, by e-mail. There is: ${SAMPLE}\n`);
  });

  test('without a database: says so', async () => {
    const { code, stderr } = await reset([SAMPLE], 'postgresql://a:b@127.0.0.1:9/leadflow');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^reset-password: .*ECONNREFUSED.*\n$/)]);
    expect((await reset([SAMPLE], '')).stderr).toMatch(/^reset-password: DATABASE_URL is not set/);
  });
});
