import { gzipSync } from 'node:zlib';
import { hashKey, newKey } from '../../src/db/sealing.ts';
import { describeWithFixtures, sharedCsv } from '../domain/shared-fixtures.ts';
import { type Answer, newLead, type Product, startProduct } from '../harness/product.ts';
import { countRows } from '../harness/stored.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ worker: false });
});
afterAll(() => product.stop());

const whole = (over: Record<string, unknown> = {}): Record<string, unknown> => ({ ...newLead(), consultor: 'Zé Ninguém', ...over });
const post = (body: unknown, headers?: Record<string, string>) =>
  product.call('POST', '/v1/leads', body, headers);
/** The referral as it is stored. */
const stored = async ({ body }: Answer) => (await product.lead(body.lead_id)).referrals[0];

/** Sends bytes as they are. */
async function postBytes(bytes: Buffer | string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${product.url}/v1/leads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${product.apiKey}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: new Uint8Array(Buffer.from(bytes)),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Expects a refusal of the right shape that stores nothing anywhere; returns its problem. */
async function refused(send: () => Promise<Answer>, status: number, code: string) {
  const before = await countRows(product.query);
  const { headers, body, ...answer } = await send();
  expect({ status: answer.status, code: body.code }).toEqual({ status, code });
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  expect(body).toMatchObject({
    type: `urn:lead-flow:problem:${code}`,
    title: expect.stringMatching(/\w/),
    status,
  });
  expect(await countRows(product.query)).toEqual(before);
  return body as { errors?: { field: string; code: string; message: string }[] };
}
const errorsOf = async (body: unknown) =>
  (await refused(() => post(body), 400, 'invalid_body')).errors?.map(({ field, code }) => [field, code]);

describe('what is taken', () => {
  test('202 with ids, status and links; stored with everything that was said', async () => {
    const body = whole({ email: 'maria@exemplo.com.br', observacoes: 'prefere\nà tarde' });
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
      { ...whole({ telefone: '11987651003' }), cnpj: null, email: '', observacoes: '  ' },
      { phone: '+5511987651003', cnpj: null, email: null, notes: null },
    ],
    [
      'a Portuguese name before the English one',
      { ...whole({ telefone: '11987651004' }), name: 'Another', phone: '1' },
      { name: 'Maria Aparecida da Silva', phone: '+5511987651004' },
    ],
    [
      'emoji, markup and SQL as text',
      whole({
        nome: `<img src=x onerror=alert(1)> 👩🏽‍🚀 '); drop table lead;--`,
        observacoes: '${x} {{y}} $1',
      }),
      { name: `<img src=x onerror=alert(1)> 👩🏽‍🚀 '); drop table lead;--`, notes: '${x} {{y}} $1' },
    ],
    [
      'NUL, control characters and half surrogate pairs taken out',
      whole({
        nome: ' Ana\u0000\u0007 \ud83dMaria\u001b ',
        consultor: 'B\u0000ia\ud800',
        observacoes: 'a\u0000\ud800\tb',
      }),
      { name: expect.stringMatching(/^Ana {2,3}\ufffdMaria$/), consultant: 'Bia\ufffd', notes: 'a\ufffd\tb' },
    ],
    ['spaces around an e-mail', whole({ email: ' ana@exemplo.com ' }), { email: 'ana@exemplo.com' }],
    ['fields nobody asked for', { ...whole(), id: 'x', tenant_id: 'y', stage: 'closed' }, { number: 1 }],
    [
      'the longest texts',
      whole({ nome: 'é'.repeat(200), observacoes: 'n'.repeat(5_000) }),
      { notes: 'n'.repeat(5_000) },
    ],
  ])('%s', async (_, body, expected) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 202 });
    expect(await stored(answer)).toMatchObject(expected);
  });

  test('the body in UTF-8 with a byte order mark, and compressed', async () => {
    expect((await postBytes(`\ufeff${JSON.stringify(whole())}`)).status).toBe(202);
    const packed = gzipSync(JSON.stringify(whole()));
    expect((await postBytes(packed, { 'content-encoding': 'gzip' })).status).toBe(202);
  });

  describeWithFixtures('the shared vectors', () => {
    test.each(sharedCsv('br-phones.csv').map((row) => [row.input!, row] as const))(
      'telefone %j',
      async (telefone, row) => {
        if (row.valid === 'true') {
          const answer = await post(whole({ telefone }));
          expect(answer.status).toBe(202);
          const { referrals } = await product.lead(answer.body.lead_id);
          expect(referrals.at(-1).phone).toBe(row.expected_e164);
        } else {
          expect(await errorsOf(whole({ telefone }))).toEqual([
            [
              'telefone',
              telefone.trim() === ''
                ? 'required'
                : expect.stringMatching(/^phone_(too_many|not_a_phone|invalid)$/),
            ],
          ]);
        }
      },
    );

    test.each(sharedCsv('cnpj.csv').map((row) => [row.input!, row] as const))(
      'cnpj %j',
      async (cnpj, row) => {
        if (row.valid !== 'true')
          return expect(await errorsOf(whole({ cnpj }))).toEqual([['cnpj', 'cnpj_invalid']]);
        const answer = await post(whole({ cnpj }));
        expect(await stored(answer)).toMatchObject({ cnpj: row.normalized });
      },
    );
  });
});

