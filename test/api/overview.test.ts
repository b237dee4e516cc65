import { parse } from 'csv-parse/sync';
import { leadPage } from '../../src/contract/lead.ts';
import { type Overview, overview } from '../../src/contract/overview.ts';
import { addDays, localDay } from '../../src/domain/business-calendar.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { asAgreed } from './agreed.ts';

const product = suiteProduct({ worker: false, settings: { messagePrices: { marketing: 0.5 } as never } });
/** Leads by a name for the test. */
const ids: Record<string, string> = {};

const billed = (category: string, billable = true) => ({ billable, pricing_model: 'PMP', category });

/** A lead that came in at a time, and how it stands. */
async function lead(name: string, came: string, how: Record<string, unknown> = {}): Promise<void> {
  const { lead_id } = await product.refer({
    nome: name,
    telefone: `1198761${1000 + Object.keys(ids).length}`,
    ...(how.consultor ? { consultor: how.consultor } : {}),
  });
  ids[name] = lead_id;
  const { consultor: _, ...columns } = how;
  const set = { created_at: came, ...columns };
  const places = Object.keys(set).map((column, i) => `${column} = $${i + 2}`);
  await product.query(`update lead set ${places.join(', ')} where id = $1`, [lead_id, ...Object.values(set)]);
}

/** A message of a lead's. */
async function message(of: string, stage: 'main' | 'rework', has: Record<string, unknown>): Promise<void> {
  const columns = { direction: 'out', kind: 'template', state: 'sent', ...has };
  const names = Object.keys(columns);
  await product.query(
    `insert into message (tenant_id, lead_id, referral_id, person_id, channel_id, stage, ${names.join(', ')})
     select l.tenant_id, l.id, l.referral_id, l.person_id, v.channel_id, $2, ${names.map((_, i) => `$${i + 3}`).join(', ')}
     from lead l join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version where l.id = $1`,
    [
      ids[of],
      stage,
      ...Object.values(columns).map((value) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      ),
    ],
  );
}

const closed = (outcome: string, more: Record<string, unknown> = {}) => ({
  stage: 'closed',
  outcome,
  closed_at: '2026-11-25T12:00:00Z',
  ...more,
});

beforeAll(async () => {
  // A second before midnight in São Paulo, and midnight itself.
  await lead('before', '2026-11-20T02:59:59Z');
  await lead('first', '2026-11-20T03:00:00Z', closed('converted', { converted_at: '2026-11-20T15:00:00Z' }));
  await message('first', 'main', {
    sent_at: '2026-11-20T03:00:10Z',
    delivered_at: '2026-11-20T03:00:12Z',
    pricing: billed('utility'),
  });
  // Answered without a tick that says read.
  await message('first', 'main', {
    direction: 'in',
    kind: 'text',
    state: 'received',
    sent_at: '2026-11-20T04:00:00Z',
  });

  await lead('reworked', '2026-11-21T02:59:00Z', {
    ...closed('converted', { converted_at: '2026-11-24T13:00:00Z' }),
    consultor: 'Zé Ninguém',
    referral_count: 2,
  });
  await message('reworked', 'main', { sent_at: '2026-11-21T02:59:30Z', pricing: billed('marketing') });
  await message('reworked', 'rework', {
    sent_at: '2026-11-24T12:00:00Z',
    read_at: '2026-11-24T12:10:00Z',
    pricing: billed('marketing', false),
  });

  // Converted before the rework's message left: the first contact's, although the person is left alone since.
  await lead('early', '2026-11-21T12:00:00Z', closed('opted_out', { converted_at: '2026-11-22T12:00:00Z' }));
  await message('early', 'main', { sent_at: '2026-11-21T12:01:40Z', read_at: '2026-11-21T13:00:00Z' });
  await message('early', 'rework', { sent_at: '2026-11-24T12:00:00Z' });
  await message('early', 'main', {
    direction: 'in',
    kind: 'reaction',
    state: 'received',
    sent_at: '2026-11-21T14:00:00Z',
  });

  const failed = { state: 'failed', failed_at: '2026-11-21T15:00:10Z' };
  await lead('undelivered', '2026-11-21T15:00:00Z', { attention: 'send_failed' });
  await message('undelivered', 'main', {
    ...failed,
    error_code: 131026,
    error_text: 'Message undeliverable',
  });
  await lead('elsewhere', '2026-11-21T15:00:00Z', closed('no_whatsapp'));
  await message('elsewhere', 'main', { ...failed, error_code: 131026, error_text: 'Message undeliverable' });
  await lead('refused', '2026-11-21T15:00:00Z', closed('not_converted'));
  await message('refused', 'main', { ...failed, error_code: null, error_text: 'Connection refused' });
  await product.query(
    `insert into send_attempt (tenant_id, message_id, lead_id, referral_id, channel_id, stage, try, state, error_class)
     select tenant_id, id, lead_id, referral_id, channel_id, stage, 1, 'refused', 'not_sent' from message where lead_id = $1`,
    [ids.refused],
  );

  // Merged into one that came earlier: no lead of its own, but its message was paid for.
  await lead('merged', '2026-11-23T12:00:00Z');
  await message('merged', 'main', {
    sent_at: '2026-11-23T12:00:05Z',
    pricing: billed('authentication_international'),
  });
  await product.query(
    `update lead set stage = 'closed', outcome = 'merged', closed_at = now(), merged_into = $2 where id = $1`,
    [ids.merged, ids.reworked],
  );
});

