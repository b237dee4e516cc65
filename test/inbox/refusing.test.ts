import { createHash, randomUUID } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { hashKey, newKey } from '../../src/db/sealing.ts';
import { signChatwoot, signMeta } from '../../src/domain/signature.ts';
import { whileInsertsFail } from '../harness/owner.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  addUnsignedChatwoot,
  applyEvents,
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
let unsigned: string;
beforeAll(async () => {
  unsigned = await addUnsignedChatwoot(product);
});

const MEGABYTE = 1024 * 1024;
const newest = async () =>
  (
    await product.query<{ kind: string; payload: unknown; source: string }>(
      'select source, kind, payload from inbox_event order by id desc limit 1',
    )
  )[0];
/** Refused, and the fact alone stored. */
const FACT = (result: number) => ({ result, events: 1, stops: 0 });

/** A WhatsApp body that says SAIR, with `extra` among the members of its message. */
const with_ = (extra: string) =>
  Buffer.from(JSON.stringify(text('5511987650001', 'SAIR')).replace('"type"', `${extra},"type"`));

const REFUSED: [string, string, () => Buffer][] = [
  ['nothing at all', 'not_json', () => Buffer.alloc(0)],
  ['a broken end', 'not_json', () => Buffer.from('{"object":')],
  ['a string without end', 'not_json', () => Buffer.from('{"object":"whats')],
  ['two documents', 'not_json', () => Buffer.from('{} {}')],
  ['a byte order mark', 'not_json', () => Buffer.from('\ufeff{}')],
  ['latin-1', 'not_utf8', () => Buffer.from(JSON.stringify(text('5511', 'olá')), 'latin1')],
  ['half a surrogate as bytes', 'not_utf8', () => Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a NUL byte', 'nul', () => Buffer.from('{"object":"\0"}')],
  ['a NUL byte outside of strings', 'nul', () => Buffer.from('{"object":\0 1}')],
  ['an escaped NUL', 'nul', () => with_('"x":"a\\u0000b"')],
  ['an escaped NUL in a key', 'nul', () => with_('"a\\u0000":1')],
  ['half a surrogate pair', 'half_surrogate', () => with_('"x":"\\ud83d"')],
  ['the other half', 'half_surrogate', () => with_('"x":"\\uDE00 x"')],
  ['65 levels', 'too_deep', () => with_(`"x":${'['.repeat(57)}1${']'.repeat(57)}`)],
  ['a million levels', 'too_deep', () => with_(`"x":${'['.repeat(1_000_000)}`)],
  ['a million levels of objects', 'too_deep', () => Buffer.from('{"a":'.repeat(200_000))],
  ['__proto__', 'polluted_key', () => with_('"__proto__":{"polluted":1}')],
  ['__proto__ in escapes', 'polluted_key', () => with_('"__pr\\u006fto__":{"polluted":1}')],
  ['constructor.prototype', 'polluted_key', () => with_('"constructor":{"prototype":{"polluted":1}}')],
  ['a key twice', 'duplicate_key', () => with_('"id":"wamid.other"')],
  ['a key twice, once in escapes', 'duplicate_key', () => with_('"\\u0069d":"wamid.other"')],
  ['a number beyond a double', 'number_too_large', () => with_('"x":1e999')],
  ['a number of 400 digits', 'number_too_large', () => with_(`"x":-${'9'.repeat(400)}`)],
];

describe('what is no JSON that could be kept: 400, and nothing stored but the fact', () => {
  test.each(REFUSED)('%s', async (_, reason, make) => {
    const body = make();
    const payload = {
      reason,
      bytes: body.length === 0 ? expect.anything() : body.length,
      sha256: body.length === 0 ? null : createHash('sha256').update(body).digest('hex'),
    };
    for (const [source, send] of [
      ['whatsapp', () => postWhatsApp(product, body)],
      ['chatwoot', () => postChatwoot(product, body)],
    ] as const) {
      expect(await storing(product, send)).toEqual(FACT(400));
      expect(await newest()).toEqual({ source, kind: 'refused', payload });
      // Told again, as Meta does for days, it is the same fact.
      expect(await storing(product, send)).toEqual(nothing(400));
    }
    expect(await storing(product, () => post(product.webhooks.whatsapp, body))).toEqual(nothing(401));
    expect(await storing(product, () => post(`${product.webhooks.whatsapp}x`, body))).toEqual(nothing(404));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('the sender reads why', async () => {
    const bytes = with_('"__proto__":1');
    const response = await fetch(product.webhooks.whatsapp, {
      method: 'POST',
      headers: { 'x-hub-signature-256': signMeta(bytes, product.sandbox.whatsapp.appSecret) },
      body: new Uint8Array(bytes),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      status: 'refused',
      reason: 'the JSON has a key that would reach a prototype',
    });
  });

  test('applied, such a fact is known as refused and changes nothing', async () => {
    await postWhatsApp(product, with_('"x":1e999,"y":1'));
    const before = await countRows(product.query);
    while ((await applyEvents(product)) > 0);
    const outcomes = await product.query<{ outcome: string }>(
      `select distinct outcome from inbox_event where kind = 'refused'`,
    );
    expect(outcomes).toEqual([{ outcome: 'refused' }]);
    expect(await countRows(product.query)).toEqual(before);
  });
});

describe('harmless oddities are taken', () => {
  test.each<[string, Buffer]>([
    ['emoji, as they are and in escapes', with_('"x":"👩‍👩‍👧 \\ud83d\\ude00 \\u00e3 a\\/b"')],
    ['unknown fields, and some of odd names', with_('"constructor":"x","prototype":{},"":1,"proto":[]')],
    ['text that looks like escapes', with_('"x":"\\\\u0000 \\\\ud83d \\\\\\"{[\\\\"')],
    ['a number as long as Meta writes ids', with_('"x":123456789012345678901234567890')],
    ['64 levels', with_(`"x":${'['.repeat(56)}1${']'.repeat(56)}`)],
    ['the same key in different objects', with_('"a":{"k":1,"b":[{"k":1},{"k":2}]},"k":3')],
  ])('%s', async (_, body) => {
    expect(await storing(product, () => postWhatsApp(product, body))).toMatchObject({
      result: 200,
      events: 1,
    });
  });
});

describe('sizes and encodings', () => {
  const squeezed: [string, (body: Buffer) => Buffer][] = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ];
  const send = (bytes: Buffer, encoding: string, signed: Buffer) => () =>
    post(product.webhooks.whatsapp, bytes, {
      'x-hub-signature-256': signMeta(signed, product.sandbox.whatsapp.appSecret),
      'content-encoding': encoding,
    });

  test.each(squeezed)('%s: read where it is small, a bomb 413, rubbish 400', async (encoding, squeeze) => {
    const body = Buffer.from(JSON.stringify(text('5511', `oi ${encoding}`)));
    expect(await storing(product, send(squeeze(body), encoding, body))).toEqual(ONE);
    // 3 MB and a byte, inflated: what comes over the wire is a few thousandths of it.
    const most = Buffer.alloc(3 * MEGABYTE, encoding);
    const bomb = Buffer.concat([most, Buffer.from(' ')]);
    expect(squeeze(bomb).length).toBeLessThan(5_000);
    expect(await storing(product, send(squeeze(bomb), encoding, bomb))).toEqual(nothing(413));
    expect(await storing(product, send(squeeze(most), encoding, most))).toEqual(FACT(400));
    expect(await storing(product, send(body, encoding, body))).toEqual(nothing(400));
  });

  test('an unknown encoding, or two of them: 415', async () => {
    const body = Buffer.from(JSON.stringify(text('5511', 'oi')));
    expect(await storing(product, send(body, 'zip', body))).toEqual(nothing(415));
    expect(await storing(product, send(gzipSync(gzipSync(body)), 'gzip, gzip', body))).toEqual(nothing(415));
  });

  test('where the address alone is the secret, the fact is stored of what was never read, too', async () => {
    const large = Buffer.from(JSON.stringify({ ...conversation(), x: 'x'.repeat(MEGABYTE) }));
    expect(await storing(product, () => post(unsigned, large))).toEqual(FACT(413));
    expect(await newest()).toEqual({
      source: 'chatwoot',
      kind: 'refused',
      payload: { reason: 'too_large', bytes: large.length, sha256: null },
    });
    expect(await storing(product, () => post(unsigned, large))).toEqual(nothing(413));
    expect(await storing(product, () => post(unsigned, large, { 'content-encoding': 'x' }))).toEqual(
      FACT(415),
    );
    expect(await storing(product, () => post(unsigned, conversation(55)))).toEqual(ONE);
  });
});

test('what cannot be stored is asked for again, whatever the source and whatever it was', async () => {
  const { whatsapp, chatwoot } = product.webhooks;
  const key = newKey('evo');
  await product.query(
    `insert into channel (tenant_id, kind, name, base_url, instance, token_sealed, app_secrets_sealed,
       webhook_key_hash, chatwoot_inbox_id)
     select tenant_id, 'evolution', 'Instância', base_url, 'vendas', token_sealed, app_secrets_sealed, $1, 1
     from channel limit 1`,
    [hashKey(key)],
  );
  const evolution = `${product.url}/webhooks/evolution/${key}`;
  const said = {
    event: 'messages.upsert',
    instance: 'vendas',
    data: {
      key: { remoteJid: '5511987650009@s.whatsapp.net', fromMe: false, id: 'A1' },
      message: { conversation: 'oi' },
      messageType: 'conversation',
      messageTimestamp: 1790000000,
    },
  };
  const refusedToo = Buffer.from('{"a":1,"a":2}');
  const send: [string, unknown][] = [
    [whatsapp, text('5511987650009', 'oi')],
    [whatsapp, refusedToo],
    [chatwoot, conversation(90)],
    [unsigned, conversation(91)],
    [unsigned, refusedToo],
    [evolution, said],
    [evolution, Buffer.from('{"b":1,"b":2}')],
  ];
  const answers = () =>
    Promise.all(
      send.map(async ([url, body]) => {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
        const timestamp = String(Math.floor(Date.now() / 1000));
        const signature = signChatwoot(bytes, timestamp, product.sandbox.chatwoot.webhookSecret);
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'x-hub-signature-256': signMeta(bytes, product.sandbox.whatsapp.appSecret),
            'x-chatwoot-timestamp': timestamp,
            'x-chatwoot-signature': signature,
          },
          body: new Uint8Array(bytes),
        });
        return [response.status, response.headers.get('retry-after')];
      }),
    );
  const before = await countRows(product.query);
  for (const answer of await whileInsertsFail(product, 'inbox_event', answers)) {
    expect(answer).toEqual([503, '5']);
  }
  expect(await countRows(product.query)).toEqual(before);
  expect((await answers()).map(([status]) => status)).toEqual([200, 400, 200, 200, 400, 200, 400]);
  expect((await countRows(product.query)).inbox_event).toBe(before.inbox_event! + send.length);
});

