import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { control, type Received, startReceiver, until } from './receiver.ts';
import { changesOf, eachTestWhatsApp, refusal, statusesOf } from './whatsapp-sandbox.ts';

const there = eachTestWhatsApp();

describe('a person', () => {
  test('answers by text, escaped as Meta does', async () => {
    await there.register();
    const answer = { from: '5531987654321', text: 'NÃO quero / já 😀' };
    const { status, body } = await control(there.sandbox.whatsapp.url, 'POST', 'reply', answer);
    expect([status, body]).toEqual([200, { wamid: expect.any(String), from: '553187654321' }]);
    await there.sandbox.settled();
    const [{ raw }] = there.receiver.received as [Received];
    expect(raw.toString()).toContain('N\\u00c3O quero \\/ j\\u00e1 \\ud83d\\ude00');
    expect(changesOf(there.receiver.received)[0]!.value.messages).toEqual([
      {
        from: '553187654321',
        id: expect.any(String),
        timestamp: expect.stringMatching(/^\d{10}$/),
        type: 'text',
        text: { body: answer.text },
      },
    ]);
  });

  test('presses a button of the last template they got', async () => {
    await there.register();
    const { wamid } = await there.send('5511987654321');
    there.sandbox.whatsapp.reply({ from: '5511987654321', button: { payload: 'talk', text: 'Quero falar' } });
    await there.sandbox.settled();
    const [message] = changesOf(there.receiver.received).flatMap(({ value }) => value.messages ?? []);
    expect(message).toMatchObject({
      type: 'button',
      button: { payload: 'talk', text: 'Quero falar' },
      context: { id: wamid },
    });
  });

  test('stops marketing, and then gets no template', async () => {
    await there.register();
    there.sandbox.whatsapp.reply({ from: '5511987654321', preference: 'stop' });
    expect((await refusal(there.send('5511987654321'))).class).toBe('opted_out');
    there.sandbox.whatsapp.reply({ from: '5511987654321', preference: 'resume' });
    await there.send('5511987654321');
    await there.sandbox.settled();
    const preferences = changesOf(there.receiver.received).filter(
      ({ field }) => field === 'user_preferences',
    );
    expect(preferences.flatMap(({ value }) => value.user_preferences)).toMatchObject([
      { wa_id: '5511987654321', value: 'stop', category: 'marketing_messages' },
      { wa_id: '5511987654321', value: 'resume' },
    ]);
  });

  test('known by user id only writes without a number', async () => {
    await there.register();
    there.sandbox.whatsapp.reply({ from: 'BR.1502', text: 'oi' });
    await there.sandbox.settled();
    const [message] = changesOf(there.receiver.received).flatMap(({ value }) => value.messages ?? []);
    expect(message).toMatchObject({ from_user_id: 'BR.1502' });
    expect(message).not.toHaveProperty('from');
  });

  test('that does nothing, or two things, is a mistake', async () => {
    const { status } = await control(there.sandbox.whatsapp.url, 'POST', 'reply', { from: '5511987654321' });
    expect(status).toBe(400);
  });
});

