import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as chatwoot from '../../src/providers/chatwoot/client.ts';
import { closeHttp } from '../../src/providers/http.ts';
import * as whatsapp from '../../src/providers/whatsapp/client.ts';
import { PortTaken, type SandboxDetails, startSandbox } from '../../src/sandbox/sandbox.ts';
import { startReceiver, until } from './receiver.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(closeHttp);

function connections(details: SandboxDetails) {
  const { url, accountId, token } = details.chatwoot;
  const { version, phoneNumberId } = details.whatsapp;
  return {
    desk: { baseUrl: url, accountId, token },
    messaging: { baseUrl: details.whatsapp.url, version, phoneNumberId, token: details.whatsapp.token },
  };
}

const TEMPLATE = {
  to: '5531987654321',
  template: 'indicacao_boas_vindas',
  language: 'pt_BR',
  bodyParameters: ['Joana'],
  buttonPayloads: [],
  attemptId: 'attempt-1',
};

test('everything survives a restart: people, messages, secrets, receivers, and statuses still to come', async () => {
  const stateFile = join(folder, 'deep', 'sandbox.json');
  const delays = { sentMs: 20, deliveredMs: 60_000, readMs: 120_000 };
  const first = await startSandbox({ stateFile, delays });
  const receiver = await startReceiver(first.whatsapp.verifyToken);
  await first.whatsapp.registerWebhook({ url: receiver.url });
  await first.chatwoot.registerWebhook({ url: receiver.url, subscriptions: ['message_updated'] });
  const before = connections(first.details());
  const joana = {
    inboxId: first.chatwoot.inboxId,
    name: 'Joana',
    phone: '+5531987654321',
    identifier: 'lf-1',
  };
  const contact = await chatwoot.createContact(before.desk, joana);
  const conversation = await chatwoot.createConversation(before.desk, {
    inboxId: joana.inboxId,
    contactId: contact.id,
    sourceId: contact.sourceId,
  });
  await chatwoot.addLabels(before.desk, conversation.id, ['um']);
  await chatwoot.postMessage(before.desk, conversation.id, { content: 'nota', private: true });
  const { wamid } = await whatsapp.sendTemplate(before.messaging, TEMPLATE);
  first.whatsapp.setBehaviour({ undeliverable: ['5511900000000'] });
  await until(() => receiver.received.length === 1, 'sent');
  const states = [withoutPending(first.chatwoot.state()), first.whatsapp.state().received];
  await first.close();
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);

  // What was due at the time it was away comes at once.
  const saved = JSON.parse(readFileSync(stateFile, 'utf8'));
  for (const planned of saved.whatsapp.store.messages[0].planned) planned.dueAt = Date.now() - 1_000;
  writeFileSync(stateFile, JSON.stringify(saved));

  const second = await startSandbox({ stateFile });
  expect([withoutPending(second.chatwoot.state()), second.whatsapp.state().received]).toEqual(states);
  expect(second.chatwoot.token).toBe(first.chatwoot.token);
  expect(second.whatsapp.appSecret).toBe(first.whatsapp.appSecret);
  expect(second.whatsapp.state().behaviour.undeliverable).toEqual(['5511900000000']);
  const after = connections(second.details());
  const byPhone = { identifier: 'x', phones: [joana.phone] };
  expect(await chatwoot.findContacts(after.desk, byPhone)).toMatchObject([{ id: contact.id }]);
  const um = { since: new Date(0), labels: ['um'], mostPages: 2 };
  expect((await chatwoot.listChangedConversations(after.desk, um)).conversations).toHaveLength(1);
  await expect(chatwoot.createContact(after.desk, joana)).rejects.toMatchObject({ kind: 'taken' });
  const another = { inboxId: joana.inboxId, contactId: contact.id };
  expect((await chatwoot.createConversation(after.desk, another)).id).toBe(conversation.id + 1);
  await second.settled();
  const [message] = second.whatsapp.state().messages;
  expect(message).toMatchObject({ wamid, attemptId: 'attempt-1', planned: [] });
  expect(message?.statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
  expect(JSON.stringify(receiver.received.map(({ body }) => body))).toContain('"status":"read"');
  await second.close();
  await receiver.close();
});

