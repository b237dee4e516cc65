import { chatwoot, chatwootDirectory, connectionTest } from '../../src/contract/connection.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { asContract } from '../harness/contract.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { inStage } from '../harness/sandbox-views.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { freePort } from '../providers/http-server.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterEach(async () => {
  const { chatwoot: there } = product.sandbox;
  there.clearFaults();
  there.removeWebhooks();
  await there.registerWebhook({ url: product.webhooks.chatwoot });
  const { url, accountId: account_id, token, teamId: team_id, webhookSecret: webhook_secret } = there;
  await change({ url, account_id, token, team_id, webhook_secret });
});
afterAll(async () => {
  await product.stop();
  await closeHttp();
});

const change = (body: unknown) => product.call('PATCH', '/v1/chatwoot', body);
const show = async () => asContract(chatwoot, (await product.call('GET', '/v1/chatwoot')).body);
const stored = async () => {
  const [row] = await product.query<{ token_sealed: Buffer; webhook_secret_sealed: Buffer | null }>(
    'select token_sealed, webhook_secret_sealed from chatwoot_connection',
  );
  const { open } = createSealing(product.secretKey);
  return {
    token: open(row?.token_sealed ?? Buffer.alloc(0)),
    secret: row?.webhook_secret_sealed ? open(row.webhook_secret_sealed) : null,
  };
};
const tried = async (body?: unknown) => {
  const answer = await product.call('POST', '/v1/chatwoot/test', body);
  expect(answer.status).toBe(200);
  return asContract(connectionTest, answer.body);
};
/** What a trial says of one thing. */
const said = async (name: string, body?: unknown) =>
  (await tried(body)).checks
    .filter((check) => check.name === name)
    .map(({ state, message }) => [state, message]);

describe('the connection', () => {
  test('is shown without its secrets', async () => {
    const { url, accountId, teamId } = product.sandbox.chatwoot;
    expect(await show()).toEqual({ url, account_id: accountId, team_id: teamId, has_webhook_secret: true });
  });

  test('is changed by what is given; null takes away', async () => {
    const before = await stored();
    const answer = await change({ team_id: null, webhook_secret: null });
    expect(answer.status).toBe(200);
    expect(asContract(chatwoot, answer.body)).toEqual(await show());
    expect(await show()).toMatchObject({ team_id: null, has_webhook_secret: false });
    expect(await stored()).toEqual({ token: before.token, secret: null });
    await change({ token: ' outro-token ', webhook_secret: 'outro-segredo' });
    expect(await show()).toMatchObject({ team_id: null, has_webhook_secret: true });
    expect(await stored()).toEqual({ token: 'outro-token', secret: 'outro-segredo' });
  });

  test('that was copied from the browser is understood', async () => {
    const { url, token } = product.sandbox.chatwoot;
    await change({ url: `${url}/app/accounts/1/dashboard`, token });
    expect((await show()).url).toBe(url);
  });

  test('of another server or account needs the token of there; nothing is sent there before', async () => {
    const { url } = product.sandbox.chatwoot;
    product.sandbox.chatwoot.clearCalls();
    for (const elsewhere of [{ url: `${url}/x` }, { account_id: 2 }]) {
      for (const ask of [change, (body: unknown) => product.call('POST', '/v1/chatwoot/test', body)]) {
        const { status, body } = await ask(elsewhere);
        expect([status, body.errors]).toEqual([
          400,
          [
            {
              field: 'token',
              code: 'required',
              message: expect.stringMatching(/Informe também o token.*conta 1/),
            },
          ],
        ]);
      }
    }
    expect(product.sandbox.chatwoot.calls()).toEqual([]);
  });

  test('with a slash at its end is not elsewhere', async () => {
    const { url } = product.sandbox.chatwoot;
    expect((await change({ url: `${url}/` })).status).toBe(200);
    expect((await show()).url).toBe(url);
  });

  test.each<[string, () => Promise<object>, string, RegExp]>([
    [
      'a wrong token',
      async () => ({ url: product.sandbox.chatwoot.url.replace('127.0.0.1', 'localhost'), token: 'x' }),
      'token',
      /recusou o token.*administrador/,
    ],
    [
      'no such account',
      async () => ({ account_id: 2, token: product.sandbox.chatwoot.token }),
      'account_id',
      /Não há a conta 2 .*\/accounts\//,
    ],
    [
      'nobody there',
      async () => ({ url: `http://127.0.0.1:${await freePort()}`, token: 'x' }),
      'url',
      /ECONNREFUSED.*endereço/,
    ],
  ])('elsewhere must answer before it is stored: %s', async (_name, given, field, words) => {
    const before = [await show(), await stored()];
    const answer = await change(await given());
    expect([answer.status, answer.body.errors]).toEqual([
      502,
      [{ field, code: expect.any(String), message: expect.stringMatching(words) }],
    ]);
    expect([await show(), await stored()]).toEqual(before);
  });

  test('of another tenant is another', async () => {
    const second = await addTenant(product);
    const { body } = await second.call('PATCH', '/v1/chatwoot', { team_id: 99 });
    expect(asContract(chatwoot, body)).toMatchObject({ account_id: 1, team_id: 99 });
    expect((await show()).team_id).toBe(product.sandbox.chatwoot.teamId);
  });
});

