import { openDatabase } from '../../src/db/database.ts';
import { createFirstTenant } from '../../src/db/first-tenant.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { findFirstTenant, readSleepers } from '../../src/db/stored-tenant.ts';
import { findApiKey, findWebhook } from '../../src/db/tenants.ts';
import { tryCredentials } from '../../src/deploy/try-credentials.ts';
import { webhookLines } from '../../src/deploy/webhook-addresses.ts';
import { freePorts } from '../../src/local/ports.ts';
import type { RunningSandbox } from '../../src/local/sandbox.ts';
import { highestChatwootId, reconnectTenant } from '../../src/local/sandbox-tenant.ts';
import { sandboxTenant } from '../../src/local/tenant.ts';
import { readTenantVariables } from '../../src/local/tenant-variables.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { ownFolder, startApi, startSandbox } from '../harness/processes.ts';
import { surroundings } from '../harness/surroundings.ts';
import { ownStart, runMain } from './programs.ts';
import { sandboxVariables } from './sandbox-variables.ts';

const KEY = Buffer.alloc(32, 3).toString('base64');

let sandbox: RunningSandbox;
let base: TestDatabase;

beforeAll(async () => {
  [sandbox, base] = await Promise.all([startSandbox(), createTestDatabase()]);
  await createFirstTenant(base.url, KEY, sandboxTenant(sandbox.access));
});
afterAll(async () => {
  await sandbox.stop();
  await base.drop();
});

