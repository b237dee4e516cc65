import { testPhone, testPhoneReply } from '../../src/contract/connection.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { asContract } from '../harness/contract.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { inStage } from '../harness/sandbox-views.ts';
import { addTenant, type SecondTenant } from '../harness/second-tenant.ts';

let product: Product;
let second: SecondTenant;
beforeAll(async () => {
  product = await startProduct();
  second = await addTenant(product);
});
afterAll(async () => {
  await product.stop();
  await closeHttp();
});

const phonesOf = async (whose: Pick<Product, 'call'>) =>
  asContract(testPhone, (await whose.call('GET', '/v1/test-phone')).body).phones;
const phones = () => phonesOf(product);
const act = (body: unknown, whose: Pick<Product, 'call'> = product) =>
  whose.call('POST', '/v1/test-phone/replies', body);
const refer = async (telefone: string, nome: string): Promise<string> => {
  const { lead_id } = await product.refer({ telefone, nome });
  await inStage(product, lead_id, 'waiting');
  return lead_id;
};

test('shows what a lead reads, with the buttons, also under a number without its ninth digit', async () => {
  expect(await phones()).toEqual([]);
  const leadId = await refer('31987650001', 'Joana Prado');
  const [phone] = await phones();
  expect(phone).toEqual({
    wa_id: '553187650001',
    name: 'Joana Prado',
    messages: [
      {
        id: expect.stringMatching(/^wamid\./),
        direction: 'out',
        text: 'Olá, Joana! Você foi indicado para falar com a nossa equipe. Podemos conversar?',
        buttons: [
          { text: 'Quero falar', payload: `talk:${leadId}` },
          { text: 'Não tenho interesse', payload: `not_interested:${leadId}` },
          { text: 'Parar de receber', payload: `opt_out:${leadId}` },
        ],
        state: expect.stringMatching(/^(accepted|sent|delivered|read)$/),
        at: expect.any(String),
      },
    ],
  });
  await until(async () => (await phones())[0]?.messages[0]?.state === 'read');
});

test('a button is pressed and a text written as the lead would; the newest conversation stands first', async () => {
  const [joana] = await phones();
  const leadId = await refer('11987650002', 'Caio Reis');
  expect((await phones()).map(({ wa_id }) => wa_id)).toEqual(['5511987650002', joana?.wa_id]);

  const pressed = await act({ wa_id: joana?.wa_id, button: joana?.messages[0]?.buttons[0] });
  expect(pressed.status).toBe(202);
  const { id } = asContract(testPhoneReply, pressed.body);
  const [first] = await phones();
  expect(first?.messages.at(-1)).toEqual({
    id,
    direction: 'in',
    text: 'Quero falar',
    buttons: [],
    state: null,
    at: expect.any(String),
  });
  const joanasLead = joana?.messages[0]?.buttons[0]?.payload.split(':')[1] ?? '';
  await until(async () => (await product.lead(joanasLead)).attention === 'wants_to_talk');

  expect((await act({ wa_id: '5511987650002', text: 'SAIR' })).status).toBe(202);
  expect((await inStage(product, leadId, 'closed')).outcome).toBe('opted_out');
}, 30_000);

test('the phones of other tenants’ leads are not there, nor those of nobody', async () => {
  product.sandbox.whatsapp.reply({ from: '5511987650009', text: 'oi' });
  expect(await phones()).toHaveLength(2);
  const elsewhere = await act({ wa_id: '5511987650002', text: 'oi' }, second);
  expect([elsewhere.status, elsewhere.body.code]).toEqual([404, 'phone_not_found']);
  expect((await act({ wa_id: '5511987650009', text: 'oi' })).body.code).toBe('phone_not_found');
  await product.query(
    `with p as (insert into person (tenant_id, name) values (current_tenant(), 'Ninguém') returning id)
     insert into person_identity (tenant_id, kind, value, hash, person_id)
     select current_tenant(), 'phone', '+5511987650009', '\\x02', id from p`,
  );
  expect((await act({ wa_id: '5511987650009', text: 'oi' })).body.code).toBe('phone_not_found');
  expect(await phones()).toHaveLength(2);

  // A lead of theirs with a number of their own that is no sandbox's shows nothing, even where the phone is the same.
  await second.query(
    `with p as (insert into person (tenant_id, name) values (current_tenant(), 'Caio') returning id),
     i as (insert into person_identity (tenant_id, kind, value, hash, person_id)
       select current_tenant(), 'phone', '+5511987650002', '\\x01', id from p)
     insert into lead (tenant_id, person_id, flow_id, flow_version, origin, status_value, consultant_name)
     select current_tenant(), p.id, f.id, 1, 'api_oficial', 'qualificado', 'Zé' from p, flow f`,
  );
  expect(await phonesOf(second)).toEqual([]);
  expect((await act({ wa_id: '5511987650002', text: 'oi' }, second)).status).toBe(404);
  await second.query('update channel set base_url = $1', [product.sandbox.whatsapp.url]);
  expect((await phonesOf(second)).map(({ wa_id }) => wa_id)).toEqual(['5511987650002']);
});

test('one of text and button, said with what to send', async () => {
  for (const body of [{ text: 'oi', button: { payload: 'x', text: 'x' } }, {}]) {
    const { status, body: problem } = await act({ wa_id: '5511987650002', ...body });
    expect([status, problem.errors]).toEqual([
      400,
      [{ field: 'text', code: 'one_of', message: 'Informe text ou button: um dos dois.' }],
    ]);
  }
});

test('a sandbox that is away is told', async () => {
  const lone = await startProduct({
    worker: false,
    variables: { LEAD_FLOW_SANDBOX_WHATSAPP_URL: 'http://127.0.0.1:9/' },
  });
  try {
    await lone.query(`update channel set base_url = 'http://127.0.0.1:9'`);
    await lone.refer({ telefone: '11987650003' });
    for (const answer of [
      await lone.call('GET', '/v1/test-phone'),
      await lone.call('POST', '/v1/test-phone/replies', { wa_id: '5511987650003', text: 'oi' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([502, 'test_phone_unavailable']);
    }
  } finally {
    await lone.stop();
  }
});

test('without a sandbox there is no phone: 404', async () => {
  const real = await startProduct({ worker: false, variables: { LEAD_FLOW_SANDBOX_WHATSAPP_URL: '' } });
  try {
    for (const answer of [
      await real.call('GET', '/v1/test-phone'),
      await real.call('POST', '/v1/test-phone/replies', { wa_id: '5511987650003', text: 'oi' }),
    ]) {
      expect([answer.status, answer.body.code, answer.body.title]).toEqual([
        404,
        'no_test_phone',
        expect.stringMatching(/sandbox/),
      ]);
    }
  } finally {
    await real.stop();
  }
});
