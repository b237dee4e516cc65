import { randomUUID } from 'node:crypto';
import { createSealing, hashKey, newKey } from '../../src/db/sealing.ts';
import { signMeta } from '../../src/domain/signature.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  addUnsignedChatwoot,
  change,
  conversation,
  nothing,
  ONE,
  post,
  postChatwoot,
  postWhatsApp,
  storing,
  text,
} from './webhooks.ts';

const product = suiteProduct({ worker: false });

describe('the verification that Meta asks for', () => {
  const verify = async (url: string, query: Record<string, string>) => {
    const response = await fetch(`${url}?${new URLSearchParams(query)}`);
    return [response.status, response.headers.get('content-type')?.split(';')[0], await response.text()];
  };
  const right = () => ({
    'hub.mode': 'subscribe',
    'hub.verify_token': product.sandbox.whatsapp.verifyToken,
    'hub.challenge': '<b>1158201444</b>',
  });

  test('gives the challenge back as plain text', async () => {
    expect(await verify(product.webhooks.whatsapp, right())).toEqual([
      200,
      'text/plain',
      '<b>1158201444</b>',
    ]);
  });

  test('refuses a wrong token, a missing one, another mode, an unknown key', async () => {
    const { whatsapp } = product.webhooks;
    const { 'hub.verify_token': _, ...without } = right();
    const refused = [
      await verify(whatsapp, { ...right(), 'hub.verify_token': 'x' }),
      await verify(whatsapp, without),
      await verify(whatsapp, { ...right(), 'hub.mode': 'unsubscribe' }),
      await verify(`${whatsapp}x`, right()),
      await verify(product.webhooks.chatwoot.replace('chatwoot', 'whatsapp'), right()),
    ];
    for (const answer of refused) expect(answer).toEqual([403, 'text/plain', 'verify token refused']);
  });
});

