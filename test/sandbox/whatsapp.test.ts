import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WHATSAPP_ERROR_CLASSES } from '../../src/domain/whatsapp-errors.ts';
import { closeHttp } from '../../src/providers/http.ts';
import * as whatsapp from '../../src/providers/whatsapp/client.ts';
import { WhatsAppError } from '../../src/providers/whatsapp/errors.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { control, type Received, type Receiver, startReceiver, until } from './receiver.ts';

const DELAYS = { sentMs: 30, deliveredMs: 80, readMs: 130 };

let sandbox: Sandbox;
let receiver: Receiver;
let c: whatsapp.WhatsAppConnection;

beforeEach(async () => {
  sandbox = await startSandbox({ delays: DELAYS, webhookRetries: { firstMs: 40, maxMs: 80 } });
  receiver = await startReceiver(sandbox.whatsapp.verifyToken);
  const { url: baseUrl, version, phoneNumberId, token } = sandbox.whatsapp;
  c = { baseUrl, version, phoneNumberId, token };
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});
afterAll(closeHttp);

type Value = {
  statuses?: {
    id: string;
    status: string;
    recipient_id?: string;
    biz_opaque_callback_data?: string;
    errors?: { code: number }[];
  }[];
  messages?: Record<string, unknown>[];
  user_preferences?: Record<string, unknown>[];
};

function changesOf(received: Received[]): { field: string; value: Value }[] {
  const bodies = received.map(
    ({ body }) => body as { entry: { changes: { field: string; value: Value }[] }[] },
  );
  return bodies.flatMap(({ entry }) => entry.flatMap(({ changes }) => changes));
}

function statusesOf(received: Received[]) {
  return changesOf(received).flatMap(({ value }) => value.statuses ?? []);
}

let attempts = 0;
function send(to = '5511987654321', fields: Partial<whatsapp.TemplateMessage> = {}) {
  attempts++;
  return whatsapp.sendTemplate(c, {
    to,
    template: 'indicacao_boas_vindas',
    language: 'pt_BR',
    bodyParameters: ['Joana'],
    buttonPayloads: ['talk', 'no', 'stop'],
    attemptId: `attempt-${attempts}`,
    ...fields,
  });
}

async function failure(promise: Promise<unknown>): Promise<WhatsAppError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof WhatsAppError)) throw error;
  return error;
}

async function register(): Promise<void> {
  const result = await sandbox.whatsapp.registerWebhook({ url: receiver.url });
  expect(result).toEqual({ registered: true, verified: true, status: 200 });
}

