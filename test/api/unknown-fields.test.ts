import { conversionReceipt, leadReceipt } from '../../src/contract/receipts.ts';
import { asPage } from '../harness/signing-in.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

const ID = '0198c1e8-0000-7000-8000-000000000000';
const NUMBER = {
  kind: 'whatsapp_cloud',
  name: 'Vendas',
  phone_number_id: '106540352242922',
  business_account_id: '102290129340398',
  token: 'x',
  app_secret: 'a'.repeat(20),
  chatwoot_inbox_id: 1,
};
const STATUS = { value: 'qualificado', label: 'Qualificado', qualified: true };
const meant = (name: string) => `Campo desconhecido. Você quis dizer ${name}?`;
const NONE = 'Campo desconhecido. Este endereço não recebe campos.';

test.each<[method: string, path: string, body: unknown, field: string, message: string]>([
  ['POST', '/v1/api-keys', { name: 'CRM', scope: 'all' }, 'scope', 'Campo desconhecido. Há: name.'],
  [
    'PATCH',
    `/v1/leads/${ID}`,
    { status_indicacao: 'qualificado', nome: 'X' },
    'nome',
    'Campo desconhecido. Há: status_indicacao.',
  ],
  [
    'PATCH',
    `/v1/leads/${ID}`,
    { status_indicacao: 'qualificado', status_indicaçao: 'x' },
    'status_indicaçao',
    meant('status_indicacao'),
  ],
  ['POST', `/v1/leads/${ID}/rework-now`, { at: '09:00' }, 'at', NONE],
  [
    'POST',
    `/v1/send-attempts/${ID}/decision`,
    { decision: 'arrived', why: 'x' },
    'why',
    'Campo desconhecido. Há: decision.',
  ],
  ['PATCH', '/v1/settings', { quiethours: null }, 'quiethours', meant('quietHours')],
  [
    'PATCH',
    '/v1/settings',
    { rework: { dias: 3 } },
    'rework.dias',
    expect.stringContaining('Há: days, time, ') as unknown as string,
  ],
  [
    'PATCH',
    '/v1/settings',
    { rework: { holidays: { country: 'BR', sate: 'SP' } } },
    'rework.holidays.sate',
    meant('state'),
  ],
  [
    'PATCH',
    '/v1/settings',
    { quietHours: { from: '21:00', to: '08:00', form: 'x' } },
    'quietHours.form',
    meant('from'),
  ],
  ['PATCH', '/v1/settings', { messagePrices: { markting: 1 } }, 'messagePrices.markting', meant('marketing')],
  [
    'PATCH',
    '/v1/settings',
    { referralStatuses: [{ ...STATUS, Lable: 'x' }] },
    'referralStatuses.0.Lable',
    meant('label'),
  ],
  ['POST', '/v1/consultants', { nome: 'Ana', e_mail: 'ana@empresa.com' }, 'e_mail', meant('email')],
  ['PATCH', `/v1/consultants/${ID}`, { nome: 'Ana', name: 'Ana' }, 'name', meant('nome')],
  ['POST', '/v1/channels', { ...NUMBER, tokens: 'x' }, 'tokens', meant('token')],
  ['PATCH', `/v1/channels/${ID}`, { state: 'active', relayurl: null }, 'relayurl', meant('relay_url')],
  ['POST', `/v1/channels/${ID}/test`, { deep: true }, 'deep', NONE],
  ['POST', `/v1/channels/${ID}/webhook`, { url: 'https://leads.exemplo.com', uri: 'x' }, 'uri', meant('url')],
  ['PATCH', '/v1/chatwoot', { team_id: null, acount_id: 1 }, 'acount_id', meant('account_id')],
  ['POST', '/v1/chatwoot/test', { accountId: 1 }, 'accountId', meant('account_id')],
  ['PATCH', `/v1/flows/${ID}`, { main: { templates: 'oi' } }, 'main.templates', meant('template')],
  ['POST', '/v1/templates/sync', { chanel_id: ID }, 'chanel_id', meant('channel_id')],
  ['POST', '/v1/events/1/replay', { force: true }, 'force', NONE],
  [
    'POST',
    '/v1/test-phone/replies',
    { wa_id: '5511987654321', button: { payload: 'x', text: 'x', id: 1 } },
    'button.id',
    'Campo desconhecido. Há: payload, text.',
  ],
  [
    'POST',
    '/api/auth/sign-in/email',
    { email: 'a@b.co', password: 'x', remember: true },
    'remember',
    'Campo desconhecido. Há: email, password.',
  ],
  [
    'POST',
    '/api/auth/change-password',
    { currentPassword: 'x', newPassword: 'y'.repeat(12), newpassword: 'z' },
    'newpassword',
    meant('newPassword'),
  ],
  ['POST', '/api/auth/revoke-sessions', { all: true }, 'all', NONE],
])('%s %s refuses what it does not know of %j', async (method, path, body, field, message) => {
  const call = path.startsWith('/v1') ? product.call : asPage(product);
  const answer = await call(method, path, body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
  expect(answer.body.errors).toEqual([{ field, code: 'unknown_field', message }]);
});

test.each([
  [`/v1/channels/${ID}`, ''],
  ['/v1/chatwoot', ''],
  [`/v1/flows/${ID}`, ''],
  [`/v1/consultants/${ID}`, 'nome'],
])(
  'PATCH %s of an unknown field alone tells of that alone, and of nothing that it is empty',
  async (path, at) => {
    const errorsOf = async (body: object) => {
      const answer = await product.call('PATCH', path, body);
      return [
        answer.status,
        answer.body.errors.map(({ field, code }: Record<string, string>) => [field, code]),
      ];
    };
    expect(await errorsOf({ zona: 'x' })).toEqual([400, [['zona', 'unknown_field']]]);
    expect(await errorsOf({})).toEqual([400, [[at, 'required']]]);
  },
);

test('of a change that has an unknown field nothing is done', async () => {
  const before = (await product.call('GET', '/v1/settings')).body;
  expect((await product.call('PATCH', '/v1/settings', { weeklyMessages: 9, zona: 'x' })).status).toBe(400);
  expect((await product.call('GET', '/v1/settings')).body).toEqual(before);
});

describe('a referral', () => {
  const REFERRAL = {
    nome: 'Rui',
    telefone: '11987650001',
    consultor: 'Ana',
    status_indicacao: 'qualificado',
  };

  test('is taken whatever else it says, and the receipt names what was ignored', async () => {
    const body = { ...REFERRAL, observacao: 'Ligar à tarde', utm: { source: 'x' }, notes: 'Oi' };
    const { status, body: receipt } = await product.call('POST', '/v1/leads', body);
    expect([status, leadReceipt.parse(receipt).ignored_fields?.toSorted()]).toEqual([
      202,
      ['observacao', 'utm'],
    ]);
    const page = await product.call('GET', `/v1/leads/${receipt.lead_id}`);
    expect(page.body.referrals[0].notes).toBe('Oi');
  });

  test('of which a needed field is misspelt is refused by the name that it came under', async () => {
    const { telefone, consultor, ...others } = REFERRAL;
    const messagesOf = async (body: object) => {
      const answer = await product.call('POST', '/v1/leads', { ...others, ...body });
      return [
        answer.status,
        answer.body.errors.map(({ field, code, message }: Record<string, string>) => [field, code, message]),
      ];
    };
    const phone = 'Informe o telefone com DDD, por exemplo (11) 98765-4321.';
    const consultant = 'Informe o consultor, pelo nome ou pelo e-mail.';
    expect(await messagesOf({ telefon: telefone, Consultant: consultor, utm: 'x' })).toEqual([
      400,
      [
        ['telefone', 'required', `${phone} Você enviou telefon; o nome é telefone.`],
        ['consultor', 'required', `${consultant} Você enviou Consultant; o nome é consultor.`],
      ],
    ]);
    expect(await messagesOf({ celular: telefone, observacao: consultor })).toEqual([
      400,
      [
        ['telefone', 'required', phone],
        ['consultor', 'required', consultant],
      ],
    ]);
  });

  test('of known fields alone, in either language, has nothing ignored', async () => {
    for (const body of [REFERRAL, { ...REFERRAL, phone: '(11) 98765-0001', name: 'Rui', email: null }]) {
      const { status, body: receipt } = await product.call('POST', '/v1/leads', body);
      expect([status, receipt]).toEqual([
        202,
        expect.not.objectContaining({ ignored_fields: expect.anything() }),
      ]);
    }
  });
});

test('a sale and an opt-out hold whatever else is said with them; what is ignored of the sale is named', async () => {
  const { lead_id } = await product.refer({ telefone: '11987650002' });
  const sale = await product.call('POST', '/v1/conversions', { phone: '11987650002', pedido: 7, valor: 90 });
  expect([sale.status, conversionReceipt.parse(sale.body)]).toEqual([
    202,
    { leads: [{ lead_id, already_converted: false }], ignored_fields: ['pedido', 'valor'] },
  ]);
  const again = await product.call('POST', '/v1/conversions', { lead_id });
  expect(again.body).toEqual({ leads: [{ lead_id, already_converted: true }] });
  const { status } = await product.call('POST', `/v1/leads/${lead_id}/opt-out`, { motivo: 'pediu' });
  expect(status).toBe(202);
});