const PERIOD = 'from=2026-11-20&until=2026-11-22';
async function read(query = PERIOD): Promise<Overview> {
  const { status, body } = await product.call('GET', `/v1/overview?${query}`);
  expect([status, body.code]).toEqual([200, undefined]);
  return asAgreed(overview, body);
}

test('of the leads that came in on these days: what became of them', async () => {
  const ana = product.sandbox.chatwoot.agents[0]?.name;
  const { made_at, ...found } = await read();
  expect(Date.now() - Date.parse(made_at)).toBeLessThan(60_000);
  expect(found).toEqual({
    from: '2026-11-20',
    until: '2026-11-22',
    zone: 'America/Sao_Paulo',
    totals: {
      leads: 6,
      referrals: 7,
      open: 1,
      attention: 1,
      converted: 3,
      converted_main: 2,
      converted_rework: 1,
      not_converted: 1,
      opted_out: 1,
      no_whatsapp: 1,
      conversion: 0.5,
    },
    per_day: [
      { day: '2026-11-20', leads: 2, converted: 2 },
      { day: '2026-11-21', leads: 4, converted: 1 },
      { day: '2026-11-22', leads: 0, converted: 0 },
    ],
    consultants: [
      { consultant: ana, leads: 5, converted_main: 2, converted_rework: 0, conversion: 0.4 },
      { consultant: 'Zé Ninguém', leads: 1, converted_main: 0, converted_rework: 1, conversion: 1 },
    ],
    funnel: [
      { stage: 'main', sent: 3, delivered: 2, read: 2, replied: 1 },
      { stage: 'rework', sent: 2, delivered: 1, read: 1, replied: 0 },
    ],
    first_message: { p50: 30, p90: 86, count: 3 },
    cost: {
      total: 0.58,
      per_lead: 0.0967,
      categories: [
        { category: 'marketing', messages: 2, total: 0.5 },
        { category: 'authentication_international', messages: 1, total: 0.04 },
        { category: 'utility', messages: 1, total: 0.04 },
      ],
    },
    errors: [
      { code: 131026, class: 'no_whatsapp', text: 'Message undeliverable', count: 2 },
      { code: null, class: 'not_sent', text: 'Connection refused', count: 1 },
    ],
  });
});

test("a day is one of the tenant's", async () => {
  const totals = async (query: string) => (await read(query)).totals.leads;
  expect(await totals('from=2026-11-19&until=2026-11-19')).toBe(1);
  expect(await totals('from=2026-11-20&until=2026-11-20')).toBe(2);
  expect(await totals('from=2026-11-21&until=2026-11-21')).toBe(4);
});

