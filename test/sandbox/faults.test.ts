import * as chatwoot from '../../src/providers/chatwoot/client.ts';
import { closeHttp } from '../../src/providers/http.ts';
import * as whatsapp from '../../src/providers/whatsapp/client.ts';
import { Faults } from '../../src/sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { control, until } from './receiver.ts';

let sandbox: Sandbox;
let messaging: whatsapp.WhatsAppConnection;
let desk: chatwoot.ChatwootConnection;

beforeEach(async () => {
  sandbox = await startSandbox();
  const { version, phoneNumberId } = sandbox.whatsapp;
  messaging = { baseUrl: sandbox.whatsapp.url, version, phoneNumberId, token: sandbox.whatsapp.token };
  desk = { baseUrl: sandbox.chatwoot.url, accountId: 1, token: sandbox.chatwoot.token };
});
afterEach(() => sandbox.close());
afterAll(closeHttp);

function send(timeoutMs?: number) {
  return whatsapp.sendTemplate(
    { ...messaging, timeoutMs },
    {
      to: '5511987654321',
      template: 'indicacao_boas_vindas',
      language: 'pt_BR',
      bodyParameters: ['Joana'],
      buttonPayloads: [],
      attemptId: 'attempt-1',
    },
  );
}

const sentMessages = () => sandbox.whatsapp.state().messages.length;

describe('matching', () => {
  const seen = (faults: Faults, calls: [string, string][]) =>
    calls.map(([method, path]) => faults.take(method, path)?.status ?? null);

  test('by method and part of the path, or pattern, for as many times as asked', () => {
    const faults = new Faults();
    faults.add({ match: { method: 'post', path: '/messages' }, times: 2, kind: 'status', status: 500 });
    faults.add({ match: { path: '^/v\\d+\\.0/\\d+$' }, kind: 'status', status: 429 });
    expect(
      seen(faults, [
        ['GET', '/v23.0/1/messages'],
        ['POST', '/v23.0/1/messages'],
        ['GET', '/v23.0/12'],
        ['POST', '/v23.0/1/messages?x=1'],
        ['POST', '/v23.0/1/messages'],
        ['GET', '/v23.0/12'],
      ]),
    ).toEqual([null, 500, 429, 500, null, null]);
    expect(faults.list()).toEqual([]);
  });

  test('from the nth on; one behind another waits for its turn', () => {
    const faults = new Faults();
    faults.add({ match: { path: '/a', nth: 3 }, times: 2, kind: 'status', status: 503 });
    const a: [string, string] = ['GET', '/a'];
    expect(seen(faults, [a, a, a, a, a])).toEqual([null, null, 503, 503, null]);
    faults.add({ kind: 'status', status: 501 });
    faults.add({ kind: 'status', status: 502 });
    expect(seen(faults, [a, a, a])).toEqual([501, 502, null]);
  });

  test('a part that is no pattern is taken as it is', () => {
    const faults = new Faults();
    faults.add({ match: { path: '/a[' }, kind: 'status', status: 500 });
    expect(
      seen(faults, [
        ['GET', '/b'],
        ['GET', '/x/a[1'],
      ]),
    ).toEqual([null, 500]);
  });
});

test.each([
  ['cut before', { kind: 'cut', when: 'before' }, 'ambiguous', 0, null],
  ['cut after', { kind: 'cut', when: 'after' }, 'ambiguous', 1, null],
  ['status before', { kind: 'status', status: 500 }, 'ambiguous', 0, 500],
  ['status after', { kind: 'status', status: 500, when: 'after' }, 'ambiguous', 1, 500],
  ['status before', { kind: 'status', status: 502, body: '<html>' }, 'ambiguous', 0, 502],
  ['status after', { kind: 'status', status: 502, body: '', when: 'after' }, 'ambiguous', 1, 502],
  ['status before', { kind: 'status', status: 401 }, 'channel_stop', 0, 401],
] as const)('%s: the send is %j', async (name, fault, errorClass, sent, status) => {
  const armed = await control(sandbox.whatsapp.url, 'POST', 'faults', {
    ...fault,
    match: { path: '/messages' },
  });
  expect(armed.status).toBe(200);
  await expect(send()).rejects.toMatchObject({ class: errorClass });
  expect(sentMessages()).toBe(sent);
  const [call] = sandbox.whatsapp.calls();
  expect(call).toMatchObject({
    fault: name,
    effect: sent === 1,
    status,
    attemptId: 'attempt-1',
    to: '5511987654321',
  });
  expect(typeof call?.wamid).toBe(sent === 1 ? 'string' : 'object');
  await send();
  expect(sentMessages()).toBe(sent + 1);
});

test('429 with Retry-After', async () => {
  sandbox.whatsapp.addFault({ kind: 'status', status: 429, headers: { 'retry-after': '2' } });
  await expect(send()).rejects.toMatchObject({ class: 'retry', code: 130429, retryAfterMs: 2_000 });
});

test('latency before makes a time-out whose effect still comes', async () => {
  sandbox.whatsapp.addFault({ kind: 'latency', ms: 250 });
  const began = Date.now();
  await expect(send(100)).rejects.toMatchObject({ class: 'ambiguous' });
  await until(() => sentMessages() === 1, 'the effect');
  const [message] = sandbox.whatsapp.state().messages;
  expect((message?.acceptedAt ?? 0) - began).toBeGreaterThanOrEqual(240);
});

test('latency after makes a time-out whose effect was there at once', async () => {
  sandbox.whatsapp.addFault({ kind: 'latency', ms: 250, when: 'after' });
  await expect(send(100)).rejects.toMatchObject({ class: 'ambiguous' });
  await until(() => sandbox.whatsapp.calls().length === 1, 'the call');
  const [call] = sandbox.whatsapp.calls();
  const [message] = sandbox.whatsapp.state().messages;
  expect((message?.acceptedAt ?? 0) - Date.parse(call?.at ?? '')).toBeLessThan(240);
});

test('a Chatwoot create that answers 500 after its effect is found again', async () => {
  sandbox.chatwoot.addFault({ match: { method: 'POST', path: '/contacts$' }, kind: 'status', when: 'after' });
  const contact = {
    inboxId: sandbox.chatwoot.inboxId,
    name: 'x',
    phone: '+5511987654321',
    identifier: 'lf-1',
  };
  await expect(chatwoot.createContact(desk, contact)).rejects.toMatchObject({
    kind: 'unavailable',
    status: 500,
  });
  const found = await chatwoot.findContacts(desk, { identifier: 'lf-1', phones: [] });
  expect(found).toMatchObject([{ phone: '+5511987654321' }]);
  const calls = (await control(desk.baseUrl, 'GET', 'calls')).body as {
    path: string;
    fault: string | null;
  }[];
  expect(calls.map(({ fault }) => fault)).toEqual(['status after', null]);
  await control(desk.baseUrl, 'DELETE', 'calls');
  expect(sandbox.chatwoot.calls()).toEqual([]);
});

test('faults are listed, cleared, and refused where they make no sense', async () => {
  const { url } = sandbox.chatwoot;
  await control(url, 'POST', 'faults', { kind: 'cut', times: 3 });
  expect((await control(url, 'GET', 'faults')).body).toMatchObject([
    { kind: 'cut', times: 3, when: 'before' },
  ]);
  await control(url, 'DELETE', 'faults');
  expect(await chatwoot.listTeams(desk)).toHaveLength(1);
  expect((await control(url, 'POST', 'faults', { kind: 'explode' })).status).toBe(400);
  expect((await control(url, 'POST', 'nothing')).status).toBe(404);
});
