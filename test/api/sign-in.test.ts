import { pino } from 'pino';
import { signInLibrary } from '../../src/api/sign-in-library.ts';
import { passwordChanged, sessionsRevoked, signedIn, signedOut } from '../../src/contract/sign-in.ts';
import { openSignInPool } from '../../src/db/sign-in-pool.ts';
import { addOwner, hashUser } from '../../src/db/users.ts';
import { type Answer, until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { asPage, cookiesOf, signIn } from '../harness/signing-in.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });
// Each test begins as an address that has not tried yet.
afterEach(() => product.database.query('delete from auth.rate_limit'));

const signingIn = (login: unknown, headers?: Record<string, string>) =>
  asPage(product)('POST', '/api/auth/sign-in/email', login, headers);
const problem = (status: number, code: string) => ({
  status,
  body: { code, status, title: expect.stringMatching(/\w/) },
});

test('the tables are what the library expects', async () => {
  const pool = openSignInPool(product.databaseUrl, () => {});
  const library = signInLibrary({
    pool,
    secret: 'x'.repeat(44),
    secure: false,
    log: pino({ level: 'silent' }),
    firstTenantOf: async () => null,
  });
  const { explicitSchemaCheck } = await library.$context;
  await expect(explicitSchemaCheck?.() ?? 'not there').resolves.toBeUndefined();
  await pool.end();
});

describe('signing in', () => {
  test('gives a session that says who it is, whatever case the e-mail is in', async () => {
    const answer = await signingIn({ ...product.login, email: 'Supervisao@Exemplo.com.br' });
    expect([answer.status, signedIn.parse(answer.body).user]).toEqual([
      200,
      expect.objectContaining({ name: 'Supervisão', email: product.login.email }),
    ]);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^lead-flow\.session_token=\S+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/i,
      ),
    ]);
    const me = await asPage(product, cookiesOf(answer))('GET', '/v1/me');
    expect(me.status).toBe(200);
  });

  test.each([
    ['a wrong password', { password: 'outra-senha-errada' }],
    ['an e-mail that nobody has', { email: 'ninguem@exemplo.com.br' }],
    ['what is no e-mail', { email: 'supervisao' }],
    ['a password longer than any', { password: 'x'.repeat(500) }],
  ])('is refused with %s, in the same words', async (_, change) => {
    const answer = await signingIn({ ...product.login, ...change });
    expect(answer).toMatchObject(problem(401, 'wrong_login'));
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test.each([
    [{}, 400, 'invalid_body'],
    [[], 400, 'invalid_body'],
    [{ email: 1, password: null }, 400, 'invalid_body'],
    ['{"email"', 400, 'invalid_json'],
    [`{"email":"${'x'.repeat(20_000)}"}`, 413, 'too_large'],
  ])('is refused without a login: %j', async (body, status, code) => {
    expect(await signingIn(body)).toMatchObject({ status, body: { code } });
  });

  describe('with wrong passwords', () => {
    const wrong = (email: string) => signingIn({ email, password: 'palpite' });
    const statuses = async (answers: Promise<Answer>[]) =>
      (await Promise.all(answers)).map(({ status }) => status).toSorted();
    const times = <Result>(count: number, work: () => Result) => Array.from({ length: count }, work);

    test('ends for that account alone: a colleague at the same address signs in', async () => {
      const email = 'colega@exemplo.com.br';
      expect(await statuses(times(10, () => wrong(email)))).toEqual(times(10, () => 401));
      expect(await wrong(` ${email.toUpperCase()} `)).toMatchObject(problem(429, 'too_many_tries'));
      expect((await signingIn(product.login)).status).toBe(200);
    });

    test('ends after ten of them, also where many come at once', async () => {
      expect(await statuses(times(14, () => wrong(product.login.email)))).toEqual([
        ...times(10, () => 401),
        ...times(4, () => 429),
      ]);
    });

    test('begins anew with the right one, and a minute after the last', async () => {
      for (let round = 0; round < 2; round++) {
        expect(await statuses(times(9, () => wrong(product.login.email)))).toEqual(times(9, () => 401));
        expect((await signingIn(product.login)).status).toBe(200);
      }
      expect(await statuses(times(11, () => wrong(product.login.email)))).toContain(429);
      await product.database.query('update auth.rate_limit set last_request = last_request - 61000');
      expect((await signingIn(product.login)).status).toBe(200);
    });

    test('ends for an address that has tried a hundred times, whichever the accounts', async () => {
      await wrong('um@exemplo.com.br');
      const address = `key like '%/sign-in/email'`;
      await product.database.query(`update auth.rate_limit set count = 99 where ${address}`);
      expect((await wrong('outro@exemplo.com.br')).status).toBe(401);
      const answer = await signingIn(product.login);
      expect(answer).toMatchObject(problem(429, 'too_many_tries'));
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
    });

    test('is not told by what is kept of it', async () => {
      await wrong('senha-digitada-no-lugar-errado');
      const kept = await product.database.query<{ key: string }>('select key from auth.rate_limit');
      expect(kept).toHaveLength(2);
      expect(kept.filter(({ key }) => key.includes('senha'))).toEqual([]);
    });
  });

  test('is refused after ten tries, and says for how long', async () => {
    for (let tried = 0; tried < 10; tried++) {
      expect((await signingIn({ ...product.login, password: `palpite-numero-${tried}` })).status).toBe(401);
    }
    const answer = await signingIn(product.login);
    expect(answer).toMatchObject(problem(429, 'too_many_tries'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
    // What a client says of itself makes it no other.
    for (const header of ['x-forwarded-for', 'x-lead-flow-client']) {
      expect((await signingIn(product.login, { [header]: '203.0.113.9' })).status).toBe(429);
    }
  });

  test('is refused from the page of another site', async () => {
    const elsewhere = { origin: 'https://evil.example' };
    expect(await signingIn(product.login, elsewhere)).toMatchObject(problem(403, 'other_site'));
    expect(
      await signingIn(product.login, {
        origin: 'null',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
      }),
    ).toMatchObject(problem(403, 'other_site'));
  });

  test('is refused to somebody who is a member of no tenant', async () => {
    const login = { email: 'ex@exemplo.com.br', password: 'senha-de-quem-saiu' };
    await product.database.tenant(product.tenantId, async (rows) =>
      addOwner(rows, await hashUser({ ...login, name: 'Ex' })),
    );
    await product.database.query(
      `delete from auth.member using auth."user" u where u.id = user_id and u.email = $1`,
      [login.email],
    );
    expect(await signingIn(login)).toMatchObject(problem(403, 'no_tenant'));
  });

  test('nobody signs up, and what else the library could do is not served', async () => {
    const new_ = { name: 'Eu', email: 'eu@exemplo.com.br', password: 'senha-escolhida' };
    const { call } = await signIn(product);
    for (const [method, path, body] of [
      ['POST', '/sign-up/email', new_],
      ['POST', '/update-user', { name: 'Outro' }],
      ['POST', '/organization/create', { name: 'Minha', slug: 'minha' }],
      ['POST', '/organization/set-active', { organizationId: product.tenantId }],
      ['GET', '/ok', undefined],
    ] as const) {
      expect(await call(method, `/api/auth${path}`, body)).toMatchObject(problem(404, 'not_found'));
    }
    const wrongMethod = await call('GET', '/api/auth/sign-in/email');
    expect(wrongMethod).toMatchObject(problem(405, 'method_not_allowed'));
    expect(wrongMethod.headers.get('allow')).toBe('POST, OPTIONS');
  });
});

describe('a session', () => {
  const ended = (call: Awaited<ReturnType<typeof signIn>>['call']) =>
    until(async () => (await call('GET', '/v1/me')).status === 401, { ms: 20_000 });

  test('opens the API on the rows of its tenant alone', async () => {
    const other = await addTenant(product);
    const login = { email: 'outra@exemplo.com.br', password: 'senha-da-outra' };
    await product.database.tenant(other.tenantId, async (rows) =>
      addOwner(rows, await hashUser({ ...login, name: 'Outra' })),
    );
    const { lead_id: id } = await product.refer();
    const [ours, theirs] = [await signIn(product), await signIn(product, login)];
    expect((await ours.call('GET', `/v1/leads/${id}`)).status).toBe(200);
    expect(await theirs.call('GET', `/v1/leads/${id}`)).toMatchObject(problem(404, 'lead_not_found'));
    expect((await ours.call('GET', '/v1/leads')).body.leads).toHaveLength(1);
    expect((await theirs.call('GET', '/v1/leads')).body.leads).toEqual([]);
    expect((await theirs.call('GET', '/v1/me')).body).toMatchObject({
      tenant: { id: other.tenantId, name: 'Outra empresa' },
      user: { name: 'Outra', email: login.email },
    });
  });

  test('whose cookie was changed, or that was never signed, is none', async () => {
    const { cookie } = await signIn(product);
    const [name = '', value = ''] = cookie.split('=');
    const token = decodeURIComponent(value).split('.')[0] ?? '';
    const session = 'select from auth.session where token = $1';
    expect(await product.database.query(session, [token])).toHaveLength(1);
    for (const forged of [token, `${token}.`, `${token}.${Buffer.alloc(32).toString('base64')}`, '%', '']) {
      const answer = await asPage(product, `${name}=${forged}`)('GET', '/v1/me');
      expect(answer).toMatchObject(problem(401, 'session_over'));
    }
  });

  test('without one and without a key nobody gets in', async () => {
    expect(await asPage(product)('GET', '/v1/me')).toMatchObject(problem(401, 'no_api_key'));
  });

  test('ends when it is signed out of', async () => {
    const { call, cookie } = await signIn(product);
    expect((await call('GET', '/v1/me')).status).toBe(200);
    const answer = await call('POST', '/api/auth/sign-out');
    expect(signedOut.parse(answer.body)).toEqual({ success: true });
    expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([
      200,
      expect.stringMatching(/^lead-flow\.session_token=; Max-Age=0/),
    ]);
    await ended(asPage(product, cookie));
  });

  test('of every device ends within five seconds when one of them says so', async () => {
    const devices = [await signIn(product), await signIn(product), await signIn(product)];
    for (const { call } of devices) expect((await call('GET', '/v1/me')).status).toBe(200);
    const revoked = await devices[0]?.call('POST', '/api/auth/revoke-sessions');
    expect(sessionsRevoked.parse(revoked?.body)).toEqual({ status: true });
    await Promise.all(devices.map(({ call }) => ended(call)));
    expect(await devices[1]?.call('GET', '/v1/leads')).toMatchObject(problem(401, 'session_over'));
  });

  test('of every other device ends when the password is changed', async () => {
    const [here, there] = [await signIn(product), await signIn(product)];
    expect((await there.call('GET', '/v1/me')).status).toBe(200);
    const change = (body: object) => here.call('POST', '/api/auth/change-password', body);
    const { password } = product.login;
    expect(await change({ currentPassword: 'nao-e-esta', newPassword: 'uma-senha-nova' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [{ field: 'currentPassword', code: 'wrong_password' }] },
    });
    expect(await change({ currentPassword: password, newPassword: 'curta' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'newPassword', message: 'Use de 10 a 128 caracteres.' }] },
    });
    const changed = await change({ currentPassword: password, newPassword: 'uma-senha-nova' });
    expect(passwordChanged.parse(changed.body).user.email).toBe(product.login.email);
    await ended(there.call);
    expect((await asPage(product, cookiesOf(changed))('GET', '/v1/me')).status).toBe(200);
    expect(await signingIn(product.login)).toMatchObject(problem(401, 'wrong_login'));
    product.login.password = 'uma-senha-nova';
    await signIn(product);
  });

  test('ends within five seconds for a member who was removed', async () => {
    const login = { email: 'removida@exemplo.com.br', password: 'senha-da-removida' };
    await product.database.tenant(product.tenantId, async (rows) =>
      addOwner(rows, await hashUser({ ...login, name: 'Removida' })),
    );
    const { call } = await signIn(product, login);
    expect((await call('GET', '/v1/me')).status).toBe(200);
    await product.database.query(
      `delete from auth.member using auth."user" u where u.id = user_id and u.email = $1`,
      [login.email],
    );
    await ended(call);
  });

  test('ends when its time is over', async () => {
    const { call } = await signIn(product);
    const asked = async () => (await call('GET', '/v1/leads')).status;
    expect(await asked()).toBe(200);
    await product.database.query(`update auth.session set expires_at = now() - interval '1 second'`);
    await until(async () => (await asked()) === 401, { ms: 5_500 });
  });

  test('is lengthened once a day by the page that asks who it is', async () => {
    const { call, cookie } = await signIn(product);
    expect((await call('GET', '/v1/me')).headers.getSetCookie()).toEqual([]);
    await product.database.query(
      `update auth.session set expires_at = now() + interval '3 days', updated_at = now() - interval '4 days'`,
    );
    const again = await call('GET', '/v1/me');
    expect(cookiesOf(again)).toBe(cookie);
    const [session] = await product.database.query<{ days: number }>(
      `select extract(day from expires_at - now())::int as days from auth.session where token = $1`,
      [decodeURIComponent(cookie).split(/[=.]/)[2]],
    );
    expect(session?.days).toBe(6);
    expect((await call('GET', '/v1/leads')).headers.getSetCookie()).toEqual([]);
  });
});

