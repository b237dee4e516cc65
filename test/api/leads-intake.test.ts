import { gzipSync } from 'node:zlib';
import { describeWithFixtures, sharedCsv } from '../domain/shared-fixtures.ts';
import type { Answer } from '../harness/product.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { postBytes, wholeLead } from './sending.ts';

const product = suiteProduct({ worker: false });

const post = (body: unknown, headers?: Record<string, string>) =>
  product.call('POST', '/v1/leads', body, headers);
/** The referral as it is stored. */
const stored = async ({ body }: Answer) => (await product.lead(body.lead_id)).referrals.at(-1);

describe('what is taken', () => {
  test('202 with ids, status and links; stored with everything that was said', async () => {
    const body = wholeLead({ email: 'maria@exemplo.com.br', observacoes: 'prefere\nà tarde' });
    const answer = await post(body);
    expect(answer.status).toBe(202);
    const { lead_id, referral_id } = answer.body;
    expect(answer.body).toEqual({
      lead_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/),
      referral_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/),
      referral_number: 1,
      status: 'received',
      consultant_known: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      links: { lead: `/v1/leads/${lead_id}`, workflow: expect.stringContaining(`/workflows/${lead_id}`) },
    });
    const { status, body: lead } = await product.call('GET', answer.body.links.lead);
    expect(status).toBe(200);
    expect(lead).toMatchObject({ id: lead_id, stage: 'main', outcome: null, origin: 'api_oficial' });
    expect(lead.referrals).toEqual([
      expect.objectContaining({
        id: referral_id,
        number: 1,
        name: body.nome,
        phone: `+55${String(body.telefone).replace(/\D/g, '')}`,
        cnpj: '11222333000181',
        email: 'maria@exemplo.com.br',
        notes: 'prefere\nà tarde',
        status_indicacao: 'qualificado',
        consultant: 'Zé Ninguém',
      }),
    ]);
    expect(lead.timeline).toMatchObject([{ kind: 'received', stage: 'main', referral_id }]);
    const words = await product.query('select kind, payload from engine_outbox where lead_id = $1', [
      lead_id,
    ]);
    expect(words).toEqual([
      {
        kind: 'start',
        payload: { tenantId: product.tenantId, leadId: lead_id, consultantId: null, origin: 'api_oficial' },
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'English names',
      {
        name: 'Ana',
        phone: '+55 11 98765-1001',
        cnpj: '12.abc.345/01de-35',
        consultant: 'Bia',
        referral_status: 'Não Qualificado',
        email: 'ana@exemplo.com',
        notes: 'x',
      },
      {
        name: 'Ana',
        phone: '+5511987651001',
        cnpj: '12ABC34501DE35',
        status_indicacao: 'nao_qualificado',
        email: 'ana@exemplo.com',
        notes: 'x',
      },
    ],
    [
      'numbers as JSON numbers',
      {
        nome: 'Ana',
        telefone: 11987651002,
        cnpj: 191,
        consultor: 'Bia',
        status_indicacao: 'qualificado',
      },
      { phone: '+5511987651002', cnpj: '00000000000191' },
    ],
    [
      'optional fields null, empty or blank',
      { ...wholeLead({ telefone: '11987651003' }), cnpj: null, email: '', observacoes: '  ' },
      { phone: '+5511987651003', cnpj: null, email: null, notes: null },
    ],
    [
      'both names of a field, saying the same in whatever writing',
      {
        ...wholeLead({ telefone: '11987651004', observacoes: ' nota ' }),
        name: ' Maria Aparecida da Silva ',
        phone: '+55 (11) 8765-1004',
        consultant: 'Zé Ninguém',
        referral_status: 'Qualificado',
        notes: 'nota',
      },
      { name: 'Maria Aparecida da Silva', phone: '+5511987651004', notes: 'nota' },
    ],
    [
      'the one name where the other is null or blank',
      { ...wholeLead({ nome: '', telefone: null }), name: 'Ana', phone: '11987651005', consultant: ' ' },
      { name: 'Ana', phone: '+5511987651005', consultant: 'Zé Ninguém' },
    ],
    [
      'emoji, markup and SQL as text',
      wholeLead({
        nome: `<img src=x onerror=alert(1)> 👩🏽‍🚀 '); drop table lead;--`,
        observacoes: '%s {{y}} $1',
      }),
      { name: `<img src=x onerror=alert(1)> 👩🏽‍🚀 '); drop table lead;--`, notes: '%s {{y}} $1' },
    ],
    [
      'NUL, control characters and half surrogate pairs taken out',
      wholeLead({
        nome: ' Ana\u0000\u0007 \ud83dMaria\u001b ',
        consultor: 'B\u0000ia\ud800',
        observacoes: 'a\u0000\ud800\tb',
      }),
      { name: expect.stringMatching(/^Ana {2,3}\ufffdMaria$/), consultant: 'Bia\ufffd', notes: 'a\ufffd\tb' },
    ],
    ['spaces around an e-mail', wholeLead({ email: ' ana@exemplo.com ' }), { email: 'ana@exemplo.com' }],
    ['fields nobody asked for', { ...wholeLead(), id: 'x', tenant_id: 'y', stage: 'closed' }, { number: 1 }],
    [
      'the longest texts',
      wholeLead({ nome: 'é'.repeat(200), observacoes: 'n'.repeat(5_000) }),
      { notes: 'n'.repeat(5_000) },
    ],
  ])('%s', async (_, body, expected) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 202 });
    expect(await stored(answer)).toMatchObject(expected);
  });

  test('the body in UTF-8 with a byte order mark, and compressed', async () => {
    expect((await postBytes(product, `\ufeff${JSON.stringify(wholeLead())}`)).status).toBe(202);
    const packed = gzipSync(JSON.stringify(wholeLead()));
    expect((await postBytes(product, packed, { 'content-encoding': 'gzip' })).status).toBe(202);
  });
});

describeWithFixtures('the shared vectors', () => {
  const valid = (name: string, want: boolean) =>
    sharedCsv(name).flatMap((row) => ((row.valid === 'true') === want ? [[row.input!, row] as const] : []));
  const errorsOf = async (over: Record<string, unknown>) => {
    const { status, body } = await post(wholeLead(over));
    expect(status).toBe(400);
    return body.errors.map(({ field, code }: { field: string; code: string }) => [field, code]);
  };

  test.each(valid('br-phones.csv', true))('telefone %j', async (telefone, row) => {
    const answer = await post(wholeLead({ telefone }));
    expect(answer.status).toBe(202);
    expect(await stored(answer)).toMatchObject({ phone: row.expected_e164 });
  });

  test.each(valid('br-phones.csv', false))('no telefone: %j', async (telefone) => {
    const code = telefone.trim() === '' ? 'required' : expect.stringMatching(/^phone_/);
    expect(await errorsOf({ telefone })).toEqual([['telefone', code]]);
  });

  test.each(valid('cnpj.csv', true))('cnpj %j', async (cnpj, row) => {
    const answer = await post(wholeLead({ cnpj }));
    expect(answer.status).toBe(202);
    expect(await stored(answer)).toMatchObject({ cnpj: row.normalized });
  });

  test.each(valid('cnpj.csv', false))('no cnpj: %j', async (cnpj) => {
    expect(await errorsOf({ cnpj })).toEqual([['cnpj', 'cnpj_invalid']]);
  });
});
