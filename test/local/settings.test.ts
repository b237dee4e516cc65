import { createSealing } from '../../src/db/sealing.ts';
import { parseCnpj } from '../../src/domain/cnpj.ts';
import { parsePhone } from '../../src/domain/phone.ts';
import { openDataDir } from '../../src/local/data-dir.ts';
import { makeSampleLead } from '../../src/local/sample-lead.ts';
import { secretKey } from '../../src/local/secret-key.ts';
import { readSettings } from '../../src/local/settings.ts';
import { needsSandbox } from '../../src/local/tenant.ts';
import { ownFolder } from '../harness/processes.ts';

test('without any variable everything has its place', () => {
  const { ports, host, tenant, databaseUrl, temporalAddress } = readSettings({});
  expect(ports).toEqual({
    api: 8080,
    worker: 8081,
    postgres: 5480,
    temporal: 7233,
    temporalUi: 8233,
    sandboxChatwoot: 8091,
    sandboxWhatsapp: 8092,
  });
  expect(host).toBe('127.0.0.1');
  expect(tenant).toMatchObject({ zone: 'America/Sao_Paulo', credentials: undefined });
  expect([databaseUrl, temporalAddress]).toEqual([undefined, undefined]);
});

test('an empty variable counts as not set', () => {
  expect(readSettings({ LEAD_FLOW_PORT: '', DATABASE_URL: '', CHATWOOT_URL: '' })).toEqual(readSettings({}));
});

test('the real services are taken only where both are given', () => {
  expect(readSettings({ CHATWOOT_URL: 'https://chat.example' }).tenant).toMatchObject({
    credentials: undefined,
    missing: ['WHATSAPP_TOKEN'],
  });
});

test('a tenant of real services never gets the sandbox, whose people are made up', async () => {
  const dataDir = await openDataDir(await ownFolder('kept'));
  const { tenant } = readSettings({});
  expect(needsSandbox(dataDir, tenant)).toBe(true);
  dataDir.keep('first-tenant.json', JSON.stringify({ sandbox: false, webhookPaths: {} }));
  expect(needsSandbox(dataDir, tenant)).toBe(false);
  dataDir.close();
});

test('the secret key is made once and kept; a given one goes before it', async () => {
  const folder = await ownFolder('key');
  const dataDir = await openDataDir(folder);
  const made = secretKey(dataDir, undefined, undefined);
  expect(Buffer.from(made, 'base64')).toHaveLength(32);
  dataDir.close();
  const again = await openDataDir(folder);
  expect(secretKey(again, undefined, undefined)).toBe(made);
  expect(secretKey(again, 'given', undefined)).toBe('given');
  again.close();
});

test('beside a database that has a tenant no key is made, and only the one it was sealed with is taken', async () => {
  const dataDir = await openDataDir(await ownFolder('sealed'));
  const [right = '', wrong = ''] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));
  const sealed = createSealing(right).seal('token');
  const file = dataDir.at('secret-key');
  const key = (given?: string) => secretKey(dataDir, given, sealed);

  expect(() => key()).toThrow(
    `${file} is gone: the key that the secrets in the database were sealed with. Bring`,
  );
  expect(dataDir.read('secret-key')).toBeUndefined();
  expect(key(right)).toBe(right);
  expect(() => key(wrong)).toThrow(
    /^LEAD_FLOW_SECRET_KEY is not the key .* Set it to the one that earlier starts had/,
  );

  dataDir.keep('secret-key', wrong);
  expect(() => key()).toThrow(`${file} is not the key that the secrets`);
  dataDir.keep('secret-key', right);
  expect(key()).toBe(right);
  expect(() => key(wrong)).toThrow(`The one kept in ${file} is: unset the variable.`);
  dataDir.close();
});

test('made-up leads are such as the API takes', () => {
  for (let i = 0; i < 200; i++) {
    const lead = makeSampleLead('Ana');
    expect(parsePhone(lead.telefone)).toMatchObject({ ok: true });
    expect(parseCnpj(lead.cnpj)).toMatchObject({ ok: true });
  }
});
