import { hashKey, newKey } from '../../src/db/sealing.ts';
import type { Answer } from '../harness/product.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { postBytes, wholeLead } from './sending.ts';

const product = suiteProduct({ worker: false });

const post = (body: unknown, headers?: Record<string, string>) =>
  product.call('POST', '/v1/leads', body, headers);

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
      wholeLead({ nome: '  \u0000 ', telefone: null, consultor: '', status_indicacao: ' ' }),
      [
        ['nome', 'required'],
        ['telefone', 'required'],
        ['consultor', 'required'],
        ['status_indicacao', 'required'],
      ],
    ],
    [
      'of another type',
      wholeLead({
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
      wholeLead({
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
      wholeLead({
        telefone: '11 1234',
        cnpj: '11.222.333/0001-82',
        status_indicacao: 'quente',
        email: 'ana@',
      }),
      [
        ['telefone', 'phone_invalid'],
        ['cnpj', 'cnpj_invalid'],
        ['status_indicacao', 'status_unknown'],
        ['email', 'invalid_format'],
      ],
    ],
    [
      'numbers that are none of a phone or CNPJ',
      wholeLead({ telefone: -11987654321, cnpj: -11222333000181 }),
      [
        ['telefone', 'invalid_type'],
        ['cnpj', 'invalid_type'],
      ],
    ],
    ['two phones', wholeLead({ telefone: '11987654321 / 11987654322' }), [['telefone', 'phone_too_many']]],
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
    const { errors } = await refused(
      () => post(wholeLead({ status_indicacao: 'quente' })),
      400,
      'invalid_body',
    );
    expect(errors?.[0]?.message).toContain('qualificado, nao_qualificado, em_analise');
  });

  test.each<[string, () => Promise<Answer>, number, string]>([
    [
      'a form',
      () => postBytes(product, 'nome=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'not_json',
    ],
    [
      'JSON called text',
      () => postBytes(product, JSON.stringify(wholeLead()), { 'content-type': 'text/plain' }),
      415,
      'not_json',
    ],
    [
      'an unknown charset',
      () => postBytes(product, '{}', { 'content-type': 'application/json; charset=utf-9' }),
      415,
      'not_json',
    ],
    [
      'an unknown compression',
      () => postBytes(product, '{}', { 'content-encoding': 'compress' }),
      415,
      'not_json',
    ],
    ['more than 100 kB', () => post(wholeLead({ observacoes: 'x'.repeat(102_400) })), 413, 'too_large'],
    ['broken JSON', () => postBytes(product, '{"nome":'), 400, 'invalid_json'],
    ['not gzip', () => postBytes(product, '{}', { 'content-encoding': 'gzip' }), 400, 'invalid_json'],
    [
      'invalid UTF-8',
      () => postBytes(product, Buffer.from(JSON.stringify(wholeLead({ nome: 'José' })), 'latin1')),
      400,
      'invalid_json',
    ],
    ['an array', () => postBytes(product, `[${JSON.stringify(wholeLead())}]`), 400, 'invalid_body'],
    ['no body', () => post(undefined), 400, 'invalid_body'],
    ['an empty JSON body', () => postBytes(product, ''), 400, 'invalid_body'],
    [
      'a key of spaces',
      () => post(wholeLead(), { 'idempotency-key': 'a b' }),
      400,
      'invalid_idempotency_key',
    ],
    [
      'a key too long',
      () => post(wholeLead(), { 'idempotency-key': 'k'.repeat(256) }),
      400,
      'invalid_idempotency_key',
    ],
    ['an empty key', () => post(wholeLead(), { 'idempotency-key': '' }), 400, 'invalid_idempotency_key'],
    [
      'a deep value',
      () => postBytes(product, `{"nome":${'['.repeat(45_000)}${']'.repeat(45_000)}}`),
      400,
      'invalid_body',
    ],
    [
      'deep junk',
      () => postBytes(product, `{"x":${'{"y":'.repeat(15_000)}1${'}'.repeat(15_000)}}`),
      400,
      'invalid_body',
    ],
    ['another address', () => product.call('POST', '/v1/lead', wholeLead()), 404, 'not_found'],
    ['a broken address', () => product.call('POST', '/v1/leads/%zz/opt-out'), 404, 'not_found'],
    ['another method', () => product.call('PUT', '/v1/leads', wholeLead()), 405, 'method_not_allowed'],
  ])('%s', async (_, send, status, code) => {
    await refused(send, status, code);
  });

  test.each(['null', '"nome"', '7', 'true', '[]', '[{}]'])('%s: an object is expected', async (body) => {
    const { errors } = await refused(() => postBytes(product, body), 400, 'invalid_body');
    expect(errors).toEqual([
      {
        field: '',
        code: 'object_expected',
        message: expect.stringMatching(/^Envie um objeto JSON com nome/),
      },
    ]);
  });

  test.each([
    ['nome', 'name', 'Outra'],
    ['telefone', 'phone', '(11) 98765-1999'],
    ['telefone', 'phone', 'nenhum'],
    ['consultor', 'consultant', 'Outro'],
    ['status_indicacao', 'referral_status', 'em_analise'],
    ['observacoes', 'notes', 'outras'],
  ])('%s and %s that do not say the same', async (portuguese, english, other) => {
    const body = { ...wholeLead({ observacoes: 'x', email: 'ana@' }), [english]: other };
    const { errors } = await refused(() => post(body), 400, 'invalid_body');
    expect(errors).toEqual([
      expect.objectContaining({ field: expect.any(String) }),
      expect.objectContaining({ field: expect.any(String) }),
    ]);
    expect(errors).toContainEqual({
      field: portuguese,
      code: 'names_disagree',
      message: `${portuguese} e ${english} dizem coisas diferentes. Envie só um dos dois.`,
    });
    expect(errors).toContainEqual(expect.objectContaining({ field: 'email', code: 'invalid_format' }));
  });

  test('both names saying the same wrong thing: the field is wrong, as under one name', async () => {
    expect(await errorsOf(wholeLead({ telefone: '11 1234', phone: '11 1234' }))).toEqual([
      ['telefone', 'phone_invalid'],
    ]);
  });

  test('members that would reach a prototype', async () => {
    const body = `{"__proto__":${JSON.stringify(wholeLead())},"constructor":{"prototype":{"nome":"x"}}}`;
    expect((await refused(() => postBytes(product, body), 400, 'invalid_body')).errors).toHaveLength(4);
    expect(({} as { nome?: string }).nome).toBeUndefined();
  });

  test('a key that is missing, wrong, revoked or not a key', async () => {
    const revoked = newKey('lf');
    await product.query(
      `insert into api_key (tenant_id, name, prefix, hash, revoked_at) values ($1, 'old', 'lf', $2, now())`,
      [product.tenantId, hashKey(revoked)],
    );
    const asking = (authorization: string) => () => post(wholeLead(), { authorization });
    await refused(asking(''), 401, 'no_api_key');
    await refused(asking(`Basic ${product.apiKey}`), 401, 'no_api_key');
    await refused(asking(`Bearer ${newKey('lf')}`), 401, 'api_key_refused');
    await refused(asking(`Bearer ${revoked}`), 401, 'api_key_refused');
    await refused(asking(`Bearer ${product.apiKey}x`), 401, 'api_key_refused');
    const { headers } = await post(wholeLead(), { authorization: '' });
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect((await post(wholeLead(), { authorization: '', 'x-api-key': product.apiKey })).status).toBe(202);
  });
});