describe('moving', () => {
  const ids = async () =>
    product.query<{ contact: number | null; conversation: number | null }>(
      'select chatwoot_contact_id as contact, chatwoot_conversation_id as conversation from lead',
    );

  test('to another address with the same records keeps their ids; another account’s forgets them', async () => {
    const { lead_id: leadId } = await product.refer();
    await inStage(product, leadId, 'waiting');
    const known = await ids();
    expect(known).toEqual([{ contact: expect.any(Number), conversation: expect.any(Number) }]);
    const { url, token } = product.sandbox.chatwoot;
    expect((await change({ url: url.replace('127.0.0.1', 'localhost'), token })).status).toBe(200);
    expect(await ids()).toEqual(known);

    const other = await startSandbox();
    try {
      const given = { url: other.chatwoot.url, token: other.chatwoot.token };
      expect((await change(given)).status).toBe(200);
      expect(await ids()).toEqual([{ contact: null, conversation: null }]);
      expect(await product.query(`select from person_identity where kind = 'chatwoot_contact'`)).toEqual([]);
      // Its rework is done there, with a contact of that account.
      await new Promise((resolve) => setTimeout(resolve, 5_100));
      expect((await product.call('POST', `/v1/leads/${leadId}/rework-now`)).status).toBe(202);
      await inStage(product, leadId, 'rework');
      await until(() => other.chatwoot.state().contacts.length > 0);
      expect(other.chatwoot.state().contacts).toHaveLength(1);
    } finally {
      await change({ url, token });
      await other.close();
    }
  }, 40_000);
});

describe('the directory', () => {
  const read = () => product.call('GET', '/v1/chatwoot/directory');

  test('is what may be chosen from, now', async () => {
    const { agents, inboxId, teamId } = product.sandbox.chatwoot;
    product.sandbox.chatwoot.setAvailability(agents[0]?.id ?? 0, 'busy');
    const directory = asContract(chatwootDirectory, (await read()).body);
    expect(directory.agents.map(({ id, name, email }) => ({ id, name, email }))).toEqual(agents);
    expect(directory.agents[0]?.availability).toBe('busy');
    expect(directory.teams).toEqual([{ id: teamId, name: 'vendas' }]);
    expect(directory.inboxes).toEqual([
      { id: inboxId, name: 'WhatsApp Vendas', channel_type: 'Channel::Whatsapp' },
    ]);
    product.sandbox.chatwoot.setAvailability(agents[0]?.id ?? 0, 'online');
  });

  test('cannot be read: 502 that names the field and the remedy', async () => {
    await change({ token: 'errado' });
    const refused = await read();
    expect([refused.status, refused.body]).toMatchObject([
      502,
      {
        code: 'chatwoot_refused',
        errors: [{ field: 'token', code: 'unauthorized', message: expect.stringMatching(/administrador/) }],
      },
    ]);
    product.sandbox.chatwoot.addFault({ kind: 'status', status: 500, when: 'before', times: 9 });
    const away = await read();
    expect([away.status, away.body]).toMatchObject([
      502,
      {
        code: 'chatwoot_unavailable',
        errors: [{ field: 'url', message: expect.stringMatching(/tente de novo/) }],
      },
    ]);
  });
});

