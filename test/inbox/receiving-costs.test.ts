import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { signMeta } from '../../src/domain/signature.ts';
import { servicesOf, type ServingProcess, startApi } from '../harness/processes.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { type CountedWay, countRoundTrips } from '../harness/round-trips.ts';
import { change, conversation, postChatwoot, postWhatsApp, status, text } from './webhooks.ts';

// An API process of its own, whose way to the database and whose memory can be watched.

let product: Product;
let way: CountedWay;
let api: ServingProcess;
/** The same webhooks, at that process. */
let watched: Product;

beforeAll(async () => {
  product = await startProduct({ worker: false });
  way = await countRoundTrips(product.databaseUrl);
  api = await startApi({ ...servicesOf(product), databaseUrl: way.url });
  const { whatsapp, chatwoot } = product.webhooks;
  const here = (url: string) => url.replace(product.url, api.url);
  watched = { ...product, webhooks: { whatsapp: here(whatsapp), chatwoot: here(chatwoot) } };
});
afterAll(async () => {
  await api.stop();
  await way.close();
  await product.stop();
});

describe('the database is asked once a webhook', () => {
  const statuses = Array.from({ length: 100 }, (_, i) => status(`wamid.${i}`, 'read', null));
  test.each<[string, (n: number) => Promise<number>]>([
    ['a reply', (n) => postWhatsApp(watched, text('5511987659001', `oi ${n}`))],
    ['a stop', (n) => postWhatsApp(watched, text(`55119876590${n + 10}`, 'SAIR'))],
    ['100 statuses', (n) => postWhatsApp(watched, change({ statuses, n }))],
    ['a label', (n) => postChatwoot(watched, conversation(n))],
  ])('%s', async (_, send) => {
    // The first brings the key, the secret and the settings, which are remembered.
    expect(await send(0)).toBe(200);
    await sleep(50); // until it is announced
    const before = way.trips();
    for (let n = 1; n <= 20; n++) expect(await send(n)).toBe(200);
    // On a busy machine one statement may leave in two pieces; a second statement would make it twice as many.
    expect(way.trips() - before).toBeGreaterThanOrEqual(20);
    expect(way.trips() - before).toBeLessThan(30);
  });
});

describe('memory stays flat', () => {
  const memory = async () => {
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
  };
  const MEGABYTE = 1024 * 1024;
  /** A body that says no length, so that only reading it tells that it is too long. */
  const endless = (megabytes: number) => {
    const chunk = new Uint8Array(MEGABYTE).fill(32);
    let left = megabytes;
    return new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
  };
  const refuse = async (
    url: string,
    body: ReadableStream | Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
  ) => {
    const response = await fetch(url, {
      method: 'POST',
      body,
      // Each on a connection of its own: one that is kept may be closed at the very moment of its next use.
      headers: { ...headers, connection: 'close' },
      duplex: 'half',
    } as RequestInit);
    await response.arrayBuffer();
    return response.status;
  };
  const blank = Buffer.alloc(100 * MEGABYTE, 32);
  const bomb = new Uint8Array(gzipSync(blank, { level: 9 }));
  const bombs = [
    ['gzip', bomb],
    ['deflate', new Uint8Array(deflateSync(blank, { level: 9 }))],
    ['br', new Uint8Array(brotliCompressSync(blank, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }))],
  ] as const;

  test.each<[string, () => Promise<number>]>([
    ['40 MB for WhatsApp', () => refuse(watched.webhooks.whatsapp, endless(40), {})],
    ['40 MB for Chatwoot', () => refuse(watched.webhooks.chatwoot, endless(40), {})],
    ['40 MB under no key', () => refuse(`${watched.webhooks.whatsapp}x`, endless(40), {})],
    ...bombs.map(([encoding, bytes]): [string, () => Promise<number>] => [
      `a ${encoding} bomb of 100 MB`,
      () =>
        refuse(watched.webhooks.whatsapp, bytes, {
          'content-encoding': encoding,
          'x-hub-signature-256': signMeta(Buffer.from('{}'), 'x'),
        }),
    ]),
    [
      'a gzip bomb for the API',
      () =>
        refuse(`${api.url}/v1/leads`, bomb, {
          'content-encoding': 'gzip',
          'content-type': 'application/json',
          'x-api-key': product.apiKey,
        }),
    ],
  ])('%s, five at once: 413', async (_, send) => {
    const before = await memory();
    let most = 0;
    const sending = Promise.all(Array.from({ length: 5 }, send));
    let done = false;
    const watching = (async () => {
      while (!done) {
        most = Math.max(most, await memory());
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const answers = await sending;
    done = true;
    await watching;
    expect(answers).toEqual(Array(5).fill(413));
    // 200 MB or more were sent; what grows is what the collector has not yet taken back.
    expect((most - before) / MEGABYTE).toBeLessThan(150);
  });

  test('3 MB of nothing but depth, five at once: 400', async () => {
    const deep = Buffer.alloc(3 * MEGABYTE, '[');
    const send = () =>
      refuse(watched.webhooks.whatsapp, new Uint8Array(deep), {
        'x-hub-signature-256': signMeta(deep, product.sandbox.whatsapp.appSecret),
      });
    await send();
    const before = await memory();
    for (let round = 0; round < 4; round++) {
      expect(await Promise.all(Array.from({ length: 5 }, send))).toEqual(Array(5).fill(400));
    }
    // Parsed, each of them would take some hundred MB.
    expect((await memory()) / before).toBeLessThan(2);
  });
});