test('counted by source and reason, what came and what was known already beside it', async () => {
  const counts = async () => {
    const answer = await fetch(`${product.url}/metrics`);
    const read = (line: string) =>
      Number((metrics.split('\n').find((l) => l.startsWith(line)) ?? ' 0').split(' ')[1]);
    const metrics = await answer.text();
    return {
      received: read('lead_flow_webhook_events_total{source="whatsapp"}'),
      duplicates: read('lead_flow_webhook_duplicates_total{source="whatsapp"}'),
      deep: read('lead_flow_webhook_refused_total{source="whatsapp",reason="too_deep"}'),
      unsigned: read('lead_flow_webhook_refused_total{source="whatsapp",reason="unauthenticated"}'),
      nobody: read('lead_flow_webhook_refused_total{source="chatwoot",reason="unknown_key"}'),
    };
  };
  const before = await counts();
  const two = change({
    messages: ['a', 'b'].map((id) => ({ id: `${id}${randomUUID()}`, from: '1', type: 'text' })),
  });
  await postWhatsApp(product, two);
  await postWhatsApp(product, two);
  await postWhatsApp(product, with_(`"x":${'['.repeat(80)}${']'.repeat(80)}`));
  await post(product.webhooks.whatsapp, two);
  await post(`${product.webhooks.chatwoot}x`, two);
  expect(await counts()).toEqual({
    received: before.received + 4,
    duplicates: before.duplicates + 2,
    deep: before.deep + 1,
    unsigned: before.unsigned + 1,
    nobody: before.nobody + 1,
  });
});
