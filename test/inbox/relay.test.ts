import { randomUUID } from 'node:crypto';
import { metaSignatureValid, signMeta } from '../../src/domain/signature.ts';
import { createRelay, type Relay } from '../../src/inbox/relay.ts';
import { servicesOf, startWorker } from '../harness/processes.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { type Arrived, type FarEnd, openFarEnd } from './far-end.ts';
import { applyEvents, post, postWhatsApp, text } from './webhooks.ts';

let product: Product;
let far: FarEnd;
/** Other addresses of other channels. */
const others: FarEnd[] = [];
let relay: Relay;
let channelId: string;

beforeAll(async () => {
  product = await startProduct({ worker: false });
  far = await openFarEnd();
  relay = createRelay(product.database, { answerMs: 500 });
  channelId = (await product.call('GET', '/v1/channels')).body.channels[0].id;
  expect((await relayTo(far.url)).status).toBe(200);
  // For five seconds the API may remember that nothing is passed on.
  await until(async () => {
    await send('já?');
    return (await waiting()).length > 0;
  });
});
afterAll(async () => {
  await relay.stop();
  for (const one of [far, ...others]) await one.close();
  await product.stop();
});
beforeEach(async () => {
  await product.query('delete from relay');
  far.arrived.length = 0;
  far.answer = 200;
});

const relayTo = (relay_url: unknown) => product.call('PATCH', `/v1/channels/${channelId}`, { relay_url });
const waiting = () =>
  product.query<{ attempts: number; error: string | null; seconds: number }>(
    `select attempts, error, extract(epoch from due_at - now())::float as seconds from relay order by id`,
  );
const due = () => product.query('update relay set due_at = now()');
/** Passes on until nothing is left of what is due. */
async function passOn(by = relay): Promise<void> {
  const isDue = async () => (await waiting()).some(({ seconds }) => seconds <= 0);
  do {
    while ((await by.pass()) > 0);
    await by.stop();
  } while (await isDue());
}
const bodies = (arrived: readonly Arrived[]) =>
  arrived.map(({ body }) => JSON.parse(body.toString()).entry[0].changes[0].value.messages[0].text.body);
const send = async (...words: string[]) => {
  for (const word of words) expect(await postWhatsApp(product, text('5511987650001', word))).toBe(200);
};

describe('relay_url', () => {
  test.each([
    ['ftp://chatwoot.example/x', 'http ou https'],
    ['chatwoot.example', 'http ou https'],
    ['', 'http ou https'],
    [7, 'http ou https'],
    ['https://eu:segredo@chatwoot.example/x', 'sem usuário e senha'],
    [`https://chatwoot.example/${'x'.repeat(2_000)}`, '2000'],
  ])('%j is refused, and what was there stays', async (given, words) => {
    const answer = await relayTo(given);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { field: 'relay_url', code: expect.any(String), message: expect.stringContaining(words) },
    ]);
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    expect(channels[0].relay_url).toBe(far.url);
  });

  test('null: what waits is forgotten', async () => {
    await send('esquecida');
    expect(await waiting()).toHaveLength(1);
    expect((await relayTo(null)).body).toMatchObject({ id: channelId, relay_url: null });
    await passOn();
    expect(await waiting()).toEqual([]);
    expect(far.arrived).toEqual([]);
    expect((await relayTo(far.url)).body).toMatchObject({ relay_url: far.url });
  });

  test('an Evolution instance passes nothing on', async () => {
    const [instance] = await product.query<{ id: string }>(
      `insert into channel (tenant_id, kind, name, base_url, instance, token_sealed, app_secrets_sealed,
         webhook_key_hash, chatwoot_inbox_id)
       select tenant_id, 'evolution', 'Instância', base_url, 'vendas', token_sealed, app_secrets_sealed, '\\x01', 1
       from channel where id = $1 returning id`,
      [channelId],
    );
    const answer = await product.call('PATCH', `/v1/channels/${instance?.id}`, { relay_url: far.url });
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, 'relay_url']);
  });
});