describe('webhooks', () => {
  test('are registered only for a receiver that proves itself, and once', async () => {
    const { url } = there.sandbox.whatsapp;
    const target = { url: there.receiver.url };
    expect(await control(url, 'PUT', 'webhooks', target)).toEqual({
      status: 200,
      body: { registered: true, verified: true, status: 200 },
    });
    await control(url, 'PUT', 'webhooks', target);
    expect(there.sandbox.whatsapp.state().webhooks).toEqual([there.receiver.url]);
    expect(there.receiver.verifications[0]?.get('hub.mode')).toBe('subscribe');

    const other = await startReceiver('another token');
    expect(await control(url, 'PUT', 'webhooks', { url: other.url })).toEqual({
      status: 422,
      body: { registered: false, verified: false, status: 403 },
    });
    await other.close();
    expect(there.sandbox.whatsapp.state().webhooks).toEqual([there.receiver.url]);
  });

  test('due together go out together, up to the most a POST may hold', async () => {
    await there.register();
    there.sandbox.whatsapp.setBehaviour({
      delays: { sentMs: 200, deliveredMs: 400, readMs: 600 },
      maxBatch: 4,
    });
    await Promise.all(Array.from({ length: 12 }, (_, n) => there.send(`55119876543${10 + n}`)));
    await there.sandbox.settled();
    const sizes = there.receiver.received.map((one) => statusesOf([one]).length);
    expect(Math.max(...sizes)).toBe(4);
    expect(statusesOf(there.receiver.received)).toHaveLength(36);
  });

  test('are repeated until they are taken', async () => {
    await there.register();
    let refusals = 0;
    there.receiver.answer = (response) => {
      refusals++;
      response.writeHead(refusals <= 3 ? 503 : 200).end();
    };
    there.sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await there.sandbox.settled();
    expect(there.receiver.received).toHaveLength(4);
    expect(new Set(there.receiver.received.map(({ raw }) => raw.toString())).size).toBe(1);
  });

  test('go to every receiver', async () => {
    await there.register();
    const second = await startReceiver(there.sandbox.whatsapp.verifyToken);
    await there.sandbox.whatsapp.registerWebhook({ url: second.url });
    there.sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await there.sandbox.settled();
    expect([there.receiver.received.length, second.received.length]).toEqual([1, 1]);
    await second.close();
  });

  test('are lost, doubled, delayed or shuffled on demand', async () => {
    await there.register();
    const { url } = there.sandbox.whatsapp;
    await control(url, 'PUT', 'webhook-faults', { lose: 1 });
    await there.send();
    await there.sandbox.settled();
    expect(there.receiver.received).toEqual([]);

    await control(url, 'PUT', 'webhook-faults', { duplicate: 2 });
    there.sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await there.sandbox.settled();
    expect(there.receiver.received).toHaveLength(3);

    there.receiver.received.length = 0;
    await control(url, 'PUT', 'webhook-faults', { delayMs: 200 });
    const began = Date.now();
    there.sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await there.sandbox.settled();
    expect(there.receiver.received[0]!.at - began).toBeGreaterThanOrEqual(190);

    there.receiver.received.length = 0;
    await control(url, 'PUT', 'webhook-faults', { shuffle: true });
    for (let n = 0; n < 20; n++) there.sandbox.whatsapp.reply({ from: '5511987654321', text: String(n) });
    await there.sandbox.settled();
    const texts = changesOf(there.receiver.received).flatMap(({ value }) => value.messages ?? []);
    const order = texts.map(({ text }) => Number((text as { body: string }).body));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  test('of statuses can be silenced, and a status set by hand', async () => {
    await there.register();
    there.sandbox.whatsapp.setBehaviour({ statuses: false });
    const { wamid } = await there.send();
    await there.sandbox.settled();
    expect(there.receiver.received).toEqual([]);
    there.sandbox.whatsapp.setBehaviour({ statuses: true });
    const failed = { wamid, status: 'failed', errorCode: 131049 };
    await control(there.sandbox.whatsapp.url, 'POST', 'status', failed);
    await there.sandbox.settled();
    expect(statusesOf(there.receiver.received)).toMatchObject([
      { id: wamid, status: 'failed', errors: [{ code: 131049 }] },
    ]);
  });

  test('failed by hand, a message goes no further', async () => {
    await there.register();
    const { wamid } = await there.send();
    there.sandbox.whatsapp.setStatus({ wamid, status: 'failed', errorCode: 131026 });
    await there.sandbox.settled();
    expect(statusesOf(there.receiver.received).map(({ status }) => status)).toEqual(['failed']);
  });
});

// The fixtures lie beside this repository, not in it.
const FIXTURE = join(
  import.meta.dirname,
  '../../../shared/fixtures/whatsapp-cloud/softlivery__WebhookStatusEvent.json',
);

(existsSync(FIXTURE) ? test : test.skip)('statuses have the keys of real ones', async () => {
  type Body = { entry: { id: string; changes: { value: Record<string, unknown> }[] }[] };
  const fixture = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Body;
  await there.register();
  await there.send();
  await until(() => there.receiver.received.length > 0, 'a status');
  const body = there.receiver.received[0]!.body as Body;
  expect(Object.keys(body).sort()).toEqual(Object.keys(fixture).sort());
  const [mine, real] = [body, fixture].map(({ entry }) => entry[0]!.changes[0]!.value);
  expect(Object.keys(mine!).sort()).toEqual(Object.keys(real!).sort());
  const [status] = mine!.statuses as Record<string, unknown>[];
  for (const key of ['id', 'status', 'timestamp', 'recipient_id', 'pricing'])
    expect(status).toHaveProperty(key);
});
