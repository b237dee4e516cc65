import { connectionTest } from '../../src/contract/connection.ts';
import { newChannel } from '../../src/contract/listings.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { asContract } from '../harness/contract.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { envelope, gatewayToken, jid, wrote } from '../inbox/evolution-gateway.ts';
import { post } from '../inbox/webhooks.ts';
import { type FakeProvider, startProvider } from '../providers/http-server.ts';

let product: Product;
let far: FakeProvider;
/** What the gateway answers, by the beginning of the path. */
let answers: Record<string, [status: number, body: unknown]>;
beforeAll(async () => {
  product = await startProduct({ worker: false });
  far = await startProvider((request, response) => {
    const [, given] = Object.entries(answers).find(([path]) => request.url?.startsWith(path)) ?? [];
    const [status, body] = given ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});
beforeEach(() => {
  far.seen.length = 0;
  answers = {
    '/webhook/set/': [201, { id: 'x', enabled: true }],
    '/instance/connectionState/': [200, { instance: { instanceName: 'x', state: 'open' } }],
  };
});
afterAll(async () => {
  await product.stop();
  await far.close();
  await closeHttp();
});

let instances = 0;
const given = (over: object = {}) => ({
  kind: 'evolution',
  name: ' Vendas ',
  base_url: far.url,
  api_key: 'token-da-instancia',
  instance: `vendas ${++instances}`,
  chatwoot_inbox_id: 3,
  ...over,
});
const add = (over: object = {}) => product.call('POST', '/v1/channels', given(over));
const change = (id: string, body: unknown) => product.call('PATCH', `/v1/channels/${id}`, body);
const listed = async (id: string) =>
  (await product.call('GET', '/v1/channels')).body.channels.find((one: { id: string }) => one.id === id);
const says = (instance: string) => envelope(instance, 'messages.upsert', wrote(jid('5511987659999'), 'oi'));

describe('adding', () => {
  test('201 with both ways of setting the gateway up, which work; GET lists it without its secrets', async () => {
    const { status, body } = await add();
    expect([status, body]).toEqual([
      201,
      {
        id: expect.any(String),
        name: 'Vendas',
        kind: 'evolution',
        phone_number_id: null,
        instance: `vendas ${instances}`,
        connection: null,
        status_numbering: 'documented',
        state: 'active',
        pause_reason: null,
        paused_until: null,
        paused_by: null,
        quality: null,
        messaging_limit: null,
        messages_per_second: expect.closeTo(0.2),
        chatwoot_inbox_id: 3,
        relay_url: null,
        stopped_templates: [],
        webhook: {
          by_key: { path: expect.stringMatching(/^\/webhooks\/evolution\/evo_[\w-]{43}$/), headers: {} },
          by_secret: {
            path: '/api/webhooks/evolution/',
            headers: { 'x-webhook-secret': expect.stringMatching(/^evs_[\w-]{43}$/) },
          },
          events: expect.arrayContaining(['MESSAGES_UPSERT', 'MESSAGES_UPDATE', 'CONNECTION_UPDATE']),
        },
      },
    ]);
    const { webhook, ...channel } = body;
    asContract(newChannel, body);
    expect(await listed(body.id)).toEqual(channel);
    for (const { path, headers } of [webhook.by_key, webhook.by_secret]) {
      expect(await post(product.url + path, says(body.instance), headers)).toBe(200);
    }
    const { secret, token } = await sealed(body.id);
    expect(token).toBe('token-da-instancia');
    expect(secret).toEqual([webhook.by_secret.headers['x-webhook-secret']]);
  });

  test('with a secret, a numbering and a pace of one’s own', async () => {
    const { body } = await add({
      secret: ' um-segredo-de-verdade ',
      status_numbering: 'baileys',
      messages_per_second: 1,
    });
    expect(body).toMatchObject({ status_numbering: 'baileys', messages_per_second: 1 });
    expect(body.webhook.by_secret.headers).toEqual({ 'x-webhook-secret': 'um-segredo-de-verdade' });
  });

  test('an instance that is there: 409, and nothing changed; another tenant may have one of the name', async () => {
    const { body } = await add();
    const again = await add({ instance: body.instance, name: 'Outro', base_url: 'http://127.0.0.1:9' });
    expect([again.status, again.body]).toMatchObject([
      409,
      { code: 'channel_taken', errors: [{ field: 'instance', code: 'instance_taken' }] },
    ]);
    const { webhook, ...channel } = body;
    expect(await listed(body.id)).toEqual(channel);
    expect(await post(product.url + webhook.by_key.path, says(body.instance))).toBe(200);
    const second = await addTenant(product);
    expect((await second.call('POST', '/v1/channels', given({ instance: body.instance }))).status).toBe(201);
  });

  test('every field that is wrong is named', async () => {
    const { status, body } = await product.call('POST', '/v1/channels', { kind: 'evolution', secret: 'x' });
    expect([status, body.errors.map(({ field }: { field: string }) => field).toSorted()]).toEqual([
      400,
      ['api_key', 'base_url', 'chatwoot_inbox_id', 'instance', 'name', 'secret'],
    ]);
    expect((await add({ base_url: 'https://user:senha@evo.exemplo' })).body.errors[0].field).toBe('base_url');
  });
});

describe('changing', () => {
  test('the secret: two are believed until the former is dropped, or there is a third', async () => {
    const { body } = await add({ secret: 'primeiro-segredo-0' });
    const believed = async () => {
      const secrets = ['primeiro-segredo-0', 'segundo-segredo-00', 'terceiro-segredo-0'];
      const fits: number[] = [];
      for (const [index, secret] of secrets.entries()) {
        const bearer = { authorization: `Bearer ${gatewayToken(secret)}` };
        if ((await post(`${product.url}/api/webhooks/evolution`, says(body.instance), bearer)) === 200)
          fits.push(index);
      }
      return fits;
    };
    const remembered = () => new Promise((resolve) => setTimeout(resolve, 5_200));
    expect(await believed()).toEqual([0]);
    expect((await change(body.id, { secret: 'segundo-segredo-00' })).status).toBe(200);
    expect(await believed()).toEqual([0, 1]);
    await change(body.id, { secret: 'segundo-segredo-00' });
    expect(await believed()).toEqual([0, 1]);
    await change(body.id, { secret: 'terceiro-segredo-0' });
    await remembered();
    expect(await believed()).toEqual([1, 2]);
    expect((await change(body.id, { drop_former_secret: true })).status).toBe(200);
    await remembered();
    expect(await believed()).toEqual([2]);
  }, 30_000);

  test('of an official number: its app secret, likewise', async () => {
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    const official = channels.find(({ kind }: { kind: string }) => kind === 'whatsapp_cloud');
    expect(official).toMatchObject({ instance: null, connection: null, status_numbering: null });
    const { secret: before } = await sealed(official.id);
    await change(official.id, { secret: 'novo-app-secret-00' });
    expect((await sealed(official.id)).secret).toEqual(['novo-app-secret-00', ...before]);
    await change(official.id, { secret: before[0], drop_former_secret: true });
    expect((await sealed(official.id)).secret).toEqual(before);
    const { status, body } = await change(official.id, { status_numbering: 'baileys' });
    expect([status, body.errors]).toMatchObject([
      400,
      [{ field: 'status_numbering', code: 'not_for_this_kind' }],
    ]);
  });

  test('a channel of another tenant, or none: 404', async () => {
    const { body } = await add();
    const second = await addTenant(product);
    const stranger = await second.call('PATCH', `/v1/channels/${body.id}`, { secret: 'segredo-do-estranho' });
    expect(stranger.status).toBe(404);
    expect((await sealed(body.id)).secret).toEqual([body.webhook.by_secret.headers['x-webhook-secret']]);
  });
});

describe('a trial', () => {
  const tried = async (id: string) => {
    const { status, body } = await product.call('POST', `/v1/channels/${id}/test`);
    expect(status).toBe(200);
    return asContract(connectionTest, body);
  };

  test.each<[string, [status: number, body: unknown], string, string, RegExp]>([
    ['an open one', [200, { instance: { state: 'open' } }], 'instance', 'ok', /está conectada/],
    [
      'one that is closed',
      [200, { instance: { state: 'close' } }],
      'instance',
      'failed',
      /desconectada.*QR code/,
    ],
    [
      'one that connects',
      [200, { instance: { state: 'connecting' } }],
      'instance',
      'failed',
      /tentando.*QR code/,
    ],
    [
      'one that gave up',
      [200, { instance: { state: 'refused' } }],
      'instance',
      'failed',
      /desistiu.*Gere outro/,
    ],
    ['a wrong token', [401, {}], 'token', 'failed', /recusou o token.*Confira o token/],
    ['no such instance', [404, {}], 'instance', 'failed', /não conhece esta instância.*Confira o nome/],
    ['an outage', [500, ''], 'address', 'failed', /não respondeu como devia.*no ar/],
  ])('of %s', async (_name, answer, name, state, words) => {
    const { body } = await add();
    answers['/instance/connectionState/'] = answer;
    const check = { name, state, message: expect.stringMatching(words) };
    expect(await tried(body.id)).toEqual({ ok: state === 'ok', checks: [check] });
    // What the gateway said is kept.
    const [status, said] = answer;
    const connection = status === 200 ? (said as { instance: { state: string } }).instance.state : null;
    expect((await listed(body.id)).connection).toBe(connection);
  });
});

describe('telling the gateway where to call', () => {
  const register = (id: string, url = 'https://lead-flow.exemplo.com.br/') =>
    product.call('POST', `/v1/channels/${id}/webhook`, { url });

  test('sets our address with the newest secret, and shows the connection', async () => {
    const { body } = await add({ secret: 'segredo-do-gateway' });
    const { status, body: answer } = await register(body.id);
    const url = 'https://lead-flow.exemplo.com.br/api/webhooks/evolution/';
    expect([status, answer]).toEqual([200, { url, connection: 'open' }]);
    expect(far.seen.map(({ method, path, headers }) => [method, path, headers.apikey])).toEqual([
      ['POST', `/webhook/set/vendas%20${instances}`, 'token-da-instancia'],
      ['GET', `/instance/connectionState/vendas%20${instances}`, 'token-da-instancia'],
    ]);
    expect(JSON.parse(far.seen[0]?.body ?? '')).toEqual({
      webhook: {
        enabled: true,
        url,
        headers: { 'x-webhook-secret': 'segredo-do-gateway' },
        byEvents: false,
        base64: false,
        events: body.webhook.events,
      },
    });
    expect((await listed(body.id)).connection).toBe('open');
  });

  test.each<[string, number, unknown, string, string]>([
    ['a wrong token', 401, { status: 401, error: 'Unauthorized' }, 'gateway_refused', 'unauthorized'],
    [
      'no such instance',
      404,
      { status: 404, response: { message: ['not there'] } },
      'gateway_refused',
      'not_found',
    ],
    ['a refusal', 400, { response: { message: [['events is wrong']] } }, 'gateway_refused', 'refused'],
    ['an outage', 500, '', 'gateway_unavailable', 'unavailable'],
  ])('%s: 502 that says so', async (_name, status, said, code, kind) => {
    const { body } = await add();
    answers['/webhook/set/'] = [status, said];
    const answer = await register(body.id);
    expect([answer.status, answer.body.code, answer.body.errors[0].code]).toEqual([502, code, kind]);
    if (kind === 'refused') expect(answer.body.errors[0].message).toContain('events is wrong');
    expect((await listed(body.id)).connection).toBeNull();
  });

  test('a gateway that is away: 502; a number that has none: 409; none at all: 404', async () => {
    const { body } = await add({ base_url: 'http://127.0.0.1:1' });
    expect((await register(body.id)).body.code).toBe('gateway_unavailable');
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    const official = channels.find(({ kind }: { kind: string }) => kind === 'whatsapp_cloud');
    expect((await register(official.id)).body.code).toBe('not_a_gateway');
    expect((await register('0198c1e8-0000-7000-8000-000000000000')).body.code).toBe('channel_not_found');
    expect((await register('x')).body.code).toBe('channel_not_found');
  });
});

async function sealed(id: string): Promise<{ secret: string[]; token: string }> {
  const [stored] = await product.query<{ app_secrets_sealed: Buffer; token_sealed: Buffer }>(
    'select app_secrets_sealed, token_sealed from channel where id = $1',
    [id],
  );
  const { open } = createSealing(product.secretKey);
  return {
    secret: JSON.parse(open(stored?.app_secrets_sealed ?? Buffer.alloc(0))),
    token: open(stored?.token_sealed ?? Buffer.alloc(0)),
  };
}