describe("Meta's signature", () => {
  test('right: stored as it came, in its order', async () => {
    const body = change({
      messages: ['a', 'b', 'c'].map((id) => ({ id, from: '1', type: 'text', text: { body: id } })),
    });
    expect(await storing(product, () => postWhatsApp(product, body))).toEqual({
      result: 200,
      events: 3,
      stops: 0,
    });
    const events = await product.query(
      `select source, kind, state, attempts, payload ->> 'wamid' as wamid from inbox_event order by id desc limit 3`,
    );
    expect(events).toEqual(
      ['c', 'b', 'a'].map((wamid) => ({
        source: 'whatsapp',
        kind: 'message',
        state: 'pending',
        attempts: 0,
        wamid,
      })),
    );
  });

  test('over the bytes: escaped and plain letters, spaces, any order', async () => {
    const escaped = JSON.stringify(text('5511', 'olá 👍')).replace(
      /[^\0-~]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    expect(escaped).toContain('ol\\u00e1 \\ud83d');
    expect(await storing(product, () => postWhatsApp(product, Buffer.from(escaped)))).toEqual(ONE);
    const spaced = JSON.stringify(text('5511', 'olá 👍'), null, 2);
    expect(await storing(product, () => postWhatsApp(product, Buffer.from(spaced)))).toEqual(ONE);
    const [event] = await product.query(
      `select payload ->> 'text' as text from inbox_event order by id desc limit 1`,
    );
    expect(event).toEqual({ text: 'olá 👍' });
  });

  test('missing, malformed, of another body, of another secret: 401', async () => {
    const body = text('5511', 'oi');
    const bytes = Buffer.from(JSON.stringify(body));
    const { appSecret } = product.sandbox.whatsapp;
    const wrong = [
      '',
      'sha256=',
      'x',
      signMeta(bytes, appSecret).slice(7),
      signMeta(Buffer.from('{}'), appSecret),
      signMeta(bytes, `${appSecret}x`),
      signMeta(bytes, ''),
    ];
    for (const signature of wrong) {
      const send = () => postWhatsApp(product, body, { 'x-hub-signature-256': signature });
      expect(await storing(product, send)).toEqual(nothing(401));
    }
    expect(await storing(product, () => post(product.webhooks.whatsapp, body))).toEqual(nothing(401));
  });

  test.each([
    [
      ['old', 'new'],
      ['old', 'new'],
      ['older', ''],
    ],
    [['', 'new'], ['new'], ['']],
    [[], [], ['', 'old']],
  ])('of a channel with the secrets %j', async (secrets, fitting, others) => {
    const key = newKey('wa');
    const sealed = createSealing(product.secretKey).seal(JSON.stringify(secrets));
    await product.query(
      `insert into channel (tenant_id, kind, name, base_url, api_version, phone_number_id, token_sealed,
         app_secrets_sealed, verify_token_sealed, webhook_key_hash, chatwoot_inbox_id)
       values ($1, 'whatsapp_cloud', 'Rotação', 'http://127.0.0.1:9', 'v1', $2, $3, $3, $3, $4, 1)`,
      [product.tenantId, key, sealed, hashKey(key)],
    );
    const send = (secret: string) => {
      const bytes = Buffer.from(JSON.stringify(text('5511', 'oi')));
      return post(`${product.url}/webhooks/whatsapp/${key}`, bytes, {
        'x-hub-signature-256': signMeta(bytes, secret),
      });
    };
    for (const secret of fitting) expect(await storing(product, () => send(secret))).toEqual(ONE);
    for (const secret of others) expect(await storing(product, () => send(secret))).toEqual(nothing(401));
  });
});

describe("Chatwoot's signature", () => {
  test('is valid for five minutes, before and after', async () => {
    for (const ageSeconds of [0, 290, -290]) {
      expect(await storing(product, () => postChatwoot(product, conversation(), { ageSeconds }))).toEqual(
        ONE,
      );
    }
    for (const ageSeconds of [310, -310]) {
      expect(await storing(product, () => postChatwoot(product, conversation(), { ageSeconds }))).toEqual(
        nothing(401),
      );
    }
    expect(await storing(product, () => post(product.webhooks.chatwoot, conversation()))).toEqual(
      nothing(401),
    );
    const { webhookSecret } = product.sandbox.chatwoot;
    const bytes = Buffer.from(JSON.stringify(conversation()));
    const unstamped = {
      'x-chatwoot-signature': signMeta(bytes, webhookSecret),
      'x-chatwoot-timestamp': String(Math.floor(Date.now() / 1000)),
    };
    expect(await storing(product, () => post(product.webhooks.chatwoot, bytes, unstamped))).toEqual(
      nothing(401),
    );
  });

  test('one event a delivery; without its id, one a body', async () => {
    const delivery = randomUUID();
    expect(await storing(product, () => postChatwoot(product, conversation(1), { delivery }))).toEqual(ONE);
    expect(await storing(product, () => postChatwoot(product, conversation(2), { delivery }))).toEqual(
      nothing(200),
    );
    expect(await storing(product, () => postChatwoot(product, conversation(1)))).toEqual(ONE);
    expect(await storing(product, () => postChatwoot(product, conversation(77), { delivery: null }))).toEqual(
      ONE,
    );
    expect(await storing(product, () => postChatwoot(product, conversation(77), { delivery: null }))).toEqual(
      nothing(200),
    );
    expect(await storing(product, () => postChatwoot(product, conversation(78), { delivery: null }))).toEqual(
      ONE,
    );
    expect(
      await storing(product, () => postChatwoot(product, conversation(79), { delivery: 'd'.repeat(4_000) })),
    ).toEqual(ONE);
  });

  test('none is asked for where the connection has no secret', async () => {
    const unsigned = await addUnsignedChatwoot(product);
    expect(await storing(product, () => post(unsigned, conversation(80)))).toEqual(ONE);
  });
});
