import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { startApi } from '../harness/processes.ts';
import { cookiesOf } from '../harness/signing-in.ts';
import { suiteProduct } from '../harness/suite-product.ts';

// As behind a proxy that does https: it says in headers who asks, and of which address.

const product = suiteProduct({
  worker: false,
  variables: { LEAD_FLOW_PUBLIC_URL: 'https://leads.example.com' },
});

const through = (client: string) => ({
  authorization: '',
  'x-forwarded-for': client,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'leads.example.com',
  origin: 'https://leads.example.com',
});
const signIn = (headers: Record<string, string>, password = product.login.password) =>
  product.call('POST', '/api/auth/sign-in/email', { ...product.login, password }, headers);

test('over https the cookie is for https alone, and opens the API', async () => {
  const answer = await signIn(through('203.0.113.1'));
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Secure-lead-flow\.session_token=\S+;.* HttpOnly; Secure; SameSite=Lax$/),
  ]);
  const cookie = cookiesOf(answer);
  const page = { ...through('203.0.113.1'), cookie };
  expect((await product.call('GET', '/v1/me', undefined, page)).status).toBe(200);
  expect((await product.call('POST', '/api/auth/sign-out', undefined, page)).status).toBe(200);
});

test('on the machine itself, over http, one signs in as well', async () => {
  const answer = await signIn({ authorization: '', origin: product.url });
  expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^lead-flow\.session_token=/)]);
  expect(answer.headers.getSetCookie()[0]).not.toContain('Secure');
});

test('tries are counted by the address that the proxy tells, not by what a client adds', async () => {
  for (let tried = 0; tried < 10; tried++) {
    const forged = `198.51.100.${tried}, 203.0.113.7`;
    expect((await signIn(through(forged), 'um-palpite-errado')).status).toBe(401);
  }
  expect((await signIn(through('203.0.113.7'))).status).toBe(429);
  expect((await signIn(through('203.0.113.8'))).status).toBe(200);
});

const anotherApi = () =>
  startApi(
    {
      databaseUrl: product.databaseUrl,
      secretKey: product.secretKey,
      temporalAddress: '127.0.0.1:9',
      temporalNamespace: 'default',
    },
    { env: { LEAD_FLOW_PUBLIC_URL: 'https://leads.example.com' } },
  );

test('another process of the API counts the same tries, and knows the same sessions', async () => {
  const other = await anotherApi();
  const ask = (path: string, headers: Record<string, string>, body?: object) =>
    fetch(other.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    }).then(({ status }) => status);
  expect(await ask('/api/auth/sign-in/email', through('203.0.113.7'), product.login)).toBe(429);
  const cookie = cookiesOf(await signIn(through('203.0.113.9')));
  expect(await ask('/v1/me', { cookie })).toBe(200);
  await other.stop();
});

test('the connections of a proxy outlive its patience, and hold up no stop', async () => {
  const other = await anotherApi();
  const agent = new Agent({ keepAlive: true });
  const underWay = request(`${other.url}/v1/leads`, {
    method: 'POST',
    agent,
    headers: { 'x-api-key': product.apiKey, 'content-type': 'application/json', expect: '100-continue' },
  });
  const answered = once(underWay, 'response');
  await once(underWay, 'continue');
  const stopping = Date.now();
  const stopped = other.stop();
  underWay.end('{}');
  const [response] = (await answered) as [IncomingMessage];
  expect(response).toMatchObject({ statusCode: 400, headers: { 'keep-alive': 'timeout=75' } });
  await text(response);
  await stopped;
  // Where the connection held it up, it would be broken off after ten seconds.
  expect(Date.now() - stopping).toBeLessThan(9_000);
  agent.destroy();
});