test('a merged lead is none of its own, also where it came in on these days', async () => {
  const without = await read();
  const { totals, per_day, consultants, funnel, first_message, cost } = await read(
    'from=2026-11-20&until=2026-11-23',
  );
  expect(per_day.at(-1)).toEqual({ day: '2026-11-23', leads: 0, converted: 0 });
  expect({ totals, consultants, funnel, first_message, cost }).toEqual({
    totals: without.totals,
    consultants: without.consultants,
    funnel: without.funnel,
    first_message: without.first_message,
    cost: without.cost,
  });
});

test('no lead: nothing is divided by it', async () => {
  expect(await read('from=2020-01-01&until=2020-01-02')).toMatchObject({
    totals: { leads: 0, conversion: 0 },
    per_day: [
      { day: '2020-01-01', leads: 0, converted: 0 },
      { day: '2020-01-02', leads: 0, converted: 0 },
    ],
    consultants: [],
    first_message: { p50: null, p90: null, count: 0 },
    cost: { total: 0, per_lead: 0, categories: [] },
    errors: [],
  });
});

test('left out, the period is the last thirty days', async () => {
  const today = localDay(new Date(), 'America/Sao_Paulo');
  const { from, until, per_day } = await read('');
  expect([from, until, per_day.length]).toEqual([addDays(today, -29), today, 30]);
  expect((await read('until=2026-03-01')).from).toBe('2026-01-31');
  expect((await read(`from=${addDays(today, -3)}`)).until).toBe(today);
  expect((await read('from=2025-01-01&until=2026-02-04')).per_day).toHaveLength(400);
});

