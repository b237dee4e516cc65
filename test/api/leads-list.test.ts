import { leadList } from '../../src/contract/lead.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { asAgreed } from './agreed.ts';
import { wholeLead } from './sending.ts';

const product = suiteProduct({ worker: false });
/** Leads by a name for the test: the day they came, their stage, outcome and so on. */
const ids: Record<string, string> = {};
beforeAll(async () => {
  const [ana] = product.sandbox.chatwoot.agents;
  const leads: Record<string, [Record<string, unknown>, string]> = {
    joao: [
      {
        nome: 'João Conceição',
        telefone: '(31) 98765-5001',
        cnpj: '12.ABC.345/01DE-35',
        consultor: ana?.name,
      },
      `created_at = '2026-11-20T02:59:59.999Z'`,
    ],
    bia: [
      { nome: 'BIA 100%', telefone: '11987655002', cnpj: '11.222.333/0001-81', consultor: 'José Água' },
      `created_at = '2026-11-20T03:00:00Z', stage = 'waiting', wake_at = now()`,
    ],
    caio: [
      { nome: 'Caio', telefone: '11987655003', cnpj: null, email: 'Caio@Exemplo.com', consultor: ana?.name },
      `created_at = '2026-11-20T12:00:00Z', stage = 'closed', outcome = 'converted', closed_at = now(), attention = null,
        held_reason = 'channel_paused', held_since = now()`,
    ],
    davi: [
      { nome: 'Davi', telefone: '11987655004', cnpj: null, consultor: ana?.name },
      `created_at = '2026-11-21T03:00:00Z', stage = 'rework', rework_count = 1, attention = 'send_unknown',
        held_reason = 'quiet_hours', held_since = now(), held_until = '2026-11-21T11:00:00Z'`,
    ],
  };
  for (const [name, [body, changed]] of Object.entries(leads)) {
    ids[name] = (await product.refer(body)).lead_id;
    await product.query(`update lead set ${changed} where id = $1`, [ids[name]]);
  }
});

const list = (query: Record<string, string>) =>
  product.call('GET', `/v1/leads?${new URLSearchParams(query)}`);
/** The names of the leads that a filter finds, the newest first. */
async function found(query: Record<string, string>): Promise<string[]> {
  const { status, body } = await list(query);
  expect(status).toBe(200);
  const names = Object.fromEntries(Object.entries(ids).map(([name, id]) => [id, name]));
  return body.leads.map((lead: { id: string }) => names[lead.id] ?? 'another');
}