describe('what is passed on', () => {
  test('every byte as it came, with its signature and type', async () => {
    const escaped = JSON.stringify(text('5511987650001', 'Não quero 👍 http://x/y'))
      .replaceAll('/', '\\/')
      .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replace('{', '{ \n');
    const sent = [Buffer.from(escaped), Buffer.from(JSON.stringify(text('5511', 'plain: não 👍')))];
    for (const body of sent) expect(await postWhatsApp(product, body)).toBe(200);
    await passOn();
    expect(far.arrived.map(({ body }) => body.toString('hex'))).toEqual(sent.map((b) => b.toString('hex')));
    for (const { headers, body, path } of far.arrived) {
      const secrets = [product.sandbox.whatsapp.appSecret];
      expect(metaSignatureValid(body, String(headers['x-hub-signature-256']), secrets)).toBe(true);
      expect(headers['content-type']).toBe('application/json');
      expect(path).toBe('/webhooks/whatsapp/+551130000000');
    }
    expect(await waiting()).toEqual([]);
  });

  test('once, however often it is delivered here; and what brings no event of ours, too', async () => {
    const body = text('5511987650001', 'uma vez');
    await Promise.all(Array.from({ length: 20 }, () => postWhatsApp(product, body)));
    await passOn();
    await postWhatsApp(product, body);
    await passOn();
    expect(bodies(far.arrived)).toEqual(['uma vez']);
    await postWhatsApp(product, { object: 'page', entry: [] });
    await passOn();
    expect(far.arrived.at(-1)?.body.toString()).toBe('{"object":"page","entry":[]}');
  });

  test('not what is refused, not what is not signed', async () => {
    await postWhatsApp(product, Buffer.from('{"a":1,"a":2}'));
    await post(product.webhooks.whatsapp, text('5511', 'x'));
    expect(await waiting()).toEqual([]);
  });

  test('in the order of receipt, several at once', async () => {
    let open = 0;
    let most = 0;
    far.answer = (response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(204).end();
      }, 50);
    };
    const words = Array.from({ length: 24 }, (_, n) => `${n}`);
    await send(...words);
    await passOn();
    expect(most).toBe(8);
    // Of those that are on their way together any may arrive first.
    const places = bodies(far.arrived).map((word, place) => Math.abs(Number(word) - place));
    expect(places).toHaveLength(24);
    expect(Math.max(...places)).toBeLessThan(8);
  });
});

describe('a far end that does not take it', () => {
  test.each<[string, FarEnd['answer'], string]>([
    ['500', 500, 'HTTP 500'],
    ['404', 404, 'HTTP 404'],
    ['a redirect, which is not followed', 302, 'HTTP 302'],
    ['no answer in time', () => {}, 'no answer (500 ms)'],
    ['an answer cut off', (response) => response.socket?.destroy(), 'no answer (UND_ERR_SOCKET)'],
  ])('%s: kept, with the reason, and tried again', async (_, answer, error) => {
    await send('fica');
    far.answer = answer;
    await passOn();
    expect(far.arrived).toHaveLength(1);
    const [kept] = await waiting();
    expect(kept).toMatchObject({ attempts: 1, error });
    expect(kept?.seconds).toBeGreaterThan(0.5);
    far.answer = 200;
    await until(async () => {
      await due();
      await passOn();
      return (await waiting()).length === 0;
    });
    expect(bodies(far.arrived)).toEqual(['fica', 'fica']);
  });

  test('away for a while: one asks for all, later each time, and then everything arrives in its order', async () => {
    await far.close();
    const own = createRelay(product.database, { answerMs: 500 });
    const words = Array.from({ length: 30 }, (_, n) => `${n}`);
    await send(...words);
    await passOn(own);
    const first = await waiting();
    expect(first).toHaveLength(30);
    expect(new Set(first.map(({ error }) => error))).toEqual(new Set(['no answer (ECONNREFUSED)']));
    await due();
    await passOn(own);
    // Nothing was asked again so soon: all of them were put off once more.
    for (const { seconds } of await waiting()) expect(seconds).toBeLessThanOrEqual(4);
    far = await openFarEnd(Number(new URL(far.url).port));
    const awake = createRelay(product.database, { answerMs: 500 });
    await due();
    await passOn(awake);
    expect(bodies(far.arrived).sort((a, b) => a - b)).toEqual(words);
    expect(await waiting()).toEqual([]);
  });

  test('one that it stumbles over does not stay at the head of the others', async () => {
    far.answer = (response) => {
      const poison = far.arrived.at(-1)?.body.includes('veneno');
      response.writeHead(poison ? 500 : 200).end();
    };
    await send('veneno');
    await passOn();
    await send('a', 'b');
    await until(async () => {
      await passOn();
      return (await waiting()).length === 1;
    });
    expect((await waiting())[0]).toMatchObject({ error: 'HTTP 500' });
    expect(bodies(far.arrived).filter((word) => word !== 'veneno')).toEqual(['a', 'b']);
    far.answer = 200;
    await until(async () => {
      await due();
      await passOn();
      return (await waiting()).length === 0;
    });
  });

  test('it waits a quarter of an hour at most', async () => {
    await send('velha');
    await product.query('update relay set attempts = 40');
    far.answer = 403;
    await passOn();
    const [kept] = await waiting();
    expect(kept?.seconds).toBeGreaterThan(890);
    expect(kept?.seconds).toBeLessThanOrEqual(900);
  });

  test('a slow one does not hold up another channel', async () => {
    const other = await openFarEnd();
    others.push(other);
    await product.query(
      `insert into channel (tenant_id, kind, name, base_url, api_version, phone_number_id, token_sealed,
         app_secrets_sealed, verify_token_sealed, webhook_key_hash, chatwoot_inbox_id, relay_url)
       select tenant_id, kind, 'Outro', base_url, api_version, 'other', token_sealed, app_secrets_sealed,
         verify_token_sealed, '\\x02', 1, $2 from channel where id = $1`,
      [channelId, other.url],
    );
    far.answer = () => {};
    await send(...Array.from({ length: 25 }, (_, n) => `lenta ${n}`));
    await product.query(
      `insert into relay (tenant_id, channel_id, body, signature)
       select tenant_id, id, 'x', 'y' from channel where phone_number_id = 'other'`,
    );
    const slow = createRelay(product.database, { answerMs: 60_000 });
    const started = Date.now();
    while ((await slow.pass()) > 0);
    await until(() => other.arrived.length === 1);
    expect(Date.now() - started).toBeLessThan(30_000);
    await far.close();
    await slow.stop();
    far = await openFarEnd(Number(new URL(far.url).port));
  });
});

