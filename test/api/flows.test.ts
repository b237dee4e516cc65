import { flowList, flow as flowShape } from '../../src/contract/connection.ts';
import { templateList } from '../../src/contract/listings.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { asContract } from '../harness/contract.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { inStage, viewOf } from '../harness/sandbox-views.ts';
import { addTenant } from '../harness/second-tenant.ts';

let product: Product;
let flowId: string;
beforeAll(async () => {
  product = await startProduct();
  const { templates } = product.sandbox.whatsapp.state();
  const base = templates[0]!;
  templates.push(
    { ...base, id: '3', name: 'sem_botoes', buttons: [], body: 'Oi, {{1}}. Podemos conversar?' },
    { ...base, id: '4', name: 'em_analise', status: 'PENDING' },
    { ...base, id: '5', name: 'dois_valores', body: 'Oi, {{1}} da {{2}}' },
  );
  flowId = (await flow()).id;
});
afterAll(async () => {
  await product.stop();
  await closeHttp();
});

const flow = async () => asContract(flowList, (await product.call('GET', '/v1/flows')).body).flows[0]!;
const change = (body: unknown, id = flowId) => product.call('PATCH', `/v1/flows/${id}`, body);
const sync = (body?: unknown) => product.call('POST', '/v1/templates/sync', body);

/** Expects that a change is refused so, and makes no version. */
async function refused(body: unknown, errors: [string, string, RegExp][]) {
  const before = await flow();
  const answer = await change(body);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_body']);
  expect(answer.body.errors).toEqual(
    errors.map(([field, code, words]) => ({ field, code, message: expect.stringMatching(words) })),
  );
  expect(await flow()).toEqual(before);
}

test('before templates are read, a change is told to have them read', async () => {
  await refused({ main: { template: 'sem_botoes', buttons: [] } }, [
    [
      'main.template',
      'template_unknown',
      /não tem o modelo "sem_botoes"\. Não se conhece nenhum.*sincronize/,
    ],
  ]);
});

describe('reading templates now', () => {
  test('they are as Meta has them', async () => {
    const answer = await sync();
    expect(answer.status).toBe(200);
    const { templates } = asContract(templateList, answer.body);
    expect(templates.map(({ name, status }) => [name, status])).toEqual([
      ['dois_valores', 'APPROVED'],
      ['em_analise', 'PENDING'],
      ['indicacao_boas_vindas', 'APPROVED'],
      ['indicacao_retrabalho', 'APPROVED'],
      ['sem_botoes', 'APPROVED'],
    ]);
    expect((await product.call('GET', '/v1/templates')).body).toEqual(answer.body);
    product.sandbox.whatsapp.state().templates[3]!.name = 'em_analise_2';
    const channel_id = (await flow()).channel_id;
    const again = asContract(templateList, (await sync({ channel_id })).body).templates;
    expect(
      again.filter(({ name }) => name.startsWith('em_analise')).map(({ name, status }) => [name, status]),
    ).toEqual([
      ['em_analise', 'DELETED'],
      ['em_analise_2', 'PENDING'],
    ]);
  });

  test('Meta’s refusal, or silence, is told with number and remedy', async () => {
    product.sandbox.whatsapp.addFault({ kind: 'status', status: 401, when: 'before' });
    const wrong = await sync();
    expect([wrong.status, wrong.body.code, wrong.body.errors]).toEqual([
      502,
      'whatsapp_refused',
      [
        {
          field: 'token',
          code: 'token_refused',
          message: expect.stringMatching(/^Número "WhatsApp": .*Gere um permanente/),
        },
      ],
    ]);
    product.sandbox.whatsapp.addFault({ kind: 'cut', when: 'before' });
    const away = await sync();
    expect([away.status, away.body.code, away.body.errors[0].field]).toEqual([
      502,
      'whatsapp_unavailable',
      'base_url',
    ]);
    await product.query(`update channel set business_account_id = '12345'`);
    expect((await sync()).body.errors[0].message).toMatch(/conta do WhatsApp Business dele/);
    await product.query('update channel set business_account_id = $1', [product.sandbox.whatsapp.wabaId]);
  });

  test('of a number of another tenant, or none: 404', async () => {
    const second = await addTenant(product);
    const { channel_id } = await flow();
    const answer = await second.call('POST', '/v1/templates/sync', { channel_id });
    expect([answer.status, answer.body.code]).toEqual([404, 'channel_not_found']);
  });
});

test('a flow is as it was made', async () => {
  const buttons = ['talk', 'not_interested', 'opt_out'];
  expect(await flow()).toEqual({
    id: flowId,
    name: 'Indicação',
    source: 'api_oficial',
    version: 1,
    channel_id: expect.any(String),
    main: { template: 'indicacao_boas_vindas', language: 'pt_BR', buttons },
    rework: { template: 'indicacao_retrabalho', language: 'pt_BR', buttons },
  });
});