describe('a trial', () => {
  test('of what is right says so of everything', async () => {
    const { ok, checks } = await tried();
    expect(ok).toBe(true);
    expect(checks.map(({ name, state }) => [name, state])).toEqual([
      ['address', 'ok'],
      ['token', 'ok'],
      ['inbox', 'ok'],
      ['team', 'ok'],
      ['agents', 'ok'],
      ['webhook', 'ok'],
    ]);
    expect(checks.map(({ message }) => message).join('\n')).toMatch(
      /WhatsApp Vendas.*\(3\)[\s\S]*"vendas" \(7\)/,
    );
    // The webhook's address holds a key that nobody may read.
    expect(JSON.stringify(checks)).not.toContain(product.webhooks.chatwoot.split('/').pop());
  });

  test('of what is given stores nothing', async () => {
    const before = [await show(), await stored()];
    expect(await said('team', { team_id: 99 })).toEqual([
      ['failed', 'A equipe 99 não está nesta conta. Há: 7 "vendas". Escolha uma delas.'],
    ]);
    expect((await said('team', { team_id: null }))[0]?.[0]).toBe('warning');
    const refused = await tried({ token: 'errado' });
    expect([refused.ok, refused.checks.map(({ name, state }) => [name, state])]).toEqual([
      false,
      [
        ['address', 'ok'],
        ['token', 'failed'],
      ],
    ]);
    const { token } = product.sandbox.chatwoot;
    const away = `http://127.0.0.1:${await freePort()}`;
    expect(await tried({ url: away, token })).toEqual({
      ok: false,
      checks: [
        { name: 'address', state: 'failed', message: expect.stringContaining(`${away} não respondeu`) },
      ],
    });
    expect((await said('address', { account_id: 9, token }))[0]).toEqual([
      'failed',
      expect.stringMatching(/Não há a conta 9.*antes de \/app/),
    ]);
    expect([await show(), await stored()]).toEqual(before);
  });

  test('names an inbox that is not there, or is none of WhatsApp', async () => {
    await product.query('update channel set chatwoot_inbox_id = 99');
    const [inbox] = await said('inbox');
    expect(inbox).toEqual([
      'failed',
      expect.stringMatching(/^A caixa de entrada 99, do número "WhatsApp".*Há: 3 "WhatsApp Vendas"/),
    ]);
    await product.query('update channel set chatwoot_inbox_id = 3');
    const body = { payload: [{ id: 3, name: 'Site', channel_type: 'Channel::WebWidget' }] };
    product.sandbox.chatwoot.addFault({
      match: { path: '/inboxes' },
      kind: 'status',
      status: 200,
      when: 'before',
      body: JSON.stringify(body),
    });
    expect(await said('inbox')).toEqual([
      ['failed', expect.stringMatching(/"Site" \(3\).*WebWidget, não WhatsApp.*Números/)],
    ]);
  });

  test('names the consultants without an agent', async () => {
    const add = (nome: string, email: string) => product.call('POST', '/v1/consultants', { nome, email });
    await add('Rita Sem Agente', 'rita@exemplo.com.br');
    await add('Beto Sem Agente', 'beto@exemplo.com.br');
    expect(await said('agents')).toEqual([
      [
        'warning',
        expect.stringMatching(/^Sem agente no Chatwoot: Beto Sem Agente, Rita Sem Agente\. .*e-mail/),
      ],
    ]);
    await product.query(`update consultant set chatwoot_agent_id = 11 where name like '%Sem Agente'`);
    expect((await said('agents'))[0]?.[0]).toBe('ok');
    await product.query('update consultant set chatwoot_agent_id = null, email = null');
    expect((await said('agents'))[0]?.[1]).toContain('Ana Martins');
  });

  test.each<[string, () => Promise<unknown>, string, RegExp]>([
    [
      'is not there',
      async () => product.sandbox.chatwoot.removeWebhooks(),
      'warning',
      /não está no Chatwoot.*Webhooks/,
    ],
    [
      'has another key',
      async () => {
        product.sandbox.chatwoot.removeWebhooks();
        await product.sandbox.chatwoot.registerWebhook({ url: `${product.url}/webhooks/chatwoot/cw_outra` });
      },
      'warning',
      /não está no Chatwoot/,
    ],
    [
      'is not told of all',
      async () => {
        const url = product.webhooks.chatwoot;
        await product.sandbox.chatwoot.registerWebhook({ url, subscriptions: ['message_created'] });
      },
      'failed',
      /não avisa de conversation_updated, conversation_status_changed: .*Marque/,
    ],
    [
      'is signed with another secret',
      () => change({ webhook_secret: 'outro' }),
      'failed',
      /outro segredo.*webhook_secret/,
    ],
    [
      'is signed, and nobody looks',
      () => change({ webhook_secret: null }),
      'warning',
      /não é conferida.*webhook_secret/,
    ],
    [
      'may not be seen',
      async () => {
        const body = '{"error":"You are not authorized to do this action"}';
        const fault = { kind: 'status', status: 401, when: 'before', body } as const;
        product.sandbox.chatwoot.addFault({ match: { path: '/webhooks' }, ...fault });
      },
      'warning',
      /não pode ver os webhooks.*administrador/,
    ],
  ])('of a webhook that %s', async (_name, arrange, state, words) => {
    await arrange();
    expect(await said('webhook')).toEqual([[state, expect.stringMatching(words)]]);
  });
});