describe('after a week', () => {
  test('it is a dead event that can be read and, replayed, is passed on byte by byte, once', async () => {
    const body = Buffer.from(JSON.stringify(text('5511987650001', 'não 👍')).replaceAll(':', '\t:\n'));
    expect(await postWhatsApp(product, body)).toBe(200);
    await applyEvents(product);
    await product.query(`update relay set received_at = now() - interval '7 days 1 minute', attempts = 700`);
    far.answer = 503;
    await passOn();
    expect(await waiting()).toEqual([]);
    const listed = await product.call('GET', '/v1/events?state=dead&kind=relay_dead');
    expect(listed.body.events).toMatchObject([
      { source: 'whatsapp', state: 'dead', attempts: 701, error: 'HTTP 503', outcome: null },
    ]);
    const { id } = listed.body.events[0];
    // What came before it is not to be counted below.
    while ((await applyEvents(product)) > 0);
    far.answer = 200;
    far.arrived.length = 0;
    for (const outcome of ['passed_on', 'known']) {
      expect((await product.call('POST', `/v1/events/${id}/replay`)).status).toBe(202);
      expect(await applyEvents(product)).toBe(1);
      await until(async () => {
        await due();
        await passOn();
        return (await waiting()).length === 0;
      });
      expect((await product.call('GET', `/v1/events/${id}`)).body).toMatchObject({
        state: 'applied',
        outcome,
      });
    }
    expect(far.arrived.map((one) => one.body.toString('hex'))).toEqual([body.toString('hex')]);
    expect(far.arrived[0]?.headers['x-hub-signature-256']).toBe(
      signMeta(body, product.sandbox.whatsapp.appSecret),
    );
  });
});

test('the worker does it, and one that is killed on the way does it again', async () => {
  const start = () => startWorker(servicesOf(product));
  far.answer = () => {};
  const word = randomUUID();
  const first = await start();
  await send(word);
  await until(() => far.arrived.length === 1);
  first.kill('SIGKILL');
  await first.exited;
  expect(await waiting()).toMatchObject([{ attempts: 1, error: null }]);
  far.answer = 200;
  await due(); // as after its lease
  const second = await start();
  await until(async () => (await waiting()).length === 0);
  expect(bodies(far.arrived)).toEqual([word, word]);
  await send('logo');
  await until(() => far.arrived.length === 3);
  const metrics = await (await fetch(`${second.url}/metrics`)).text();
  expect(metrics).toContain('lead_flow_relays_total{outcome="passed"} 2');
  expect(metrics).toMatch(/^lead_flow_relays_waiting 0$/m);
  await second.stop();
});