async function inDatabase<Result>(work: (database: ReturnType<typeof openDatabase>) => Promise<Result>) {
  const database = openDatabase(base.url, { connections: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const ready = async () => ({ url: base.url, secretKey: KEY, tenant: await inDatabase(findFirstTenant) });

/** What the database has of its connections, opened. */
function connections() {
  const { open } = createSealing(KEY);
  return inDatabase(async (database) => {
    const tenantId = (await findFirstTenant(database))?.tenantId ?? '';
    const [row] = await database.tenant(tenantId, ({ query }) =>
      query<Record<string, Buffer> & { urls: string[] }>(
        `select array[w.base_url, c.base_url] as urls, w.token_sealed as whatsapp, w.app_secrets_sealed as secrets,
           w.verify_token_sealed as verify, c.token_sealed as chatwoot, c.webhook_secret_sealed as secret
         from channel w, chatwoot_connection c`,
      ),
    );
    const { urls, ...sealed } = row ?? { urls: [] };
    const opened = Object.entries(sealed).map(([name, value]) => [name, open(value as Buffer)]);
    return { urls, ...(Object.fromEntries(opened) as Record<string, string>) };
  });
}

test('the tenant of a sandbox that lost its state is connected to the new one, and only then changed', async () => {
  const nothing = { apiKey: false, webhookPaths: false };
  const before = await connections();
  expect(await reconnectTenant(await ready(), sandbox.access, nothing)).toEqual({});
  expect(await connections()).toEqual(before);

  // Its state lost, it has new secrets; what else of its access changes, its ports may.
  const { chatwoot, whatsapp } = sandbox.access;
  const anew = {
    chatwoot: { ...chatwoot, token: 'other chatwoot', webhookSecret: 'other secret' },
    whatsapp: { ...whatsapp, token: 'other whatsapp', appSecret: 'other app', verifyToken: 'other verify' },
  };
  for (const access of [anew, { ...anew, chatwoot: { ...anew.chatwoot, url: 'http://127.0.0.1:21009' } }]) {
    expect(await reconnectTenant(await ready(), access, nothing)).toEqual({});
    expect(await connections()).toEqual({
      urls: [whatsapp.url, access.chatwoot.url],
      whatsapp: 'other whatsapp',
      secrets: '["other app"]',
      verify: 'other verify',
      chatwoot: 'other chatwoot',
      secret: 'other secret',
    });
  }
  await reconnectTenant(await ready(), sandbox.access, nothing);
});

test('a lost API key and lost webhook addresses are made anew', async () => {
  const lost = { apiKey: true, webhookPaths: true };
  const renewed = await reconnectTenant(await ready(), sandbox.access, lost);
  await inDatabase(async (database) => {
    const tenant = await findFirstTenant(database);
    expect(await findApiKey(database, renewed?.apiKey ?? '')).toMatchObject({ tenantId: tenant?.tenantId });
    for (const kind of ['whatsapp', 'chatwoot'] as const) {
      const path = renewed?.webhookPaths?.[kind] ?? '';
      expect(path.startsWith(`/webhooks/${kind}/`)).toBe(true);
      const found = await findWebhook(database, kind, path.split('/').at(-1) ?? '');
      expect(found).toMatchObject({ tenantId: tenant?.tenantId });
    }
  });
});

test('a tenant of real services is never connected to a sandbox', async () => {
  const at = (url: string) =>
    inDatabase(async (database) =>
      database.tenant((await findFirstTenant(database))?.tenantId ?? '', ({ query }) =>
        query('update channel set base_url = $1', [url]),
      ),
    );
  await at('https://graph.facebook.com');
  expect(
    await reconnectTenant(await ready(), sandbox.access, { apiKey: true, webhookPaths: true }),
  ).toBeNull();
  expect((await connections()).urls[0]).toBe('https://graph.facebook.com');
  await at(sandbox.access.whatsapp.url);
});

test('it is counted how many leads sleep and when the next one wakes, and which ids Chatwoot has had', async () => {
  const { tenantId = '' } = (await ready()).tenant ?? {};
  const asleep = () => inDatabase((database) => readSleepers(database, tenantId));
  expect(await asleep()).toEqual({ asleep: 0, nextAt: null, zone: 'America/Sao_Paulo' });
  expect(await highestChatwootId(await ready())).toBe(0);
  const wakes = ['2031-03-04T12:00:00Z', '2031-03-02T12:00:00Z'];
  await inDatabase((database) =>
    database.tenant(tenantId, async ({ query }) => {
      for (const [i, wakeAt] of wakes.entries()) await insertSleeper(query, wakeAt, i);
    }),
  );
  expect(await asleep()).toMatchObject({ asleep: 2, nextAt: new Date(wakes[1] ?? '') });
  expect(await highestChatwootId(await ready())).toBe(71);
});

async function insertSleeper(
  query: (sql: string, values?: readonly unknown[]) => Promise<unknown>,
  wakeAt: string,
  i: number,
): Promise<void> {
  await query(
    `with p as (insert into person (tenant_id, name) values (current_tenant(), 'Ana') returning id),
       f as (select id, version from flow limit 1),
       l as (insert into lead (tenant_id, person_id, flow_id, flow_version, origin, status_value, consultant_name,
               referral_id, stage, wake_at, chatwoot_contact_id, chatwoot_conversation_id)
             select current_tenant(), p.id, f.id, f.version, 'api_oficial', 'qualificado', 'Ana', uuidv7(),
               'waiting', $1, $2, $3 from p, f returning id)
     select from l`,
    [wakeAt, 50 + i, 70 + i],
  );
}

test('API and worker refuse another key than the one of the stored secrets', async () => {
  const services = {
    databaseUrl: base.url,
    secretKey: Buffer.alloc(32, 4).toString('base64'),
    temporalAddress: surroundings().temporalAddress,
    temporalNamespace: 'default',
  };
  await expect(startApi(services)).rejects.toMatchObject({
    message: expect.stringMatching(/ended with exit code 1 while starting/),
    details: [
      expect.stringMatching(
        /^api: LEAD_FLOW_SECRET_KEY is not the key that the secrets in this database were sealed with\. Set it/,
      ),
    ],
  });
});

const realVariables = (): Record<string, string> => ({
  ...sandboxVariables(sandbox),
  CHATWOOT_TEAM_ID: String(sandbox.access.chatwoot.teamId),
});

const tried = async (change: Record<string, string>) => {
  const { credentials } = readTenantVariables({ ...realVariables(), ...change });
  if (!credentials) throw new Error('no credentials');
  return tryCredentials(credentials);
};

test('credentials that are right are said to be', async () => {
  const [chatwoot, whatsapp] = await tried({});
  expect(chatwoot).toEqual({
    outcome: 'ok',
    line: expect.stringMatching(/^Chatwoot at http:\S+, inbox \d+ ".+": OK$/),
  });
  expect(whatsapp).toEqual({
    outcome: 'ok',
    line: expect.stringMatching(/^WhatsApp number \+55.* ".+" \(CONNECTED, quality GREEN\): OK$/),
  });
});

test.each([
  [
    { CHATWOOT_TOKEN: 'wrong' },
    0,
    /refuses CHATWOOT_TOKEN for account \d+ \(HTTP 401\)\. Take the access token/,
  ],
  [{ CHATWOOT_INBOX_ID: '999' }, 0, /CHATWOOT_INBOX_ID 999 is none of its inboxes: it has \d+ ".+"/],
  [{ CHATWOOT_TEAM_ID: '999' }, 0, /CHATWOOT_TEAM_ID 999 is none of its teams: it has \d+ ".+"/],
  [
    { WHATSAPP_TOKEN: 'wrong' },
    1,
    /^WhatsApp: Meta refuses WHATSAPP_TOKEN \(code 190, HTTP 401\)\. Make a permanent/,
  ],
  [
    { WHATSAPP_PHONE_NUMBER_ID: '123' },
    1,
    /WHATSAPP_PHONE_NUMBER_ID 123 is no number that WHATSAPP_TOKEN may see/,
  ],
] as const)('credentials that are refused are named with the remedy: %j', async (change, which, line) => {
  const trials = await tried(change);
  expect(trials[which]).toEqual({ outcome: 'refused', line: expect.stringMatching(line) });
  expect(trials[1 - which]?.outcome).toBe('ok');
});

test('an account that is not there, or an address that is no Chatwoot, is refused', async () => {
  const [{ outcome, line }] = await tried({ CHATWOOT_URL: `${sandbox.access.chatwoot.url}/app` });
  expect([outcome, line]).toEqual([
    'refused',
    expect.stringMatching(/Correct CHATWOOT_URL, which ends before \/app/),
  ]);
});

test('a service that cannot be reached is a warning', async () => {
  const [port] = await freePorts(1);
  const away = `http://127.0.0.1:${port}`;
  const trials = await tried({ CHATWOOT_URL: away, WHATSAPP_URL: away });
  expect(trials.map(({ outcome }) => outcome)).toEqual(['unreachable', 'unreachable']);
  expect(trials[0].line).toMatch(/could not be asked \(.*ECONNREFUSED.*\).* Check CHATWOOT_URL/);
});

test('npm start makes no tenant of credentials that are refused', async () => {
  const env = await ownStart(`${await ownFolder('refused')}/data`);
  const { code, stdout, stderr } = await runMain({
    ...env,
    TEMPORAL_ADDRESS: surroundings().temporalAddress,
    ...realVariables(),
    WHATSAPP_TOKEN: 'wrong',
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ {2}Chatwoot at .*: OK$/m);
  expect(stdout).not.toMatch(/tenant/);
  expect(stderr).toMatch(/^WhatsApp: Meta refuses WHATSAPP_TOKEN .* No tenant was made\.\n$/);
});

test('without a public address the webhooks are told as this machine has them, with what is missing', () => {
  const paths = { whatsapp: '/webhooks/whatsapp/wa_x', chatwoot: '/webhooks/chatwoot/cw_x' };
  expect(webhookLines(paths, 'https://leads.example', 'http://127.0.0.1:8080')).toEqual([
    'WhatsApp webhook  https://leads.example/webhooks/whatsapp/wa_x',
    'Chatwoot webhook  https://leads.example/webhooks/chatwoot/cw_x',
  ]);
  expect(webhookLines(paths, undefined, 'http://127.0.0.1:8080')).toEqual([
    'WhatsApp webhook  http://127.0.0.1:8080/webhooks/whatsapp/wa_x',
    'Chatwoot webhook  http://127.0.0.1:8080/webhooks/chatwoot/cw_x',
    expect.stringMatching(/must reach these from outside: set LEAD_FLOW_PUBLIC_URL/),
  ]);
});