describe('with a cookie', () => {
  const asked = (headers: Record<string, string>) => async () => {
    const { cookie } = await signIn(product);
    return product.call(
      'PATCH',
      '/v1/settings',
      { reworkLabel: 'x' },
      { authorization: '', cookie, ...headers },
    );
  };

  test.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring host', { 'sec-fetch-site': 'same-site' }],
    ['a page that hides itself', { origin: 'null' }],
    ['nowhere', {}],
  ])('nothing is changed from %s', async (_, headers) => {
    const before = (await product.call('GET', '/v1/settings')).body;
    expect(await asked(headers)()).toMatchObject(problem(403, 'other_site'));
    expect((await product.call('GET', '/v1/settings')).body).toEqual(before);
  });

  test('a page of our own changes things, and a key does from anywhere', async () => {
    expect(await asked({ 'sec-fetch-site': 'same-origin' })()).toMatchObject({ status: 200 });
    expect(await asked({ origin: product.url })()).toMatchObject({ status: 200 });
    const elsewhere = { origin: 'https://crm.example', 'sec-fetch-site': 'cross-site' };
    expect((await product.call('PATCH', '/v1/settings', { reworkLabel: 'y' }, elsewhere)).status).toBe(200);
    const { cookie } = await signIn(product);
    expect((await product.call('GET', '/v1/leads', undefined, { authorization: '', cookie })).status).toBe(
      200,
    );
  });
});
