import { ownSourceId } from '../../src/domain/chatwoot-marks.ts';
import * as chatwootClient from '../../src/providers/chatwoot/client.ts';
import { ChatwootError } from '../../src/providers/chatwoot/client.ts';
import { closeHttp } from '../../src/providers/http.ts';
import * as whatsappClient from '../../src/providers/whatsapp/client.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { CHATWOOT_ERRORS, unexplained, unseen } from './known-errors.ts';
import { type SpecProxy, startSpecProxy, whyNot } from './prism.ts';

const why = whyNot();
const required = process.env.LEAD_FLOW_CONTRACT_TESTS === 'required';
if (why && !required) process.stderr.write(`contract tests skipped: ${why}\n`);
const describeOrSkip = why && !required ? describe.skip : describe;

/** A client whose functions note that they were called. */
function noting<Client extends object>(client: Client): { client: Client; called: Set<string> } {
  const called = new Set<string>();
  const entries = Object.entries(client).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value];
    const call = (...given: unknown[]) => {
      called.add(name);
      return value(...given);
    };
    return [name, call];
  });
  return { client: Object.fromEntries(entries) as Client, called };
}

/** What a client exports besides its calls. */
const NO_CALLS = ['ChatwootError', 'dateOf'];
const callsOf = (client: object) =>
  Object.entries(client)
    .filter(([name, value]) => typeof value === 'function' && !NO_CALLS.includes(name))
    .map(([name]) => name)
    .sort();

const MINUTE = 60_000;