describe('filters', () => {
  test.each<[Record<string, string>, string[]]>([
    [{}, ['davi', 'caio', 'bia', 'joao']],
    [{ stage: 'main' }, ['joao']],
    [{ stage: 'waiting' }, ['bia']],
    [{ stage: 'rework' }, ['davi']],
    [{ stage: 'closed' }, ['caio']],
    [{ outcome: 'converted' }, ['caio']],
    [{ outcome: 'opted_out' }, []],
    [{ column: 'new' }, ['joao']],
    [{ column: 'attention' }, ['davi', 'bia']],
    [{ column: 'converted' }, ['caio']],
    [{ column: 'rework' }, []],
    [{ open: 'true' }, ['davi', 'bia', 'joao']],
    [{ open: 'false' }, ['caio']],
    [{ open: 'true', stage: 'closed' }, []],
    [{ phone: '(31) 98765-5001' }, ['joao']],
    // Without the ninth digit, as WhatsApp knows it, and as a Brazilian types it abroad.
    [{ phone: '31 8765-5001' }, ['joao']],
    [{ phone: '553187655001@s.whatsapp.net' }, ['joao']],
    [{ phone: '+55 31 98765-5001', open: 'true' }, ['joao']],
    [{ phone: '11987655003', open: 'true' }, []],
    [{ phone: '11987655003' }, ['caio']],
    [{ phone: '11987650000' }, []],
    [{ outcome: 'merged' }, []],
    [{ outcome: 'converted', stage: 'main' }, []],
    [{ attention: 'true' }, ['davi', 'bia']],
    [{ attention: 'false' }, ['caio', 'joao']],
    [{ held: 'true' }, ['davi']],
    [{ held: 'false' }, ['caio', 'bia', 'joao']],
    [{ consultant: 'jose agua' }, ['bia']],
    [{ consultant: 'ÁGUA' }, ['bia']],
    [{ consultant: '%' }, []],
    // A day is one of the tenant's, in São Paulo.
    [{ from: '2026-11-20' }, ['davi', 'caio', 'bia']],
    [{ until: '2026-11-19' }, ['joao']],
    [{ until: '2026-11-20' }, ['caio', 'bia', 'joao']],
    [{ from: '2026-11-20', until: '2026-11-20' }, ['caio', 'bia']],
    [{ from: '2026-11-21', until: '2026-11-21' }, ['davi']],
    [{ from: '0001-01-01', until: '9999-12-31' }, ['davi', 'caio', 'bia', 'joao']],
    [{ until: '2026-11-20T09:00' }, ['bia', 'joao']],
    [{ until: '2026-11-20T12:00:00Z' }, ['bia', 'joao']],
    [{ from: '2026-11-20T09:00' }, ['davi', 'caio']],
    [{ from: '2026-11-20T12:00:00.001Z' }, ['davi']],
    [{ until: '2026-11-20T00:00:00-03:00' }, ['joao']],
    [{ text: 'joao' }, ['joao']],
    [{ text: 'CONCEIÇÃO' }, ['joao']],
    [{ text: 'bia  100%' }, ['bia']],
    [{ text: '_' }, []],
    [{ text: 'c' }, ['caio', 'joao']],
    [{ text: 'ca', stage: 'closed' }, ['caio']],
    [{ text: 'caio', stage: 'main' }, []],
    [{ text: 'conceição joao' }, []],
    [{ text: 'bia', consultant: 'agua' }, ['bia']],
    [{ text: 'bia', consultant: 'ana' }, []],
    [{ text: 'caio@exemplo' }, ['caio']],
    [{ text: '(31) 98765-5001' }, ['joao']],
    [{ text: '31 8765-5001' }, ['joao']],
    [{ text: '+55 11 98765-5002' }, ['bia']],
    [{ text: '5003' }, ['caio']],
    [{ text: '12.abc.345/01de-35' }, ['joao']],
    [{ text: '11222333000181' }, ['bia']],
    [{ text: '222.333/0001' }, ['bia']],
    [{ text: `'; drop table lead; --` }, []],
    [{ text: 'a\u0000\ud800' }, []],
    [{ text: '', consultant: '' }, ['davi', 'caio', 'bia', 'joao']],
    [{ stage: 'rework', attention: 'true', consultant: 'a', from: '2026-11-01' }, ['davi']],
  ])('%j', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  test('a person is found by the number that WhatsApp knows them by', async () => {
    const { lead_id } = await product.refer({ nome: 'Eva', telefone: '11987655009' });
    ids.eva = lead_id;
    await product.query('update lead set created_at = $2 where id = $1', [lead_id, '2026-10-15T12:00:00Z']);
    await product.query(
      `insert into person_identity (tenant_id, kind, value, hash, person_id)
       select tenant_id, 'wa_id', '5531987659999', 'x', person_id from lead where id = $1`,
      [lead_id],
    );
    expect(await found({ phone: '(31) 98765-9999' })).toEqual(['eva']);
  });

  test('a line says what the board needs, and where the rest is', async () => {
    const [line] = asAgreed(leadList, (await list({ text: 'davi' })).body).leads;
    expect(line).toEqual({
      id: ids.davi,
      name: 'Davi',
      phone: '+5511987655004',
      cnpj: null,
      stage: 'rework',
      outcome: null,
      origin: 'api_oficial',
      status_indicacao: 'qualificado',
      consultant: product.sandbox.chatwoot.agents[0]?.name,
      consultant_known: true,
      attention: 'send_unknown',
      held: { reason: 'quiet_hours', since: expect.any(String), until: '2026-11-21T11:00:00.000Z' },
      wake_at: null,
      rework: { count: 1, at: null },
      column: 'attention',
      referral_count: 1,
      message_state: null,
      replied_at: null,
      chatwoot: { contact_id: null, conversation_id: null },
      converted_at: null,
      created_at: '2026-11-21T03:00:00.000Z',
      updated_at: expect.any(String),
      closed_at: null,
      links: {
        lead: `/v1/leads/${ids.davi}`,
        workflow: expect.stringContaining(String(ids.davi)),
        conversation: null,
      },
    });
  });

  test.each<[string, string]>([
    ['stage=asleep', 'stage'],
    ['stage=main&stage=closed', 'stage'],
    ['outcome=won', 'outcome'],
    ['column=erased', 'column'],
    ['open=perhaps', 'open'],
    ['phone=123', 'phone'],
    ['phone=', 'phone'],
    ['phone=11987655001&phone=11987655002', 'phone'],
    ['attention=perhaps', 'attention'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['until=2026-11-20T25:00', 'until'],
    ['until=-004713-01-01', 'until'],
    ['until=2026-02-30', 'until'],
    ['until=', 'until'],
    ['from=1&from=2', 'from'],
    ['text=a&text=b', 'text'],
    [`text=${'x'.repeat(201)}`, 'text'],
    [`consultant=${'x'.repeat(201)}`, 'consultant'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['cursor=x', 'cursor'],
    [`cursor=${Buffer.from('2026 0198c1e8-0000-7000-8000-000000000000').toString('base64url')}`, 'cursor'],
    [
      `cursor=${Buffer.from('2026-13-01T00:00:00.000000Z 0198c1e8-0000-7000-8000-000000000000').toString('base64url')}`,
      'cursor',
    ],
    [`cursor=${Buffer.from("2026-11-20T00:00:00.000000Z ' or true").toString('base64url')}`, 'cursor'],
  ])('%s: 400 that names it, in Portuguese', async (query, field) => {
    const { status, headers, body } = await product.call('GET', `/v1/leads?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_query']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.errors).toEqual([
      { field, code: expect.any(String), message: expect.not.stringMatching(/invalid|expected|too/i) },
    ]);
  });

  test.each([
    'stagge=main',
    'consultor=Ana',
    'Stage=main',
    'page=2',
    'constructor=x',
    '__proto__=x',
    'stage[]=main',
  ])('a filter that is none: %s', async (query) => {
    const { status, body } = await product.call('GET', `/v1/leads?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_query']);
    const message =
      'Não existe este parâmetro. Há: column, stage, outcome, open, consultant, phone, owner_phone, from, until, attention, held, text, cursor, limit.';
    expect(body.errors).toEqual([{ field: query.split('=')[0], code: 'unknown_parameter', message }]);
  });

  test.each(['/v1/consultants', '/v1/channels', '/v1/settings', '/v1/leads/x'])(
    '%s takes none',
    async (path) => {
      const { status, body } = await product.call('GET', `${path}?text=ana&limit=5`);
      expect([status, body.code]).toEqual([400, 'invalid_query']);
      const message = 'Este endereço não aceita parâmetros.';
      expect(body.errors).toEqual(
        ['limit', 'text'].map((field) => ({ field, code: 'unknown_parameter', message })),
      );
    },
  );

  test('all that is wrong at once', async () => {
    const { body } = await list({ stage: 'x', outcome: 'y', limit: 'z', from: 'w', u: 'v' });
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect(fields.sort()).toEqual(['from', 'limit', 'outcome', 'stage', 'u']);
  });
});

describe('pages', () => {
  const SAME = '2026-10-01T12:00:00.123456Z';
  const refer = async (telefone: string) => (await product.refer(wholeLead({ telefone }))).lead_id as string;

  test('of one moment: nobody twice, nobody missed, while others come in', async () => {
    const all = await Promise.all(
      Array.from({ length: 25 }, (_, i) => refer(`119876560${String(i).padStart(2, '0')}`)),
    );
    await product.query('update lead set created_at = $2 where id = any ($1)', [all, SAME]);
    const until = '2026-10-01';
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; cursor !== null || page === 0; page++) {
      const { body } = await list({ until, limit: '4', ...(cursor === null ? {} : { cursor }) });
      expect(body.leads).toHaveLength(page === 6 ? 1 : 4);
      seen.push(...body.leads.map((lead: { id: string }) => lead.id));
      cursor = body.next_cursor;
      await refer(`119876561${String(page).padStart(2, '0')}`);
    }
    expect(seen).toEqual([...all].sort().reverse());
  });

  test('the last page has no cursor, even where it is full; the limits are 1 and 200', async () => {
    const window = { from: '2026-10-01', until: '2026-10-01' };
    const full = await list({ ...window, limit: '25' });
    expect([full.body.leads.length, full.body.next_cursor]).toEqual([25, null]);
    expect((await list({ ...window, limit: '1' })).body.leads).toHaveLength(1);
    expect((await list({ ...window, limit: '200' })).body.leads).toHaveLength(25);
    expect((await list({ ...window, from: '2026-10-02' })).body).toEqual({ leads: [], next_cursor: null });
  });
});

test('another tenant sees none of it', async () => {
  const other = await addTenant(product);
  expect((await other.call('GET', '/v1/leads')).body).toEqual({ leads: [], next_cursor: null });
});
