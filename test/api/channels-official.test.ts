import { connectionTest } from '../../src/contract/connection.ts';
import { channel as channelShape, newChannel } from '../../src/contract/listings.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { asContract } from '../harness/contract.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { freePort } from '../providers/http-server.ts';

let product: Product;
let channelId: string;
beforeAll(async () => {
  product = await startProduct({ worker: false });
  channelId = (await channels())[0]?.id ?? '';
});
afterAll(async () => {
  await product.stop();
  await closeHttp();
});

const channels = async () =>
  ((await product.call('GET', '/v1/channels')).body.channels as unknown[]).map((one) =>
    asContract(channelShape, one),
  );
const listed = async (id: string) => (await channels()).find((one) => one.id === id);
const change = (id: string, body: unknown) => product.call('PATCH', `/v1/channels/${id}`, body);

let numbers = 200_000_000;
const given = (over: object = {}) => ({
  kind: 'whatsapp_cloud',
  name: ' Segundo número ',
  phone_number_id: String(++numbers),
  business_account_id: '419561257915477',
  token: 'EAAG-token',
  app_secret: 'app-secret-de-teste',
  chatwoot_inbox_id: 3,
  ...over,
});
const add = (over: object = {}) => product.call('POST', '/v1/channels', given(over));

describe('adding', () => {
  test('201 with what Meta’s webhook page asks for, shown this once, which works', async () => {
    const sandbox = await startSandbox();
    const { token, appSecret: app_secret, url: base_url } = sandbox.whatsapp;
    const { status, body } = await add({ token, app_secret, base_url, verify_token: 'verifique-me' });
    expect(status).toBe(201);
    const { webhook, ...channel } = asContract(newChannel, body);
    expect(channel).toMatchObject({
      name: 'Segundo número',
      kind: 'whatsapp_cloud',
      phone_number_id: String(numbers),
      chatwoot_inbox_id: 3,
      messages_per_second: 80,
      state: 'active',
      stopped_templates: [],
    });
    expect(webhook).toEqual({
      path: expect.stringMatching(/^\/webhooks\/whatsapp\/wa_[\w-]{43}$/),
      verify_token: 'verifique-me',
    });
    expect(await listed(channel.id)).toEqual(channel);
    // As Meta verifies the address, and signs what it sends there.
    const path = 'path' in webhook ? webhook.path : '';
    const verified = await fetch(
      `${product.url}${path}?hub.mode=subscribe&hub.verify_token=verifique-me&hub.challenge=42`,
    );
    expect([verified.status, await verified.text()]).toEqual([200, '42']);
    await sandbox.whatsapp.registerWebhook({ url: product.url + path, verify: false });
    sandbox.whatsapp.reply({ from: '5511987650000', text: 'oi' });
    await sandbox.settled();
    await sandbox.close();
    const endpoints = await product.query('select from inbox_event where endpoint_id = $1', [channel.id]);
    expect(endpoints).toHaveLength(1);
  });

  test('a verify token is made where none is given', async () => {
    const { webhook } = (await add()).body;
    expect(webhook.verify_token).toMatch(/^verify_[\w-]{43}$/);
  });

  test('a number that is there: 409, and nothing changed; another tenant may have it', async () => {
    const { body } = await add();
    const again = await add({ phone_number_id: body.phone_number_id, name: 'Outro' });
    expect([again.status, again.body]).toMatchObject([
      409,
      {
        code: 'channel_taken',
        errors: [
          {
            field: 'phone_number_id',
            code: 'number_taken',
            message: expect.stringMatching(/Altere o que existe/),
          },
        ],
      },
    ]);
    expect((await listed(body.id))?.name).toBe('Segundo número');
    const second = await addTenant(product);
    const { phone_number_id } = body;
    expect((await second.call('POST', '/v1/channels', given({ phone_number_id }))).status).toBe(201);
  });

  test('every field that is wrong is named, with what it should be', async () => {
    const { status, body } = await product.call('POST', '/v1/channels', {
      kind: 'whatsapp_cloud',
      phone_number_id: '+55 11 98765-4321',
      api_version: '23',
      base_url: 'ftp://meta',
      verify_token: 'curto',
    });
    expect(status).toBe(400);
    const errors = Object.fromEntries(
      body.errors.map(({ field, message }: { field: string; message: string }) => [field, message]),
    );
    expect(errors).toEqual({
      name: 'Informe o nome do número.',
      phone_number_id: expect.stringMatching(/só algarismos/),
      business_account_id: expect.stringMatching(/conta do WhatsApp Business/),
      token: 'Informe o token.',
      app_secret: expect.stringMatching(/16 a 200/),
      verify_token: expect.stringMatching(/8 a 200/),
      base_url: expect.stringMatching(/http ou https/),
      api_version: expect.stringMatching(/v23\.0/),
      chatwoot_inbox_id: expect.stringMatching(/caixa de entrada/),
    });
  });
});

