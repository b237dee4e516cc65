import { randomUUID } from 'node:crypto';
import { signMeta } from '../../src/domain/signature.ts';
import { whileInsertsFail } from '../harness/owner.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  applyEvents,
  change,
  conversation,
  nothing,
  ONE,
  post,
  postChatwoot,
  postWhatsApp,
  status,
  storing,
  text,
} from './webhooks.ts';

const product = suiteProduct({ worker: false });

describe('what is refused', () => {
  test('an unknown key, and one of the other kind: 404', async () => {
    const { whatsapp, chatwoot } = product.webhooks;
    const { appSecret } = product.sandbox.whatsapp;
    for (const url of [
      `${whatsapp}x`,
      chatwoot.replace('chatwoot', 'whatsapp'),
      `${whatsapp}%20x`,
      `${whatsapp}%zz`,
    ]) {
      const bytes = Buffer.from(JSON.stringify(text('5511', 'oi')));
      const send = () => post(url, bytes, { 'x-hub-signature-256': signMeta(bytes, appSecret) });
      expect(await storing(product, send)).toEqual(nothing(404));
    }
    const send = () => post(whatsapp.replace('whatsapp', 'chatwoot'), conversation());
    expect(await storing(product, send)).toEqual(nothing(404));
  });

  test.each([null, 7, 'x', [], {}, { object: 'page', entry: [] }])(
    '%j is no event of ours: 200',
    async (body) => {
      expect(await storing(product, () => postWhatsApp(product, body))).toEqual(nothing(200));
      expect(await storing(product, () => postChatwoot(product, body))).toEqual(nothing(200));
    },
  );

  test('too large: over 3 MB from Meta, over 1 MB from Chatwoot', async () => {
    const sized = (size: number) => {
      const empty = JSON.stringify(text('5511', ''));
      return Buffer.from(empty.replace('"body":""', `"body":"${'x'.repeat(size - empty.length)}"`));
    };
    const megabyte = 1024 * 1024;
    expect(await storing(product, () => postWhatsApp(product, sized(3 * megabyte)))).toEqual(ONE);
    expect(await storing(product, () => postWhatsApp(product, sized(3 * megabyte + 1)))).toEqual(
      nothing(413),
    );
    const chatwoot = (size: number) => ({ ...conversation(), x: 'x'.repeat(size) });
    expect(await storing(product, () => postChatwoot(product, chatwoot(megabyte - 100)))).toEqual(ONE);
    expect(await storing(product, () => postChatwoot(product, chatwoot(megabyte)))).toEqual(nothing(413));
  });
});

describe('stored once', () => {
  test('1,000 statuses of one POST, each its own event; the same POST again: none', async () => {
    const statuses = Array.from({ length: 1_000 }, (_, i) => status(`wamid.many-${i}`, 'delivered', null));
    const body = change({ statuses: [...statuses, statuses[0]] });
    expect(await storing(product, () => postWhatsApp(product, body))).toEqual({
      result: 200,
      events: 1_000,
      stops: 0,
    });
    expect(await storing(product, () => postWhatsApp(product, body))).toEqual(nothing(200));
  });

  test('100 copies at once: one event, and every one is told 200', async () => {
    const body = text('5511987658001', 'Sair!');
    const answers = await storing(product, () =>
      Promise.all(Array.from({ length: 100 }, () => postWhatsApp(product, body))),
    );
    expect(answers).toEqual({ result: Array(100).fill(200), events: 1, stops: 1 });
  });

  test('100 copies of a Chatwoot delivery at once: one event, and its effect once', async () => {
    const { lead_id } = await product.refer();
    await product.query('update lead set chatwoot_conversation_id = 812 where id = $1', [lead_id]);
    const body = { ...conversation(812), labels: ['convertido'] };
    const delivery = randomUUID();
    const answers = await storing(product, () =>
      Promise.all(Array.from({ length: 100 }, () => postChatwoot(product, body, { delivery }))),
    );
    expect(answers).toEqual({ result: Array(100).fill(200), events: 1, stops: 0 });
    while ((await applyEvents(product)) > 0);
    const { timeline } = await product.lead(lead_id);
    expect(timeline.filter(({ kind }: { kind: string }) => kind === 'converted')).toHaveLength(1);
  });

  test('overlapping batches at once, in any order', async () => {
    const statuses = Array.from({ length: 200 }, (_, i) => status(`wamid.over-${i}`, 'read', null));
    const part = (from: number) =>
      change({ statuses: statuses.slice(from, from + 100).sort(() => Math.random() - 0.5) });
    const answers = await storing(product, () =>
      Promise.all(Array.from({ length: 21 }, (_, i) => postWhatsApp(product, part(5 * i)))),
    );
    expect(answers).toEqual({ result: Array(21).fill(200), events: 200, stops: 0 });
  });
});

describe('a stop is on the list before it is acknowledged', () => {
  const stops: [string, (from: string) => unknown][] = [
    ['a word', (from) => text(from, ' não  QUERO!! 🙏')],
    [
      'a button',
      (from) =>
        text(from, '', { type: 'button', button: { payload: `opt_out:${randomUUID()}`, text: 'Parar' } }),
    ],
    [
      'the preference',
      (wa_id) => change({ user_preferences: [{ wa_id, value: 'stop', timestamp: 1 }] }, 'user_preferences'),
    ],
    [
      '131050',
      (recipient_id) =>
        change({
          statuses: [status('wamid.stopped', 'failed', null, { recipient_id, errors: [{ code: 131050 }] })],
        }),
    ],
  ];

  test.each(stops)('%s', async (_, body) => {
    const phone = `1198765${String(8100 + Math.floor(Math.random() * 900))}`;
    const { lead_id } = await product.refer({ telefone: phone });
    const without = `55${phone.replace('119', '11')}`;
    expect(await storing(product, () => postWhatsApp(product, body(without)))).toEqual({
      result: 200,
      events: 1,
      stops: 1,
    });
    await expect(beginSend(product, lead_id)).rejects.toThrow('opted_out');
  });

  test('a sentence that holds the word is a reply', async () => {
    expect(
      await storing(product, () => postWhatsApp(product, text('5511', 'Quero sair do Simples Nacional'))),
    ).toEqual(ONE);
  });

  test('event and suppression stand or fall together', async () => {
    const body = text('5511987658002', 'SAIR');
    await whileInsertsFail(product, 'suppression', async () => {
      expect(await storing(product, () => postWhatsApp(product, body))).toEqual(nothing(503));
    });
    expect(await storing(product, () => postWhatsApp(product, body))).toEqual({
      result: 200,
      events: 1,
      stops: 1,
    });
  });
});
