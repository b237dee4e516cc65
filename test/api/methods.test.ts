import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

const ID = '0198c1e8-0000-7000-8000-000000000000';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ROUTES: [string, string[]][] = [
  ['/v1/leads', ['POST', 'GET', 'HEAD']],
  [`/v1/leads/${ID}`, ['GET', 'PATCH', 'HEAD']],
  [`/v1/leads/${ID}/rework-now`, ['POST']],
  [`/v1/leads/${ID}/opt-out`, ['POST']],
  [`/v1/leads/${ID}/attention`, ['DELETE']],
  ['/v1/conversions', ['POST']],
  [`/v1/send-attempts/${ID}/decision`, ['POST']],
  ['/v1/settings', ['GET', 'PATCH', 'HEAD']],
  ['/v1/consultants', ['GET', 'POST', 'HEAD']],
  [`/v1/consultants/${ID}`, ['PATCH']],
  ['/v1/channels', ['GET', 'POST', 'HEAD']],
  [`/v1/channels/${ID}`, ['PATCH']],
  [`/v1/channels/${ID}/webhook`, ['POST']],
  [`/v1/channels/${ID}/test`, ['POST']],
  ['/v1/chatwoot', ['GET', 'PATCH', 'HEAD']],
  ['/v1/chatwoot/test', ['POST']],
  ['/v1/chatwoot/directory', ['GET', 'HEAD']],
  ['/v1/flows', ['GET', 'HEAD']],
  [`/v1/flows/${ID}`, ['PATCH']],
  ['/v1/templates', ['GET', 'HEAD']],
  ['/v1/templates/sync', ['POST']],
  ['/v1/test-phone', ['GET', 'HEAD']],
  ['/v1/test-phone/replies', ['POST']],
  ['/health/live', ['GET', 'HEAD']],
  ['/health/ready', ['GET', 'HEAD']],
  ['/metrics', ['GET', 'HEAD']],
];

test.each(ROUTES)('%s: 405 for what is none of its methods, which Allow names', async (path, methods) => {
  const allow = [...methods, 'OPTIONS'].join(', ');
  for (const method of METHODS) {
    const { status, headers, body } = await product.call(method, path);
    if (methods.includes(method)) {
      expect([method, status]).not.toEqual([method, 405]);
      continue;
    }
    expect([method, status, headers.get('allow')]).toEqual([method, 405, allow]);
    if (method === 'HEAD') continue;
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ code: 'method_not_allowed', status: 405 });
  }
  const { status, headers } = await product.call('OPTIONS', path);
  expect([status, headers.get('allow')]).toEqual([204, allow]);
});

test('where there is nothing: 404, whatever the method', async () => {
  for (const method of METHODS) {
    for (const path of ['/v1/lead', '/v1', `/v1/leads/${ID}/nothing`, '/api/nothing']) {
      expect((await product.call(method, path)).status).toBe(404);
    }
  }
});

test('without a key: 401, whatever the method', async () => {
  expect((await product.call('PUT', '/v1/leads', {}, { authorization: '' })).status).toBe(401);
});
