import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { whileInsertsFail } from '../harness/owner.ts';
import type { Product } from '../harness/product.ts';
import { addTenant, type SecondTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  addGateway,
  envelope,
  expectNoSecretStored,
  type Gateway,
  gatewayToken,
  jid,
  posting,
  suiteGateway,
  TOKEN,
  wrote,
} from './evolution-gateway.ts';
import { applyEvents, nothing, ONE, post, storing } from './webhooks.ts';

const product = suiteProduct({ worker: false });
const { gateway, upsert, hear } = suiteGateway(product);

describe('by the key in the address', () => {
  test('a message: processed, and stored once', async () => {
    const body = upsert(wrote(jid('5511987650001'), 'oi'));
    const send = () => posting(gateway.byKey, body);
    expect(await storing(product, async () => (await send()).said)).toEqual({ ...ONE, result: 'processed' });
    expect(await storing(product, async () => (await send()).http)).toEqual(nothing(200));
  });

  test('100 copies at once: one event, one suppression, and every one is told 200', async () => {
    const body = upsert(wrote(jid('5511987650002'), 'Sair!'));
    const answers = await storing(product, () =>
      Promise.all(Array.from({ length: 100 }, () => post(gateway.byKey, body))),
    );
    expect(answers).toEqual({ result: Array(100).fill(200), events: 1, stops: 1 });
  });

  test('one address for each event, also where the body does not name it', async () => {
    const { event: _none, ...body } = upsert(wrote(jid('5511987650003'), 'oi'));
    const send = async () => (await posting(`${gateway.byKey}/messages-upsert`, body)).said;
    expect(await storing(product, send)).toEqual({ ...ONE, result: 'processed' });
    expect((await posting(`${gateway.byKey}/presence-update`, { ...body, event: null })).said).toBe(
      'ignored',
    );
  });

  test('what nobody will ask for is not stored', async () => {
    const presence = envelope(gateway.instance, 'presence.update', {
      id: jid('5511987650003'),
      presences: {},
    });
    expect(await storing(product, async () => (await posting(gateway.byKey, presence)).said)).toEqual({
      result: 'ignored',
      events: 0,
      stops: 0,
    });
  });

  test('a key nobody has, and one of another kind: 404', async () => {
    const body = upsert(wrote(jid('5511987650004'), 'SAIR'));
    for (const url of [`${gateway.byKey}x`, product.webhooks.whatsapp.replace('whatsapp', 'evolution')]) {
      expect(await storing(product, () => post(url, body))).toEqual(nothing(404));
    }
    const elsewhere = gateway.byKey.replace('/evolution/', '/chatwoot/');
    expect(await storing(product, () => post(elsewhere, body))).toEqual(nothing(404));
  });

  test('the key proves the gateway: the secret need not fit besides', async () => {
    const send = async () =>
      (await posting(gateway.byKey, upsert(wrote(jid('5511987650005'), 'oi')), { 'x-webhook-secret': 'x' }))
        .http;
    expect(await storing(product, send)).toEqual(ONE);
  });

  test('one address for all of the instances: each is its own channel', async () => {
    const other = await addGateway(product);
    await posting(
      gateway.byKey,
      envelope(other.instance, 'messages.upsert', wrote(jid('5511987650006'), 'oi')),
    );
    const [event] = await product.query('select endpoint_id from inbox_event order by id desc limit 1');
    expect(event).toEqual({ endpoint_id: other.id });
  });

  test('an instance that is none of ours: ignored, nothing of what was said there kept, no stop', async () => {
    const body = envelope('de-outra-empresa', 'messages.upsert', wrote(jid('5511987650007'), 'SAIR'));
    const send = async () => (await posting(gateway.byKey, body)).said;
    expect(await storing(product, send)).toEqual({ result: 'ignored', events: 1, stops: 0 });
    expect(await storing(product, send)).toEqual({ result: 'ignored', events: 0, stops: 0 });
    await applyEvents(product);
    const [event] = await product.query('select payload, outcome from inbox_event order by id desc limit 1');
    expect(event).toMatchObject({
      outcome: 'ignored',
      payload: { instance: 'de-outra-empresa', reason: 'other_instance', pieces: [] },
    });
  });
});

