import { setTimeout as sleep } from 'node:timers/promises';
import { apiKeyList, me, newApiKey } from '../../src/contract/connection.ts';
import { until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { signIn } from '../harness/signing-in.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({
  worker: false,
  variables: { LEAD_FLOW_SANDBOX_WHATSAPP_URL: 'http://127.0.0.1:8092/' },
});

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const make = async (name: string) =>
  newApiKey.strict().parse((await product.call('POST', '/v1/api-keys', { name })).body);
const list = async () => apiKeyList.strict().parse((await product.call('GET', '/v1/api-keys')).body).api_keys;
const using = (key: string) => product.call('GET', '/v1/me', undefined, { authorization: `Bearer ${key}` });

describe('GET /v1/me', () => {
  test('says whose key it is', async () => {
    const { status, body } = await product.call('GET', '/v1/me');
    expect(status).toBe(200);
    expect(me.strict().parse(body)).toEqual({
      tenant: { id: product.tenantId, name: 'Empresa Exemplo' },
      user: null,
      zone: 'America/Sao_Paulo',
      test_phone: true,
    });
  });

  test('says who is signed in', async () => {
    const { call } = await signIn(product);
    const { user } = me.strict().parse((await call('GET', '/v1/me')).body);
    expect(user).toEqual({ id: expect.any(String), name: 'Supervisão', email: product.login.email });
  });
});

describe('API keys', () => {
  test('are listed, the newest first, without the keys themselves', async () => {
    const made = [await make('CRM'), await make(' Extensão da Ana ')];
    const keys = await list();
    expect(keys.map(({ name }) => name)).toEqual(['Extensão da Ana', 'CRM', 'first key']);
    expect(keys[1]).toEqual({
      id: made[0]?.id,
      name: 'CRM',
      prefix: made[0]?.key.slice(0, 8),
      created_at: INSTANT,
      last_used_at: null,
      revoked_at: null,
    });
    expect(JSON.stringify(keys)).not.toContain(made[0]?.key);
  });

  test.each([
    [{}, 'required'],
    [{ name: ' ' }, 'required'],
    [{ name: 'x'.repeat(101) }, 'too_big'],
  ])('need a name: %j', async (body, code) => {
    expect(await product.call('POST', '/v1/api-keys', body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [{ field: 'name', code }] },
    });
  });

  test('show when they were last used, noted beside the requests and once a minute', async () => {
    const { id, key } = await make('usada');
    const used = async () => (await list()).find((one) => one.id === id)?.last_used_at;
    expect((await using(key)).status).toBe(200);
    const first = await until(used);
    expect(first).toEqual(INSTANT);
    expect(Math.abs(Date.now() - Date.parse(first))).toBeLessThan(60_000);
    await sleep(5_100);
    await using(key);
    await sleep(300);
    expect(await used()).toBe(first);
  });

  test('that are revoked are refused within five seconds, for good', async () => {
    const { id, key } = await make('perdida');
    expect((await using(key)).status).toBe(200);
    const revoked = await product.call('DELETE', `/v1/api-keys/${id}`);
    expect([revoked.status, revoked.body]).toEqual([
      200,
      expect.objectContaining({ id, revoked_at: INSTANT }),
    ]);
    await until(async () => (await using(key)).status === 401, { ms: 20_000 });
    expect((await using(key)).body.code).toBe('api_key_refused');
    expect((await product.call('DELETE', `/v1/api-keys/${id}`)).body.revoked_at).toBe(
      revoked.body.revoked_at,
    );
  });

  test('of another tenant are neither listed nor revoked', async () => {
    const other = await addTenant(product);
    const { id, key } = await make('nossa');
    expect((await other.call('GET', '/v1/api-keys')).body.api_keys).toHaveLength(1);
    for (const wrong of [id, 'abc']) {
      expect(await other.call('DELETE', `/v1/api-keys/${wrong}`)).toMatchObject({
        status: 404,
        body: { code: 'api_key_not_found' },
      });
    }
    expect((await using(key)).status).toBe(200);
  });
});
