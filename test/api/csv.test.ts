import { parse } from 'csv-parse/sync';
import { csvLine } from '../../src/api/csv.ts';
import { makeManyLeads } from '../harness/many-leads.ts';
import { until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

async function download(
  query = '',
): Promise<{ bytes: Buffer; headers: Headers; rows: Record<string, string>[] }> {
  const response = await fetch(`${product.url}/v1/leads.csv${query}`, {
    headers: { authorization: `Bearer ${product.apiKey}` },
  });
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    bytes,
    headers: response.headers,
    rows: parse(bytes, { delimiter: ';', bom: true, columns: true }),
  };
}

test('a file that Excel in Brazil opens with a double click', async () => {
  const { lead_id } = await product.refer({
    nome: 'Zoë "Zozó"; Conceição',
    telefone: '(31) 98765-5001',
    cnpj: '12.ABC.345/01DE-35',
  });
  await product.query(
    `update lead set created_at = '2026-11-20T02:59:59Z', stage = 'waiting', wake_at = '2026-11-23T12:00:00Z',
       replied_at = '2026-11-20T03:05:00Z' where id = $1`,
    [lead_id],
  );
  const { bytes, headers, rows } = await download();
  expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="leads-\d{4}-\d\d-\d\d\.csv"$/);
  expect(bytes.toString().split('\r\n')).toHaveLength(3);
  expect(rows).toEqual([
    {
      'Criado em': '19/11/2026 23:59',
      Nome: 'Zoë "Zozó"; Conceição',
      Telefone: '(31) 98765-5001',
      CNPJ: '12.ABC.345/01DE-35',
      Consultor: product.sandbox.chatwoot.agents[0]?.name,
      'Status da indicação': 'qualificado',
      Etapa: 'Aguardando retrabalho',
      Resultado: '',
      'Precisa de atenção': '',
      'Última mensagem': '',
      'Respondeu em': '20/11/2026 00:05',
      'Acorda em': '23/11/2026 09:00',
      Indicações: '1',
      Retrabalhos: '0',
      'Convertido em': '',
      'Encerrado em': '',
      Origem: 'api_oficial',
      ID: lead_id,
    },
  ]);
});

test.each([
  ['=HYPERLINK("http://evil.example";"x")', `'=HYPERLINK("http://evil.example";"x")`],
  ['+55 31 98765', `'+55 31 98765`],
  ['-2+3', `'-2+3`],
  ['@SUM(A1)', `'@SUM(A1)`],
  ['＝1+1', `'＝1+1`],
  ['Ana = Bia', 'Ana = Bia'],
  ["O'Neill", "O'Neill"],
])('a name is no formula: %s', async (nome, cell) => {
  await product.refer({ nome, telefone: '11987654321' });
  const [row] = (await download('?phone=11987654321')).rows;
  expect(row?.Nome).toBe(cell);
  // A person keeps the fuller of their names.
  await product.query(`update person set name = 'x' where name = $1`, [nome]);
});

test('a consultant and a foreign phone are no formulas either, and can be read', async () => {
  await product.refer({ telefone: '+1 650 253 0000', consultor: '=cmd|calc' });
  const [row] = (await download('?phone=%2B16502530000')).rows;
  expect([row?.Consultor, row?.Telefone]).toEqual(["'=cmd|calc", "'+1 650 253 0000"]);
});

test('takes the filters of the list, and no page', async () => {
  const names = async (query: string) => (await download(query)).rows.map((row) => row.Nome);
  expect(await names('?text=zoe&open=true')).toEqual(['Zoë "Zozó"; Conceição']);
  expect(await names('?column=converted')).toEqual([]);
  for (const query of ['limit=5', 'cursor=x', 'stage=asleep']) {
    const { status, body } = await product.call('GET', `/v1/leads.csv?${query}`);
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'invalid_query', query.split('=')[0]]);
  }
});

describe('more leads than are read at once', () => {
  let other: Awaited<ReturnType<typeof addTenant>>;
  beforeAll(async () => {
    other = await addTenant(product);
    await makeManyLeads(product.databaseUrl, other.tenantId, 1_203);
  });

  test('each comes once, the newest first, and none of another tenant', async () => {
    const { body } = await other.call('GET', '/v1/leads.csv');
    const rows: Record<string, string>[] = parse(body, { delimiter: ';', bom: true, columns: true });
    const wanted = await other.query<{ id: string }>('select id from lead order by created_at desc, id desc');
    expect(rows.map((row) => row.ID)).toEqual(wanted.map(({ id }) => id));
    expect(rows).toHaveLength(1_203);
  });

  test('HEAD answers the headers alone', async () => {
    const { status, headers, body } = await other.call('HEAD', '/v1/leads.csv');
    expect([status, headers.get('content-type'), body]).toEqual([200, 'text/csv; charset=utf-8', '']);
  });
});

test('whoever goes away in the midst of it is let go', async () => {
  await makeManyLeads(product.databaseUrl, product.tenantId, 30_000);
  const leaving = new AbortController();
  const response = await fetch(`${product.url}/v1/leads.csv`, {
    headers: { authorization: `Bearer ${product.apiKey}` },
    signal: leaving.signal,
  });
  const reader = response.body?.getReader();
  await reader?.read();
  leaving.abort();
  await expect(reader?.read()).rejects.toThrow();
  expect((await product.call('GET', '/v1/leads?limit=1')).status).toBe(200);
  const busy = () =>
    product.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'lead-flow api' and state <> 'idle'`,
    );
  await until(async () => (await busy()).length === 0, { state: busy });
});

test.each(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])(
  'a text that begins with %j is no formula',
  (first) => {
    expect(csvLine([`${first}1`, `a${first}1`, 1])).toMatch(/^"?'/);
    expect(csvLine([`a${first}1`])).toMatch(/^"?a/);
  },
);