describe('by the instance and a secret', () => {
  const send = (headers: Record<string, string>, body: unknown = upsert(wrote(jid('5511987650010'), 'oi'))) =>
    storing(product, () => post(gateway.bySecret, body, headers));

  test('in a header, as a bearer, as a token; with the event in the path or not', async () => {
    const { secret } = gateway;
    expect(await send({ 'x-webhook-secret': secret })).toEqual(ONE);
    expect(await send({ authorization: `Bearer ${secret}` })).toEqual(ONE);
    expect(await send({ authorization: `Bearer ${gatewayToken(secret)}` })).toEqual(ONE);
    const byEvents = () =>
      post(`${gateway.bySecret}messages-upsert`, upsert(wrote(jid('5511987650010'), 'oi')), {
        'x-webhook-secret': secret,
      });
    expect(await storing(product, byEvents)).toEqual(ONE);
  });

  test('wrong or none: 401', async () => {
    const { secret } = gateway;
    const expired = Math.floor(Date.now() / 1000) - 3_600;
    const refused: Record<string, string>[] = [
      {},
      { 'x-webhook-secret': '' },
      { 'x-webhook-secret': `${secret}x` },
      { 'x-webhook-secret': TOKEN },
      { authorization: `Basic ${secret}` },
      { authorization: `Bearer ${gatewayToken('another secret of 16')}` },
      { authorization: `Bearer ${gatewayToken(secret, { exp: expired })}` },
      { authorization: `Bearer ${gatewayToken(secret, { app: 'other' })}` },
    ];
    for (const headers of refused) expect(await send(headers)).toEqual(nothing(401));
  });

  test('an instance nobody has, or none: 404; a body that is none: 400', async () => {
    const headers = { 'x-webhook-secret': gateway.secret };
    expect(await send(headers, { ...upsert([]), instance: 'ninguem' })).toEqual(nothing(404));
    expect(await send(headers, { event: 'messages.upsert', data: {} })).toEqual(nothing(404));
    for (const body of [
      '{"event":',
      '',
      '{"a":1,"a":2}',
      `{"instance":"${gateway.instance}","__proto__":{}}`,
    ]) {
      expect(await storing(product, () => post(gateway.bySecret, Buffer.from(body), headers))).toEqual(
        nothing(400),
      );
    }
    expect(
      await storing(product, () => post(gateway.bySecret, Buffer.alloc(1_100_000, ' '), headers)),
    ).toEqual(nothing(413));
  });

  test('a body of the right sender that is broken: 400, and the fact alone is kept', async () => {
    const broken = () => post(gateway.byKey, Buffer.from(JSON.stringify(upsert([])).slice(0, -2)));
    expect(await storing(product, broken)).toEqual({ ...ONE, result: 400 });
    const gzipped = () =>
      post(gateway.byKey, gzipSync(JSON.stringify(upsert(wrote(jid('5511987650011'), 'oi')))), {
        'content-encoding': 'gzip',
      });
    expect(await storing(product, gzipped)).toEqual(ONE);
  });

  test('two tenants have an instance of one name: the secret decides whose it is', async () => {
    const second: SecondTenant = await addTenant(product);
    const theirs = await addGateway({ ...second, url: product.url }, { instance: gateway.instance });
    const count = async ({ query }: { query: Product['query'] }) =>
      (await query<{ n: number }>('select count(*) as n from inbox_event'))[0]?.n ?? 0;
    const before = [await count(product), await count(second)];
    const body = () => upsert(wrote(jid('5511987650012'), 'oi'));
    expect(await post(theirs.bySecret, body(), { 'x-webhook-secret': theirs.secret })).toBe(200);
    expect([await count(product), await count(second)]).toEqual([before[0], before[1]! + 1]);
    expect(await post(gateway.bySecret, body(), { 'x-webhook-secret': gateway.secret })).toBe(200);
    expect([await count(product), await count(second)]).toEqual([before[0]! + 1, before[1]! + 1]);
    expect(await post(gateway.bySecret, body(), { 'x-webhook-secret': TOKEN })).toBe(401);
  });

  test('what was set up or changed a moment ago counts: the gateway would not ask again', async () => {
    const instance = `logo-${randomUUID()}`;
    const body = () => envelope(instance, 'messages.upsert', wrote(jid('5511987650013'), 'oi'));
    const secret = 'um segredo qualquer'.replaceAll(' ', '-');
    const ask = (given: string) => post(gateway.bySecret, body(), { 'x-webhook-secret': given });
    expect(await ask(secret)).toBe(404);
    const { id } = await addGateway(product, { instance, secret });
    expect(await ask(secret)).toBe(200);
    const next = 'outro-segredo-qualquer';
    expect(await ask(next)).toBe(401);
    await product.call('PATCH', `/v1/channels/${id}`, { secret: next });
    expect([await ask(next), await ask(secret)]).toEqual([200, 200]);
  });
});

describe('a passing fault: 503, as no gateway repeats after a 4xx', () => {
  const ways = ['byKey', 'bySecret'] as const;
  const send = async (way: (typeof ways)[number], given: Gateway, body: unknown) => {
    const { http, headers } = await posting(given[way], body, { 'x-webhook-secret': given.secret });
    return [http, headers.get('retry-after')];
  };

  test.each(ways)('%s: it cannot be stored, and can be a moment later', async (way) => {
    const body = upsert(wrote(jid('5511987650014'), 'SAIR'));
    await whileInsertsFail(product, 'inbox_event', async () => {
      expect(await storing(product, () => send(way, gateway, body))).toEqual({
        result: [503, '5'],
        events: 0,
        stops: 0,
      });
    });
    expect(await storing(product, () => send(way, gateway, body))).toMatchObject({
      result: [200, null],
      events: 1,
    });
  });

  test('the secrets cannot be opened', async () => {
    const broken = await addGateway(product);
    const sealed = randomBytes(60);
    await product.query('update channel set app_secrets_sealed = $2 where id = $1', [broken.id, sealed]);
    const body = envelope(broken.instance, 'messages.upsert', wrote(jid('5511987650015'), 'oi'));
    expect(await send('bySecret', broken, body)).toEqual([503, '5']);
    expect(await send('byKey', broken, body)).toEqual([200, null]);
  });
});

test('the token of the gateway is nowhere in what was stored', async () => {
  await hear('unknown.thing', { note: `copied ${TOKEN}`, apikey: TOKEN }, { x: TOKEN });
  await expectNoSecretStored(product, gateway);
});