describe('what is refused, and nothing stored of it', () => {
  test('missing fields: one entry for each, in Portuguese, with a stable code', async () => {
    const { errors } = await refused(() => post({}), 400, 'invalid_body');
    expect(errors).toEqual([
      { field: 'nome', code: 'required', message: 'Informe o nome.' },
      { field: 'telefone', code: 'required', message: expect.stringContaining('Informe o telefone com DDD') },
      { field: 'consultor', code: 'required', message: expect.stringContaining('Informe o consultor') },
      {
        field: 'status_indicacao',
        code: 'required',
        message: expect.stringContaining('qualificado, nao_qualificado, em_analise'),
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, unknown[]]>([
    [
      'null or blank',
      whole({ nome: '  \u0000 ', telefone: null, consultor: '', status_indicacao: ' ' }),
      [
        ['nome', 'required'],
        ['telefone', 'required'],
        ['consultor', 'required'],
        ['status_indicacao', 'required'],
      ],
    ],
    [
      'of another type',
      whole({
        nome: 7,
        telefone: ['1'],
        cnpj: {},
        consultor: true,
        status_indicacao: 1,
        email: [],
        observacoes: 0,
      }),
      [
        ['nome', 'invalid_type'],
        ['telefone', 'invalid_type'],
        ['cnpj', 'invalid_type'],
        ['consultor', 'invalid_type'],
        ['status_indicacao', 'invalid_type'],
        ['email', 'invalid_type'],
        ['observacoes', 'invalid_type'],
      ],
    ],
    [
      'too long',
      whole({
        nome: 'a'.repeat(201),
        consultor: 'b'.repeat(201),
        email: `${'c'.repeat(250)}@x.co`,
        observacoes: 'd'.repeat(5_001),
      }),
      [
        ['nome', 'too_big'],
        ['consultor', 'too_big'],
        ['email', expect.any(String)],
        ['observacoes', 'too_big'],
      ],
    ],
    [
      'wrong',
      whole({ telefone: '11 1234', cnpj: '11.222.333/0001-82', status_indicacao: 'quente', email: 'ana@' }),
      [
        ['telefone', 'phone_invalid'],
        ['cnpj', 'cnpj_invalid'],
        ['status_indicacao', 'status_unknown'],
        ['email', 'invalid_format'],
      ],
    ],
    [
      'numbers that are none of a phone or CNPJ',
      whole({ telefone: -11987654321, cnpj: -11222333000181 }),
      [
        ['telefone', 'invalid_type'],
        ['cnpj', 'invalid_type'],
      ],
    ],
    ['two phones', whole({ telefone: '11987654321 / 11987654322' }), [['telefone', 'phone_too_many']]],
  ])('fields %s', async (_, body, errors) => {
    expect(await errorsOf(body)).toEqual(errors);
  });

  test('messages are in Portuguese throughout', async () => {
    const bad = {
      nome: 7,
      telefone: {},
      cnpj: 1.5,
      consultor: [],
      status_indicacao: false,
      email: 1,
      observacoes: {},
    };
    const { errors } = await refused(() => post(bad), 400, 'invalid_body');
    expect(errors).toHaveLength(7);
    for (const { message } of errors ?? [])
      expect(message).not.toMatch(/invalid|expected|required|string|input/i);
  });

  test('an unknown status lists those of the tenant', async () => {
    const { errors } = await refused(() => post(whole({ status_indicacao: 'quente' })), 400, 'invalid_body');
    expect(errors?.[0]?.message).toContain('qualificado, nao_qualificado, em_analise');
  });

  test.each<[string, () => Promise<Answer>, number, string]>([
    [
      'a form',
      () => postBytes('nome=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'not_json',
    ],
    [
      'JSON called text',
      () => postBytes(JSON.stringify(whole()), { 'content-type': 'text/plain' }),
      415,
      'not_json',
    ],
    [
      'an unknown charset',
      () => postBytes('{}', { 'content-type': 'application/json; charset=utf-9' }),
      415,
      'not_json',
    ],
    ['an unknown compression', () => postBytes('{}', { 'content-encoding': 'compress' }), 415, 'not_json'],
    ['more than 100 kB', () => post(whole({ observacoes: 'x'.repeat(102_400) })), 413, 'too_large'],
    ['broken JSON', () => postBytes('{"nome":'), 400, 'invalid_json'],
    ['not gzip', () => postBytes('{}', { 'content-encoding': 'gzip' }), 400, 'invalid_json'],
    [
      'invalid UTF-8',
      () => postBytes(Buffer.from(JSON.stringify(whole({ nome: 'José' })), 'latin1')),
      400,
      'invalid_json',
    ],
    ['null', () => postBytes('null'), 400, 'invalid_json'],
    ['a string', () => postBytes('"nome"'), 400, 'invalid_json'],
    ['a number', () => postBytes('7'), 400, 'invalid_json'],
    ['an array', () => postBytes(`[${JSON.stringify(whole())}]`), 400, 'invalid_body'],
    ['no body', () => post(undefined), 400, 'invalid_body'],
    ['an empty JSON body', () => postBytes(''), 400, 'invalid_body'],
    ['a key of spaces', () => post(whole(), { 'idempotency-key': 'a b' }), 400, 'invalid_idempotency_key'],
    [
      'a key too long',
      () => post(whole(), { 'idempotency-key': 'k'.repeat(256) }),
      400,
      'invalid_idempotency_key',
    ],
    ['an empty key', () => post(whole(), { 'idempotency-key': '' }), 400, 'invalid_idempotency_key'],
    [
      'a deep value',
      () => postBytes(`{"nome":${'['.repeat(45_000)}${']'.repeat(45_000)}}`),
      400,
      'invalid_body',
    ],
    [
      'deep junk',
      () => postBytes(`{"x":${'{"y":'.repeat(15_000)}1${'}'.repeat(15_000)}}`),
      400,
      'invalid_body',
    ],
    ['another address', () => product.call('POST', '/v1/lead', whole()), 404, 'not_found'],
    ['another method', () => product.call('PUT', '/v1/leads', whole()), 404, 'not_found'],
  ])('%s', async (_, send, status, code) => {
    await refused(send, status, code);
  });

  test('members that would reach a prototype', async () => {
    const body = `{"__proto__":${JSON.stringify(whole())},"constructor":{"prototype":{"nome":"x"}}}`;
    expect((await refused(() => postBytes(body), 400, 'invalid_body')).errors).toHaveLength(4);
    expect(({} as { nome?: string }).nome).toBeUndefined();
  });

  test('a key that is missing, wrong, revoked or not a key', async () => {
    const revoked = newKey('lf');
    await product.query(
      `insert into api_key (tenant_id, name, prefix, hash, revoked_at) values ($1, 'old', 'lf', $2, now())`,
      [product.tenantId, hashKey(revoked)],
    );
    const asking = (authorization: string) => () => post(whole(), { authorization });
    await refused(asking(''), 401, 'no_api_key');
    await refused(asking(`Basic ${product.apiKey}`), 401, 'no_api_key');
    await refused(asking(`Bearer ${newKey('lf')}`), 401, 'api_key_refused');
    await refused(asking(`Bearer ${revoked}`), 401, 'api_key_refused');
    await refused(asking(`Bearer ${product.apiKey}x`), 401, 'api_key_refused');
    const { headers } = await post(whole(), { authorization: '' });
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect((await post(whole(), { authorization: '', 'x-api-key': product.apiKey })).status).toBe(202);
  });
});