test('a channel gets another name and another inbox', async () => {
  const before = await listed(channelId);
  const answer = await change(channelId, { name: 'Vendas ', chatwoot_inbox_id: 8 });
  expect(asContract(channelShape, answer.body)).toEqual({ ...before, name: 'Vendas', chatwoot_inbox_id: 8 });
  await change(channelId, { name: 'WhatsApp', chatwoot_inbox_id: 3 });
  expect(await listed(channelId)).toEqual(before);
});

describe('a trial', () => {
  const tried = async (id = channelId) => {
    const { status, body } = await product.call('POST', `/v1/channels/${id}/test`);
    expect(status).toBe(200);
    return asContract(connectionTest, body);
  };
  const said = async (name: string) =>
    (await tried()).checks
      .filter((check) => check.name === name)
      .map(({ state, message }) => [state, message]);
  const setToken = (scopes: string[], expiresAt = 0) =>
    product.sandbox.whatsapp.setBehaviour({ token: { scopes, expiresAt } });
  const BOTH = ['whatsapp_business_management', 'whatsapp_business_messaging'];
  const APP = { id: '670843887433847', name: 'Lead Flow' };

  afterEach(async () => {
    const { whatsapp } = product.sandbox;
    setToken(BOTH);
    whatsapp.clearFaults();
    whatsapp.setBehaviour({ subscribedApps: [APP], templates: { indicacao_boas_vindas: 'APPROVED' } });
    whatsapp.setAccount({ event: 'number', quality: 'GREEN', status: 'CONNECTED' });
    whatsapp.removeWebhooks();
    await whatsapp.registerWebhook({ url: product.webhooks.whatsapp });
    await change(channelId, { token: whatsapp.token });
  });

  test('of what is right says so of everything', async () => {
    const { ok, checks } = await tried();
    expect([ok, checks.map(({ name, state }) => [name, state])]).toEqual([
      true,
      [
        ['number', 'ok'],
        ['quality', 'ok'],
        ['token', 'ok'],
        ['webhook', 'ok'],
        ['template', 'ok'],
        ['template', 'ok'],
      ],
    ]);
    const words = checks.map(({ message }) => message).join('\n');
    expect(words).toMatch(/\+55 11 94000-0001 "Loja Exemplo"/);
    expect(words).toMatch(/Limite de pessoas novas por dia: 10 mil/);
    expect(words).toMatch(/inscrito \(Lead Flow\)/);
    expect(words).toMatch(/"indicacao_boas_vindas" \(pt_BR\) está aprovado/);
    expect(words).not.toContain(product.webhooks.whatsapp.split('/').pop());
    expect(words).not.toContain(product.sandbox.whatsapp.token);
  });

  test('of the number: its state and its quality', async () => {
    const { whatsapp } = product.sandbox;
    whatsapp.setAccount({ event: 'number', status: 'FLAGGED', quality: 'YELLOW' });
    expect((await said('number'))[0]).toEqual([
      'warning',
      expect.stringMatching(/estado FLAGGED.*Gerenciador/),
    ]);
    expect((await said('quality'))[0]).toEqual(['warning', expect.stringMatching(/média/)]);
    whatsapp.setAccount({ event: 'number', status: 'RESTRICTED', quality: 'RED' });
    expect((await said('number'))[0]?.[0]).toBe('failed');
    expect((await said('quality'))[0]).toEqual(['failed', expect.stringMatching(/baixa/)]);
  });

  test('of the token: refused, without a right, expiring, not described', async () => {
    setToken(['whatsapp_business_messaging']);
    expect(await said('token')).toEqual([
      [
        'failed',
        expect.stringMatching(/^Falta ao token a permissão whatsapp_business_management\. Gere outro/),
      ],
    ]);
    setToken(BOTH, Date.UTC(2031, 2, 4, 12) / 1000);
    expect(await said('token')).toEqual([
      ['warning', expect.stringMatching(/vale só até 04\/03\/2031.*permanente/)],
    ]);
    product.sandbox.whatsapp.addFault({
      match: { path: 'debug_token' },
      kind: 'status',
      status: 403,
      when: 'before',
    });
    expect(await said('token')).toEqual([
      ['warning', expect.stringMatching(/não disse o que ele pode.*whatsapp_/)],
    ]);
    await change(channelId, { token: 'vencido' });
    expect(await tried()).toEqual({
      ok: false,
      checks: [
        {
          name: 'token',
          state: 'failed',
          message: expect.stringMatching(/recusou o token \(code 190, HTTP 401\).*informe-o em token/),
        },
      ],
    });
  });

  test('of the webhook: subscribed by this app, and called where we are', async () => {
    const { whatsapp } = product.sandbox;
    whatsapp.setBehaviour({ subscribedApps: [] });
    expect(await said('webhook')).toEqual([
      ['failed', expect.stringMatching(/não está inscrito.*Inscreva-o/)],
    ]);
    whatsapp.setBehaviour({ subscribedApps: [{ id: '1', name: 'Outro app' }] });
    expect(await said('webhook')).toEqual([['failed', expect.stringMatching(/Inscritos: Outro app/)]]);
    whatsapp.setBehaviour({ subscribedApps: [{ id: '1', name: 'Outro app' }, APP] });
    expect((await said('webhook'))[0]?.[0]).toBe('ok');
    whatsapp.removeWebhooks();
    expect(await said('webhook')).toEqual([['warning', expect.stringMatching(/não disse que endereço/)]]);
    await whatsapp.registerWebhook({ url: 'https://outro.exemplo/webhooks/whatsapp/wa_x', verify: false });
    expect(await said('webhook')).toEqual([
      [
        'warning',
        expect.stringMatching(/chama https:\/\/outro\.exemplo por este número, não o endereço do Lead Flow/),
      ],
    ]);
    whatsapp.addFault({ match: { path: 'subscribed_apps' }, kind: 'status', status: 403, when: 'before' });
    expect(await said('webhook')).toEqual([
      ['failed', expect.stringMatching(/whatsapp_business_management/)],
    ]);
  });

  test('of the templates that flows use: there, approved, and as they are sent', async () => {
    const { whatsapp } = product.sandbox;
    whatsapp.setBehaviour({ templates: { indicacao_boas_vindas: 'PAUSED' } });
    expect(await said('template')).toEqual([
      [
        'failed',
        expect.stringMatching(
          /"indicacao_boas_vindas" está pausado na Meta\. Aprovados: indicacao_retrabalho \(pt_BR\)/,
        ),
      ],
      ['ok', expect.stringMatching(/"indicacao_retrabalho"/)],
    ]);
    whatsapp.setBehaviour({ templates: { indicacao_boas_vindas: 'APPROVED' } });
    const { templates } = whatsapp.state();
    const [first] = templates;
    const was = { ...first };
    Object.assign(first ?? {}, { body: 'Olá, {{1}} da {{2}}!', buttons: ['Sim'] });
    expect((await said('template'))[0]).toEqual([
      'failed',
      expect.stringMatching(
        /tem 2 variáveis.*não tem tantos botões de resposta rápida \(1\) quantos os significados dados \(3\)/,
      ),
    ]);
    Object.assign(first ?? {}, was);
    const { body } = await add({
      token: whatsapp.token,
      base_url: whatsapp.url,
      phone_number_id: whatsapp.phoneNumberId + 1,
    });
    expect((await tried(body.id)).checks).toEqual([
      {
        name: 'number',
        state: 'failed',
        message: expect.stringMatching(/não vê o número de id .*não é o número de telefone/),
      },
    ]);
  });

  test('of a number whose account is not known, and that no flow uses', async () => {
    await product.query('update channel set business_account_id = null where id = $1', [channelId]);
    expect((await said('webhook'))[0]).toEqual([
      'warning',
      expect.stringMatching(/id da conta.*não é conhecido/),
    ]);
    expect((await said('template'))[0]?.[0]).toBe('warning');
    await product.query('update channel set business_account_id = $2 where id = $1', [
      channelId,
      product.sandbox.whatsapp.wabaId,
    ]);
  });

  test('of what cannot be reached, or is not there', async () => {
    const { body } = await add({ base_url: `http://127.0.0.1:${await freePort()}` });
    expect(await tried(body.id)).toEqual({
      ok: false,
      checks: [
        {
          name: 'address',
          state: 'failed',
          message: expect.stringMatching(/Meta não respondeu.*Tente de novo/),
        },
      ],
    });
    const second = await addTenant(product);
    for (const id of [channelId, 'x']) {
      expect((await second.call('POST', `/v1/channels/${id}/test`)).body.code).toBe('channel_not_found');
    }
  });
});