test.each([
  ['from=2025-01-01&until=2026-02-05', 'from'],
  ['from=2026-11-21&until=2026-11-20', 'until'],
  ['from=2026-02-30', 'from'],
  ['until=yesterday', 'until'],
  ['until=2026-11-20T09:00', 'until'],
  ['day=2026-11-20', 'day'],
])('%s: 400 that names it', async (query, field) => {
  for (const path of ['/v1/overview', '/v1/overview.csv']) {
    const { status, body } = await product.call('GET', `${path}?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_query']);
    expect(body.errors).toEqual([
      { field, code: expect.any(String), message: expect.not.stringMatching(/invalid|expected/i) },
    ]);
  }
});

describe('as spreadsheets', () => {
  async function table(query: string): Promise<{ file: string | null; rows: string[][] }> {
    const { status, headers, body } = await product.call('GET', `/v1/overview.csv?${query}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    return {
      file: headers.get('content-disposition'),
      rows: parse(body, { delimiter: ';', bom: true, relax_column_count: false }),
    };
  }
  const fileNamed = (name: string) => `attachment; filename="${name}-2026-11-20-a-2026-11-22.csv"`;
  const ana = () => String(product.sandbox.chatwoot.agents[0]?.name);

  test.each<[string, string, () => string[][]]>([
    [
      'days',
      'leads-por-dia',
      () => [
        ['Dia', 'Leads', 'Convertidos'],
        ['20/11/2026', '2', '2'],
        ['21/11/2026', '4', '1'],
        ['22/11/2026', '0', '0'],
      ],
    ],
    [
      'consultants',
      'consultores',
      () => [
        ['Consultor', 'Leads', 'Convertidos no contato', 'Convertidos no retrabalho', 'Conversão'],
        [ana(), '5', '2', '0', '40,0%'],
        ['Zé Ninguém', '1', '0', '1', '100,0%'],
      ],
    ],
    [
      'funnel',
      'mensagens',
      () => [
        ['Etapa', 'Enviadas', 'Entregues', 'Lidas', 'Respondidas'],
        ['Primeiro contato', '3', '2', '2', '1'],
        ['Retrabalho', '2', '1', '1', '0'],
      ],
    ],
    [
      'cost',
      'custo',
      () => [
        ['Categoria', 'Mensagens', 'Custo (R$)'],
        ['Marketing', '2', '0,5'],
        ['Autenticação internacional', '1', '0,04'],
        ['Utilidade', '1', '0,04'],
      ],
    ],
    [
      'errors',
      'erros',
      () => [
        ['Causa', 'Código da Meta', 'Tipo', 'Vezes'],
        ['O número não tem WhatsApp ou não pode receber a mensagem.', '131026', 'sem WhatsApp', '2'],
        ['Connection refused', '', 'não saiu', '1'],
      ],
    ],
    [
      'summary',
      'resumo',
      () => [
        ['Indicador', 'Valor'],
        ['Primeiro dia', '20/11/2026'],
        ['Último dia', '22/11/2026'],
        ['Leads', '6'],
        ['Indicações', '7'],
        ['Em aberto', '1'],
        ['Precisam de atenção', '1'],
        ['Convertidos', '3'],
        ['Convertidos no contato', '2'],
        ['Convertidos no retrabalho', '1'],
        ['Conversão', '50,0%'],
        ['Não convertidos', '1'],
        ['Descadastrados', '1'],
        ['Sem WhatsApp', '1'],
        ['Segundos até a primeira mensagem: metade em até', '30'],
        ['Segundos até a primeira mensagem: 9 em 10 em até', '86'],
        ['Custo (R$)', '0,58'],
        ['Custo por lead (R$)', '0,0967'],
      ],
    ],
  ])('%s', async (name, file, rows) => {
    expect(await table(`${PERIOD}&table=${name}`)).toEqual({ file: fileNamed(file), rows: rows() });
  });

  test('left out, it is the consultants’; one that is none is refused', async () => {
    expect((await table(PERIOD)).file).toBe(fileNamed('consultores'));
    const { status, body } = await product.call('GET', `/v1/overview.csv?${PERIOD}&table=tudo`);
    expect([status, body.errors]).toEqual([
      400,
      [{ field: 'table', code: 'invalid_value', message: expect.stringMatching(/summary, days/) }],
    ]);
    const other = await product.call('GET', `/v1/overview?${PERIOD}&table=days`);
    expect([other.status, other.body.errors[0].code]).toEqual([400, 'unknown_parameter']);
  });

  test('words of others are no formulas', async () => {
    await product.query(`update message set error_text = '=1+1' where error_text = 'Connection refused'`);
    const { rows } = await table('from=2026-11-21&until=2026-11-22&table=errors');
    expect(rows.at(-1)?.[0]).toBe("'=1+1");
    await product.query(`update message set error_text = 'Connection refused' where error_text = '=1+1'`);
  });
});

test("a lead's page says what each message cost, and all of them", async () => {
  const page = asAgreed(leadPage, await product.lead(String(ids.reworked)));
  expect([page.cost, page.messages.map(({ cost }) => cost)]).toEqual([0.5, [0.5, 0]]);
  const other = asAgreed(leadPage, await product.lead(String(ids.early)));
  expect([other.cost, other.messages.map(({ cost }) => cost)]).toEqual([0, [null, null, null]]);
});

test('the window is open for 24 hours after what the person last wrote', async () => {
  await lead('open', new Date().toISOString());
  const said = new Date(Date.now() - 23 * 3_600_000);
  const wrote = { direction: 'in', kind: 'text', state: 'received' };
  await message('open', 'main', { ...wrote, sent_at: '2026-01-01T00:00:00Z' });
  expect(asAgreed(leadPage, await product.lead(String(ids.open))).window_until).toBeNull();
  await message('open', 'main', { ...wrote, sent_at: said });
  const page = asAgreed(leadPage, await product.lead(String(ids.open)));
  expect(page.window_until).toBe(new Date(said.getTime() + 24 * 3_600_000).toISOString());
});

test('another tenant sees none of it', async () => {
  const other = await addTenant(product);
  const { body } = await other.call('GET', `/v1/overview?${PERIOD}`);
  expect(asAgreed(overview, body)).toMatchObject({ totals: { leads: 0 }, cost: { total: 0 }, errors: [] });
});
