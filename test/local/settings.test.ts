import { parseCnpj } from '../../src/domain/cnpj.ts';
import { parsePhone } from '../../src/domain/phone.ts';
import { openDataDir, secretKey } from '../../src/local/data-dir.ts';
import { makeSampleLead } from '../../src/local/sample-lead.ts';
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
  const made = secretKey(dataDir, undefined);
  expect(Buffer.from(made, 'base64')).toHaveLength(32);
  dataDir.close();
  const again = await openDataDir(folder);
  expect(secretKey(again, undefined)).toBe(made);
  expect(secretKey(again, 'given')).toBe('given');
  again.close();
});

test('made-up leads are such as the API takes', () => {
  for (let i = 0; i < 200; i++) {
    const lead = makeSampleLead('Ana');
    expect(parsePhone(lead.telefone)).toMatchObject({ ok: true });
    expect(parseCnpj(lead.cnpj)).toMatchObject({ ok: true });
  }
});