describeOrSkip('against the published specifications', () => {
  let sandbox: Sandbox;
  let proxy: SpecProxy | undefined;
  beforeAll(async () => {
    if (why) throw new Error(`contract tests cannot run: ${why}`);
    sandbox = await startSandbox({ delays: { sentMs: 1, deliveredMs: 2, readMs: 3 } });
  });
  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
  });
  afterAll(async () => {
    await sandbox?.close();
    await closeHttp();
  });

  test('every call of the Chatwoot client, and the answers of the sandbox', async () => {
    const { agents, url, accountId, token, inboxId, teamId } = sandbox.chatwoot;
    proxy = await startSpecProxy('chatwoot-swagger.json', url);
    const c = { baseUrl: proxy.url, accountId, token };
    const { client: chatwoot, called } = noting(chatwootClient);

    expect(await chatwoot.listAgents(c)).toHaveLength(agents.length);
    expect(await chatwoot.listTeams(c)).toHaveLength(1);
    expect(await chatwoot.listInboxes(c)).toHaveLength(1);
    await sandbox.chatwoot.registerWebhook({ url: 'http://127.0.0.1:9/' });
    expect(await chatwoot.listWebhooks(c)).toMatchObject([{ url: 'http://127.0.0.1:9/' }]);
    sandbox.chatwoot.removeWebhooks();

    const joana = {
      inboxId,
      name: 'Joana Prado',
      phone: '+5511987654321',
      email: 'joana@exemplo.com.br',
      identifier: 'lead-flow:1',
      customAttributes: { origem: 'api_oficial' },
    };
    const { id: contactId } = await chatwoot.createContact(c, joana);
    const second = chatwoot.createContact(c, { ...joana, email: null, identifier: 'lead-flow:2' });
    await expect(second).rejects.toThrow(ChatwootError);
    expect(await chatwoot.getContact(c, contactId)).toMatchObject({ identifier: 'lead-flow:1' });
    expect(await chatwoot.getContact(c, 999_999)).toBeNull();
    expect(await chatwoot.findContacts(c, { identifier: 'x', phones: [joana.phone] })).toHaveLength(1);
    expect(await chatwoot.findContacts(c, { identifier: 'lead-flow:1', phones: [] })).toHaveLength(1);
    await chatwoot.updateContact(c, contactId, { name: 'Joana P.', customAttributes: { cnpj: 'x' } });
    await chatwoot.createContactInbox(c, contactId, { inboxId, sourceId: '551187654321' });

    const conversation = {
      inboxId,
      contactId,
      status: 'open' as const,
      customAttributes: { lead_flow_step: 'create_conversation:1' },
    };
    const { id } = await chatwoot.createConversation(c, { ...conversation, assigneeId: agents[0]?.id });
    await chatwoot.createConversation(c, { ...conversation, teamId });
    expect(await chatwoot.getConversation(c, id)).toMatchObject({ id });
    expect(await chatwoot.listContactConversations(c, contactId)).toHaveLength(2);
    await chatwoot.assignAgent(c, id, agents[1]!.id);
    await chatwoot.assignTeam(c, id, teamId);
    await chatwoot.setStatus(c, id, 'open');
    await chatwoot.addLabels(c, id, ['convertido']);
    await chatwoot.removeLabels(c, id, ['convertido']);
    await chatwoot.setLabels(c, id, ['adiar-7d']);
    expect(await chatwoot.getLabels(c, id)).toEqual(['adiar-7d']);
    await chatwoot.mergeCustomAttributes(c, id, { um: 1 });
    await chatwoot.setCustomAttributes(c, id, { dois: '2' });

    const note = { content: 'Indicação recebida', private: true };
    const own = { contentAttributes: { lead_flow: 'note:1' }, sourceId: ownSourceId('note:1') };
    const { id: noteId } = await chatwoot.postMessage(c, id, { ...note, ...own });
    expect(await chatwoot.listMessages(c, id)).toMatchObject([{ id: noteId, sourceId: own.sourceId }]);
    await chatwoot.listMessages(c, id, { after: noteId });
    const lately = { since: new Date(Date.now() - MINUTE), mostPages: 3 };
    expect(await chatwoot.listMessagesSince(c, id, lately)).toHaveLength(1);
    for (const wanted of [
      { ...lately, inboxId },
      { ...lately, labels: ['convertido', 'adiar-7d'] },
    ]) {
      const { conversations } = await chatwoot.listChangedConversations(c, wanted);
      expect(conversations.map((one) => one.id)).toContain(id);
    }

    expect(unexplained(proxy.calls, CHATWOOT_ERRORS)).toEqual([]);
    expect(unseen(proxy.calls, CHATWOOT_ERRORS)).toEqual([]);
    expect([...called].sort()).toEqual(callsOf(chatwootClient));
  });

  test('every call of the WhatsApp client, and the answers of the sandbox', async () => {
    const { url, version, phoneNumberId, wabaId, token } = sandbox.whatsapp;
    proxy = await startSpecProxy('whatsapp-cloud-messages.json', url);
    const c = { baseUrl: proxy.url, version, phoneNumberId, token };
    const { client: whatsapp, called } = noting(whatsappClient);
    const to = '5511987654321';

    const { wamid } = await whatsapp.sendTemplate(c, {
      to,
      template: 'indicacao_boas_vindas',
      language: 'pt_BR',
      bodyParameters: ['Joana'],
      buttonPayloads: ['talk:1', 'not_interested:1', 'opt_out:1'],
      attemptId: 'attempt-1',
    });
    const text = { text: 'Oi', attemptId: 'attempt-2' };
    await expect(whatsapp.sendText(c, { to: '5511987654322', ...text })).rejects.toThrow('window_closed');
    sandbox.whatsapp.reply({ from: to, text: 'Oi' });
    await whatsapp.sendText(c, { to, ...text, replyTo: wamid });
    expect(await whatsapp.getPhoneNumber(c)).toMatchObject({ id: phoneNumberId });
    expect(await whatsapp.listTemplates(c, wabaId)).not.toEqual([]);
    expect(await whatsapp.listSubscribedApps(c, wabaId)).toEqual([
      { id: expect.any(String), name: 'Lead Flow' },
    ]);
    expect(await whatsapp.describeToken(c)).toMatchObject({ valid: true, expiresAt: null });
    expect(await whatsapp.getCallbacks(c)).toEqual([]);

    expect(proxy.calls.map(({ status }) => status)).toEqual([200, 400, 200, 200, 200, 200, 200, 200]);
    expect(unexplained(proxy.calls, [])).toEqual([]);
    expect([...called].sort()).toEqual(callsOf(whatsappClient));
  });

  test('what a specification does not allow is seen', async () => {
    const { url, accountId, token } = sandbox.chatwoot;
    proxy = await startSpecProxy('chatwoot-swagger.json', url);
    await fetch(`${proxy.url}/api/v1/accounts/${accountId}/contacts`, {
      method: 'POST',
      headers: { api_access_token: token, 'content-type': 'application/json' },
      body: JSON.stringify({ inbox_id: 'three', name: 'Joana' }),
    });
    expect(unexplained(proxy.calls, CHATWOOT_ERRORS)).toContainEqual(
      expect.stringContaining('request.body.inbox_id: type'),
    );
  });
});