describe('a change that would not be sent is refused', () => {
  test('templates that are not there, or not approved, with the names of those that are', async () => {
    const approved = /Aprovados: dois_valores \(pt_BR\), indicacao_boas_vindas \(pt_BR\), .*sem_botoes/;
    await refused({ main: { template: 'nenhum' }, rework: { template: 'em_analise' } }, [
      ['main.template', 'template_unknown', approved],
      ['rework.template', 'template_unknown', approved],
    ]);
    await refused({ main: { template: 'em_analise_2' } }, [
      ['main.template', 'template_not_approved', /está em análise na Meta\. Aprovados/],
    ]);
    await refused({ main: { language: 'en_US' } }, [
      ['main.language', 'template_unknown', /não existe em en_US\. Existe em pt_BR/],
    ]);
  });

  test('templates that are sent otherwise', async () => {
    await refused({ main: { template: 'dois_valores' } }, [
      ['main.template', 'template_parameters', /tem 2 variáveis.*\{\{1\}\}/],
    ]);
    await refused({ rework: { template: 'sem_botoes' } }, [
      ['rework.buttons', 'template_buttons', /resposta rápida \(0\).*significados dados \(3\)/],
    ]);
    await refused({ main: { buttons: ['talk'] } }, [['main.buttons', 'template_buttons', /\(3\).*\(1\)/]]);
  });

  test('numbers that are not there, or have no templates', async () => {
    await refused({ channel_id: '0198c1e8-0000-7000-8000-000000000000' }, [
      ['channel_id', 'unknown_channel', /Escolha um número da API oficial: .*"WhatsApp"/],
    ]);
    const { body } = await product.call('POST', '/v1/channels', {
      kind: 'evolution',
      name: 'Celular',
      base_url: 'http://127.0.0.1:9',
      api_key: 'x',
      instance: 'celular',
      chatwoot_inbox_id: 3,
    });
    await refused({ channel_id: body.id }, [
      [
        'channel_id',
        'not_for_this_kind',
        /"Celular" é uma instância da Evolution API, que não envia modelos/,
      ],
    ]);
  });

  test('flows of another tenant, or none: 404', async () => {
    const second = await addTenant(product);
    const elsewhere = await second.call('PATCH', `/v1/flows/${flowId}`, { main: { template: 'sem_botoes' } });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([404, 'flow_not_found']);
    expect((await change({ main: { template: 'x' } }, 'x')).body.code).toBe('flow_not_found');
  });
});

test('new leads are written to as the flow says now, those under way as when they came; nothing is restarted', async () => {
  const before = { telefone: '11987650001' };
  const { lead_id: old } = await product.refer(before);
  await inStage(product, old, 'waiting');

  const answer = await change({
    main: { template: 'sem_botoes', buttons: [] },
    rework: { template: 'indicacao_boas_vindas' },
  });
  expect(answer.status).toBe(200);
  expect(asContract(flowShape, answer.body)).toEqual(await flow());
  expect(await flow()).toMatchObject({
    version: 2,
    main: { template: 'sem_botoes', language: 'pt_BR', buttons: [] },
    rework: { template: 'indicacao_boas_vindas', buttons: ['talk', 'not_interested', 'opt_out'] },
  });
  // The same again is no new version.
  expect((await change({ main: { template: 'sem_botoes' } })).body.version).toBe(2);

  const after = { telefone: '11987650002' };
  const { lead_id: young } = await product.refer(after);
  await inStage(product, young, 'waiting');
  expect(viewOf(product, after.telefone).sends()).toMatchObject([
    { template: 'sem_botoes', buttonPayloads: [] },
  ]);
  await product.call('POST', `/v1/leads/${old}/rework-now`);
  const [, reworked] = await until(() => {
    const sent = viewOf(product, before.telefone).sends();
    return sent.length > 1 ? sent : null;
  });
  expect(reworked?.template).toBe('indicacao_retrabalho');
}, 40_000);

test('a template that Meta has paused keeps the other stage from no change', async () => {
  product.sandbox.whatsapp.setTemplate({ name: 'sem_botoes', status: 'PAUSED' });
  await sync();
  expect((await change({ rework: { template: 'indicacao_retrabalho' } })).status).toBe(200);
  const { channel_id } = await flow();
  const { body: added } = await product.call('POST', '/v1/channels', {
    kind: 'whatsapp_cloud',
    name: 'Outro',
    phone_number_id: '999999999',
    business_account_id: '99999',
    token: 'x',
    app_secret: 'app-secret-de-teste',
    chatwoot_inbox_id: 3,
  });
  // Another number is asked about both.
  await product.query(
    `insert into template (tenant_id, channel_id, name, language, status, components)
     select tenant_id, $2, name, language, status, components from template where channel_id = $1`,
    [channel_id, added.id],
  );
  await refused({ channel_id: added.id }, [['main.template', 'template_not_approved', /pausado/]]);
  expect(
    (
      await change({
        channel_id: added.id,
        main: { template: 'indicacao_boas_vindas', buttons: ['talk', 'convert', 'opt_out'] },
      })
    ).body,
  ).toMatchObject({
    version: 4,
    channel_id: added.id,
    main: { buttons: ['talk', 'convert', 'opt_out'] },
  });
});
