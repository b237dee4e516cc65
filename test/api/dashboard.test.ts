import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFolder } from '../harness/processes.ts';
import { type Product, startProduct } from '../harness/product.ts';

let product: Product;
let folder: string;
beforeAll(async () => {
  folder = join(await ownFolder('dashboard'), 'built');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__"><p>Painel</p>');
  await writeFile(join(folder, 'assets/index-a1b2.js'), 'export {};');
  await writeFile(join(folder, 'assets/index-a1b2.css'), 'p {}');
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, '.inputs'), 'not for everybody');
  product = await startProduct({ worker: false, variables: { LEAD_FLOW_DASHBOARD_DIR: folder } });
});
afterAll(() => product.stop());

const get = (path: string, method = 'GET') => product.call(method, path, undefined, { authorization: '' });
const policyOf = ({ headers }: { headers: Headers }) =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );

test.each(['/', '/leads/01a203d9', '/configuracoes?aba=chaves', '/versao', '/index.html'])(
  'the page is at %s, with a nonce of its own',
  async (path) => {
    const [one, two] = [await get(path), await get(path)];
    expect([one.status, one.headers.get('content-type'), one.headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    const nonces = [one, two].map(({ body }) => /content="([\w-]{22})"/.exec(body)?.[1]);
    expect(new Set(nonces).size).toBe(2);
    expect(policyOf(one)).toEqual({
      'default-src': "'self'",
      'script-src': "'self'",
      'style-src': `'self' 'nonce-${nonces[0]}'`,
      'img-src': "'self' data:",
      'connect-src': "'self'",
      'object-src': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
      'form-action': "'self'",
    });
    expect(one.headers.get('x-content-type-options')).toBe('nosniff');
  },
);

test('HEAD asks for the page, too', async () => {
  expect((await get('/leads', 'HEAD')).status).toBe(200);
});

test.each([
  ['/assets/index-a1b2.js', /^text\/javascript/],
  ['/assets/index-a1b2.css', /^text\/css/],
])('%s is kept by the browser for good', async (path, type) => {
  const { status, headers } = await get(path);
  expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
    200,
    expect.stringMatching(type),
    'public, max-age=31536000, immutable',
  ]);
});

test('a file that may change is asked for anew', async () => {
  const { headers } = await get('/favicon.svg');
  expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
    'image/svg+xml',
    'public, max-age=0',
  ]);
});

test.each([
  ['/assets/index-old.js', 404],
  ['/assets/', 404],
  ['/v1', 401],
  ['/v1/leads', 401],
  ['/api/auth/nothing', 404],
  ['/api', 404],
  ['/health/nothing', 404],
  ['/metrics/nothing', 404],
  ['/webhooks', 404],
  ['/docs/nothing', 404],
])('%s is no page: a problem, of which nothing may be loaded', async (path, status) => {
  const answer = await get(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
  ]);
  if (!path.startsWith('/webhooks')) {
    expect(policyOf(answer)).toEqual({
      'default-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
  }
});

test.each(['POST', 'PUT', 'DELETE'])('%s on a page is a problem', async (method) => {
  expect(await get('/leads', method)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test.each(['/.inputs', '/..%2f..%2fetc/passwd', '/assets/..%2f.inputs', '/%'])(
  'nothing else is served: %s',
  async (path) => {
    const { body } = await get(path);
    expect(JSON.stringify(body)).not.toMatch(/not for everybody|root:/);
  },
);

test('where it is not built, the answer says how', async () => {
  await rename(folder, `${folder}.away`);
  const answer = await get('/');
  await rename(`${folder}.away`, folder);
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([
    503,
    'text/plain; charset=utf-8',
    expect.stringContaining('npm run build:dashboard'),
  ]);
  expect((await get('/')).status).toBe(200);
});