function withoutPending(state: object): object {
  return { ...state, pendingWebhooks: 0 };
}

test('a webhook nobody has taken is still sent after a restart', async () => {
  const stateFile = join(folder, 'sandbox.json');
  const first = await startSandbox({ stateFile, webhookRetries: { firstMs: 30 } });
  const receiver = await startReceiver(first.whatsapp.verifyToken);
  await first.whatsapp.registerWebhook({ url: receiver.url });
  receiver.answer = (response) => response.writeHead(503).end();
  first.whatsapp.reply({ from: '5511987654321', text: 'SAIR' });
  await until(() => receiver.received.length > 1, 'refused twice');
  await first.close();
  receiver.answer = (response) => response.end();
  receiver.received.length = 0;
  const second = await startSandbox({ stateFile });
  await second.settled();
  expect(JSON.stringify(receiver.received.map(({ body }) => body))).toContain('SAIR');
  await second.close();
  await receiver.close();
});

test('changes are saved while it runs', async () => {
  const stateFile = join(folder, 'sandbox.json');
  const sandbox = await startSandbox({ stateFile });
  await until(() => existsSync(stateFile), 'first save');
  sandbox.whatsapp.reply({ from: '5511987654321', text: 'guardado' });
  await until(() => readFileSync(stateFile, 'utf8').includes('guardado'), 'second save');
  await sandbox.close();
});

test('a broken state file is not overwritten', async () => {
  const stateFile = join(folder, 'sandbox.json');
  writeFileSync(stateFile, '{"version":1,');
  await expect(startSandbox({ stateFile })).rejects.toThrow(/not readable as JSON/);
  expect(readFileSync(stateFile, 'utf8')).toBe('{"version":1,');
});

test('a taken port is told as such', async () => {
  const first = await startSandbox();
  const whatsappPort = Number(new URL(first.whatsapp.url).port);
  await expect(startSandbox({ whatsappPort })).rejects.toEqual(new PortTaken(whatsappPort));
  await first.close();
});

describe('as a process', () => {
  const MAIN = join(import.meta.dirname, '../../src/sandbox/main.ts');

  function run(env: Record<string, string>) {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output.text += chunk.toString();
      });
    }
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    return { child, output, ended };
  }

  test('writes its details for others, and stops on SIGTERM with its state saved', async () => {
    const ready = join(folder, 'ready.json');
    const stateFile = join(folder, 'state.json');
    const { child, ended } = run({
      SANDBOX_READY_FILE: ready,
      SANDBOX_STATE_FILE: stateFile,
      SANDBOX_SENT_MS: '5',
    });
    await until(() => existsSync(ready), 'ready file');
    expect(statSync(ready).mode & 0o777).toBe(0o600);
    const details = JSON.parse(readFileSync(ready, 'utf8')) as SandboxDetails;
    const { messaging } = connections(details);
    const { wamid } = await whatsapp.sendTemplate(messaging, TEMPLATE);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(existsSync(ready)).toBe(false);
    const saved = JSON.parse(readFileSync(stateFile, 'utf8'));
    expect(saved.whatsapp.store.messages).toMatchObject([{ wamid }]);
    expect(saved.whatsapp.store.behaviour.delays).toEqual({ sentMs: 5, deliveredMs: 900, readMs: 2_500 });
  });

  test('says in one line which port is taken or which variable is wrong', async () => {
    const other = await startSandbox();
    const port = new URL(other.chatwoot.url).port;
    const taken = run({ SANDBOX_CHATWOOT_PORT: port });
    expect(await taken.ended).toBe(1);
    expect(taken.output.text).toBe(
      `sandbox: port ${port} (SANDBOX_CHATWOOT_PORT) is taken: stop what listens there, or choose another port\n`,
    );
    await other.close();
    const wrong = run({ SANDBOX_READ_MS: 'soon' });
    expect(await wrong.ended).toBe(1);
    expect(wrong.output.text).toBe('sandbox: SANDBOX_READ_MS must be a whole number, not "soon"\n');
  });
});