describe('a send', () => {
  test('is accepted and told sent, delivered, read, each signed', async () => {
    await register();
    const sent = await send();
    expect(sent).toEqual({
      wamid: expect.stringMatching(/^wamid\..{40}/),
      waId: '5511987654321',
      messageStatus: 'accepted',
    });
    await sandbox.settled();
    const statuses = statusesOf(receiver.received);
    expect(statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    for (const status of statuses) {
      expect(status).toMatchObject({
        id: sent.wamid,
        recipient_id: '5511987654321',
        biz_opaque_callback_data: `attempt-${attempts}`,
      });
    }
    for (const { raw, headers } of receiver.received) {
      const digest = createHmac('sha256', sandbox.whatsapp.appSecret).update(raw).digest('hex');
      expect(headers['x-hub-signature-256']).toBe(`sha256=${digest}`);
    }
    const [first, , last] = receiver.received;
    expect(last!.at - first!.at).toBeGreaterThanOrEqual(DELAYS.readMs - DELAYS.sentMs - 30);
  });

  test('is in the record with its attempt, and in the state with its statuses', async () => {
    await register();
    const { wamid } = await send();
    await sandbox.settled();
    expect(sandbox.whatsapp.calls()).toEqual([
      {
        seq: 1,
        at: expect.any(String),
        method: 'POST',
        path: '/v23.0/106540352242922/messages',
        status: 200,
        fault: null,
        effect: true,
        via: 'api',
        attemptId: `attempt-${attempts}`,
        to: '5511987654321',
        template: 'indicacao_boas_vindas',
        wamid,
        body: expect.objectContaining({ messaging_product: 'whatsapp' }),
      },
    ]);
    const [message] = sandbox.whatsapp.state().messages;
    expect(message).toMatchObject({ wamid, buttonPayloads: ['talk', 'no', 'stop'], planned: [] });
    expect(message?.statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
  });

  test.each([
    ['5511987654321', '5511987654321'],
    ['5521987654321', '5521987654321'],
    ['5531987654321', '553187654321'],
    ['5547991234567', '554791234567'],
    ['553187654321', '553187654321'],
    ['5531935554321', '5531935554321'],
    ['5527987654321', '5527987654321'],
    ['351912345678', '351912345678'],
  ])('to %s is answered with the wa_id %s', async (to, waId) => {
    expect((await send(to)).waId).toBe(waId);
  });

  test('to a user id is told by user id', async () => {
    await register();
    const { wamid, waId } = await send(undefined, { to: undefined, recipient: 'BR.1502' });
    expect(waId).toBeNull();
    await sandbox.settled();
    const [status] = statusesOf(receiver.received);
    expect(status).toMatchObject({ id: wamid, recipient_user_id: 'BR.1502' });
    expect(status).not.toHaveProperty('recipient_id');
  });

  test('to a number without WhatsApp fails by webhook', async () => {
    await register();
    await control(sandbox.whatsapp.url, 'PUT', 'behaviour', { undeliverable: ['5531987654321'] });
    await send('5531987654321');
    await sandbox.settled();
    const statuses = statusesOf(receiver.received);
    expect(statuses.map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([['failed', 131026]]);
  });

  test.each([
    ['unknown template', { template: 'nada' }, 132001, 'template_stop'],
    ['unknown language', { language: 'en_US' }, 132001, 'template_stop'],
    ['too few parameters', { bodyParameters: [] }, 132000, 'template_stop'],
    ['too many parameters', { bodyParameters: ['a', 'b'] }, 132000, 'template_stop'],
    ['a new-line in a parameter', { bodyParameters: ['a\nb'] }, 132012, 'template_stop'],
    ['too many buttons', { buttonPayloads: ['1', '2', '3', '4'] }, 132012, 'template_stop'],
    ['no number', { to: 'abc' }, 100, 'final'],
    ['too long an attempt id', { attemptId: 'x'.repeat(513) }, 100, 'final'],
  ] as const)('with %s is refused', async (_, fields, code, errorClass) => {
    const error = await failure(send(undefined, fields as Partial<whatsapp.TemplateMessage>));
    expect({ code: error.code, class: error.class }).toEqual({ code, class: errorClass });
    expect(sandbox.whatsapp.calls()[0]).toMatchObject({ effect: false, wamid: null });
    expect(sandbox.whatsapp.state().messages).toEqual([]);
  });

  test('with a wrong token, or from another number, is refused', async () => {
    c.token = 'wrong';
    expect((await failure(send())).class).toBe('channel_stop');
    c.token = sandbox.whatsapp.token;
    c.phoneNumberId = '1';
    expect((await failure(send())).class).toBe('final');
  });

  test.each([...WHATSAPP_ERROR_CLASSES])('code %i on demand is seen as %s', async (code, errorClass) => {
    sandbox.whatsapp.setBehaviour({ rejectCode: { '5531987654321': code } });
    const error = await failure(send('5531987654321'));
    expect({ code: error.code, class: error.class }).toEqual({ code, class: errorClass });
    await send('5511987654321');
  });

  test('held for quality is accepted and never told', async () => {
    await register();
    sandbox.whatsapp.setBehaviour({ messageStatus: 'held_for_quality_assessment' });
    expect((await send()).messageStatus).toBe('held_for_quality_assessment');
    expect(sandbox.whatsapp.pendingWebhooks()).toBe(0);
  });

  test('of a text needs an answer within 24 h', async () => {
    const text = { to: '5511987654321', text: 'olá', attemptId: 'x' };
    expect((await failure(whatsapp.sendText(c, text))).class).toBe('window_closed');
    sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    expect((await whatsapp.sendText(c, text)).wamid).toMatch(/^wamid\./);
  });

  test('with a paused template is refused, and the pause is told', async () => {
    await register();
    sandbox.whatsapp.setBehaviour({ templates: { indicacao_boas_vindas: 'PAUSED' } });
    expect((await failure(send())).code).toBe(132015);
    await sandbox.settled();
    expect(changesOf(receiver.received)).toEqual([
      {
        field: 'message_template_status_update',
        value: expect.objectContaining({ event: 'PAUSED', message_template_name: 'indicacao_boas_vindas' }),
      },
    ]);
  });
});

describe('the account', () => {
  type Told = { id: string; time?: number; changes: { field: string; value: Record<string, unknown> }[] };
  const told = async () => {
    await sandbox.settled();
    const entries = receiver.received.flatMap(({ body }) => (body as { entry: Told[] }).entry);
    return entries.map(({ id, time, changes: [change] }) => ({
      id,
      dated: typeof time === 'number',
      ...change,
    }));
  };
  const ofAccount = (field: string, value: Record<string, unknown>) => ({
    id: sandbox.whatsapp.wabaId,
    dated: true,
    field,
    value: expect.objectContaining(value),
  });

  test('is restricted until then, banned, reinstated: refused meanwhile, and told', async () => {
    await register();
    const until = Math.floor(Date.now() / 1000) + 1;
    await control(sandbox.whatsapp.url, 'POST', 'account', { event: 'restrict', until });
    expect((await failure(send())).code).toBe(368);
    await new Promise((resolve) => setTimeout(resolve, until * 1000 - Date.now() + 20));
    await send();
    await control(sandbox.whatsapp.url, 'POST', 'account', { event: 'ban' });
    expect((await failure(send())).code).toBe(131031);
    await control(sandbox.whatsapp.url, 'POST', 'account', { event: 'reinstate' });
    await send();
    const restriction = { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: until };
    expect((await told()).filter(({ field }) => field === 'account_update')).toEqual([
      ofAccount('account_update', { event: 'ACCOUNT_RESTRICTION', restriction_info: [restriction] }),
      ofAccount('account_update', { ban_info: expect.objectContaining({ waba_ban_state: 'DISABLE' }) }),
      ofAccount('account_update', { ban_info: expect.objectContaining({ waba_ban_state: 'REINSTATE' }) }),
    ]);
  });

  test('rates number and template otherwise, and tells it', async () => {
    await register();
    const { url } = sandbox.whatsapp;
    await control(url, 'POST', 'account', { event: 'number', quality: 'RED', limit: 'TIER_2K' });
    const why = { title: 'FIRST_PAUSE', description: 'for 3 hours' };
    const template = { name: 'indicacao_retrabalho', status: 'PAUSED', quality: 'YELLOW', why };
    await control(url, 'POST', 'template', template);
    expect(await whatsapp.getPhoneNumber(c)).toMatchObject({
      qualityRating: 'RED',
      messagingLimit: 'TIER_2K',
    });
    expect(await whatsapp.listTemplates(c, sandbox.whatsapp.wabaId)).toContainEqual(
      expect.objectContaining({ name: 'indicacao_retrabalho', status: 'PAUSED', quality: 'YELLOW' }),
    );
    expect(await told()).toEqual([
      ofAccount('phone_number_quality_update', { event: 'FLAGGED', current_limit: 'TIER_2K' }),
      ofAccount('message_template_status_update', { event: 'PAUSED', other_info: why }),
      ofAccount('message_template_quality_update', {
        previous_quality_score: 'GREEN',
        new_quality_score: 'YELLOW',
      }),
    ]);
    expect((await control(url, 'POST', 'account', { event: 'restrict' })).status).toBe(400);
  });
});

test('number and templates are listed, in pages', async () => {
  expect(await whatsapp.getPhoneNumber(c)).toMatchObject({ id: c.phoneNumberId, status: 'CONNECTED' });
  const templates = await whatsapp.listTemplates(c, sandbox.whatsapp.wabaId);
  expect(templates.map(({ name, bodyParameters }) => [name, bodyParameters])).toEqual([
    ['indicacao_boas_vindas', 1],
    ['indicacao_retrabalho', 1],
  ]);
  const url = `${c.baseUrl}/${c.version}/${sandbox.whatsapp.wabaId}/message_templates?limit=1`;
  const page = await fetch(url, { headers: { authorization: `Bearer ${c.token}` } });
  const { data, paging } = (await page.json()) as { data: unknown[]; paging: { next?: string } };
  expect([data.length, typeof paging.next]).toEqual([1, 'string']);
});

describe('a person', () => {
  test('answers by text, escaped as Meta does', async () => {
    await register();
    const answer = { from: '5531987654321', text: 'NÃO quero / já 😀' };
    const { status, body } = await control(sandbox.whatsapp.url, 'POST', 'reply', answer);
    expect([status, body]).toEqual([200, { wamid: expect.any(String), from: '553187654321' }]);
    await sandbox.settled();
    const [{ raw }] = receiver.received as [Received];
    expect(raw.toString()).toContain('N\\u00c3O quero \\/ j\\u00e1 \\ud83d\\ude00');
    expect(changesOf(receiver.received)[0]!.value.messages).toEqual([
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
    await register();
    const { wamid } = await send('5511987654321');
    sandbox.whatsapp.reply({ from: '5511987654321', button: { payload: 'talk', text: 'Quero falar' } });
    await sandbox.settled();
    const [message] = changesOf(receiver.received).flatMap(({ value }) => value.messages ?? []);
    expect(message).toMatchObject({
      type: 'button',
      button: { payload: 'talk', text: 'Quero falar' },
      context: { id: wamid },
    });
  });

  test('stops marketing, and then gets no template', async () => {
    await register();
    sandbox.whatsapp.reply({ from: '5511987654321', preference: 'stop' });
    expect((await failure(send('5511987654321'))).class).toBe('opted_out');
    sandbox.whatsapp.reply({ from: '5511987654321', preference: 'resume' });
    await send('5511987654321');
    await sandbox.settled();
    const preferences = changesOf(receiver.received).filter(({ field }) => field === 'user_preferences');
    expect(preferences.flatMap(({ value }) => value.user_preferences)).toMatchObject([
      { wa_id: '5511987654321', value: 'stop', category: 'marketing_messages' },
      { wa_id: '5511987654321', value: 'resume' },
    ]);
  });

  test('known by user id only writes without a number', async () => {
    await register();
    sandbox.whatsapp.reply({ from: 'BR.1502', text: 'oi' });
    await sandbox.settled();
    const [message] = changesOf(receiver.received).flatMap(({ value }) => value.messages ?? []);
    expect(message).toMatchObject({ from_user_id: 'BR.1502' });
    expect(message).not.toHaveProperty('from');
  });

  test('that does nothing, or two things, is a mistake', async () => {
    const { status } = await control(sandbox.whatsapp.url, 'POST', 'reply', { from: '5511987654321' });
    expect(status).toBe(400);
  });
});

describe('webhooks', () => {
  test('are registered only for a receiver that proves itself, and once', async () => {
    const { url } = sandbox.whatsapp;
    const target = { url: receiver.url };
    expect(await control(url, 'PUT', 'webhooks', target)).toEqual({
      status: 200,
      body: { registered: true, verified: true, status: 200 },
    });
    await control(url, 'PUT', 'webhooks', target);
    expect(sandbox.whatsapp.state().webhooks).toEqual([receiver.url]);
    expect(receiver.verifications[0]?.get('hub.mode')).toBe('subscribe');

    const other = await startReceiver('another token');
    expect(await control(url, 'PUT', 'webhooks', { url: other.url })).toEqual({
      status: 422,
      body: { registered: false, verified: false, status: 403 },
    });
    await other.close();
    expect(sandbox.whatsapp.state().webhooks).toEqual([receiver.url]);
  });

  test('due together go out together, up to the most a POST may hold', async () => {
    await register();
    sandbox.whatsapp.setBehaviour({ delays: { sentMs: 200, deliveredMs: 400, readMs: 600 }, maxBatch: 4 });
    await Promise.all(Array.from({ length: 12 }, (_, n) => send(`55119876543${10 + n}`)));
    await sandbox.settled();
    const sizes = receiver.received.map((one) => statusesOf([one]).length);
    expect(Math.max(...sizes)).toBe(4);
    expect(statusesOf(receiver.received)).toHaveLength(36);
  });

  test('are repeated until they are taken', async () => {
    await register();
    let refusals = 0;
    receiver.answer = (response) => {
      refusals++;
      response.writeHead(refusals <= 3 ? 503 : 200).end();
    };
    sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await sandbox.settled();
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ raw }) => raw.toString())).size).toBe(1);
  });

  test('go to every receiver', async () => {
    await register();
    const second = await startReceiver(sandbox.whatsapp.verifyToken);
    await sandbox.whatsapp.registerWebhook({ url: second.url });
    sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await sandbox.settled();
    expect([receiver.received.length, second.received.length]).toEqual([1, 1]);
    await second.close();
  });

  test('are lost, doubled, delayed or shuffled on demand', async () => {
    await register();
    const { url } = sandbox.whatsapp;
    await control(url, 'PUT', 'webhook-faults', { lose: 1 });
    await send();
    await sandbox.settled();
    expect(receiver.received).toEqual([]);

    await control(url, 'PUT', 'webhook-faults', { duplicate: 2 });
    sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await sandbox.settled();
    expect(receiver.received).toHaveLength(3);

    receiver.received.length = 0;
    await control(url, 'PUT', 'webhook-faults', { delayMs: 200 });
    const began = Date.now();
    sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    await sandbox.settled();
    expect(receiver.received[0]!.at - began).toBeGreaterThanOrEqual(190);

    receiver.received.length = 0;
    await control(url, 'PUT', 'webhook-faults', { shuffle: true });
    for (let n = 0; n < 20; n++) sandbox.whatsapp.reply({ from: '5511987654321', text: String(n) });
    await sandbox.settled();
    const texts = changesOf(receiver.received).flatMap(({ value }) => value.messages ?? []);
    const order = texts.map(({ text }) => Number((text as { body: string }).body));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  test('of statuses can be silenced, and a status set by hand', async () => {
    await register();
    sandbox.whatsapp.setBehaviour({ statuses: false });
    const { wamid } = await send();
    await sandbox.settled();
    expect(receiver.received).toEqual([]);
    sandbox.whatsapp.setBehaviour({ statuses: true });
    const failed = { wamid, status: 'failed', errorCode: 131049 };
    await control(sandbox.whatsapp.url, 'POST', 'status', failed);
    await sandbox.settled();
    expect(statusesOf(receiver.received)).toMatchObject([
      { id: wamid, status: 'failed', errors: [{ code: 131049 }] },
    ]);
  });

  test('failed by hand, a message goes no further', async () => {
    await register();
    const { wamid } = await send();
    sandbox.whatsapp.setStatus({ wamid, status: 'failed', errorCode: 131026 });
    await sandbox.settled();
    expect(statusesOf(receiver.received).map(({ status }) => status)).toEqual(['failed']);
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
  await register();
  await send();
  await until(() => receiver.received.length > 0, 'a status');
  const body = receiver.received[0]!.body as Body;
  expect(Object.keys(body).sort()).toEqual(Object.keys(fixture).sort());
  const [mine, real] = [body, fixture].map(({ entry }) => entry[0]!.changes[0]!.value);
  expect(Object.keys(mine!).sort()).toEqual(Object.keys(real!).sort());
  const [status] = mine!.statuses as Record<string, unknown>[];
  for (const key of ['id', 'status', 'timestamp', 'recipient_id', 'pricing'])
    expect(status).toHaveProperty(key);
});
