import { type LeadImport, leadImport } from '../../src/contract/connection.ts';
import type { Answer } from '../harness/product.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { asAgreed } from './agreed.ts';

const product = suiteProduct({ worker: false });

async function send(file: string | Buffer, query = '', type = 'text/csv'): Promise<Answer> {
  const response = await fetch(`${product.url}/v1/leads/import${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': type },
    body: new Uint8Array(Buffer.from(file)),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
async function taken(file: string | Buffer, query = ''): Promise<LeadImport> {
  const { status, body } = await send(file, query);
  expect([status, body.code]).toEqual([200, undefined]);
  return asAgreed(leadImport, body);
}
const lead = async (phone: string) =>
  (await product.call('GET', `/v1/leads?${new URLSearchParams({ phone })}`)).body.leads[0];

let used = 0;
/** A mobile of nobody yet. */
const phone = () => `(11) 98762-${String(1_000 + used++)}`;
const HEADER = 'nome;telefone;cnpj;consultor;status_indicacao;email;observacoes';
const line = (telefone: string, over: { nome?: string; status?: string; consultor?: string } = {}) =>
  `${over.nome ?? 'Ana Maria'};${telefone};11.222.333/0001-81;${over.consultor ?? 'Zé Ninguém'};${over.status ?? 'qualificado'};ana@exemplo.com;Ligar à tarde`;
const fileOf = (...lines: string[]) => [HEADER, ...lines, ''].join('\r\n');
const none = { received: 0, joined: 0, opted_out: 0, known: 0, refused: [] };

describe('a line is a referral', () => {
  test('as POST /v1/leads would take it', async () => {
    const [first, second] = [phone(), phone()];
    expect(await taken(fileOf(line(first), line(second, { nome: 'Bia' })))).toEqual({
      ...none,
      dry_run: false,
      lines: 2,
      received: 2,
    });
    const { id } = await lead(first);
    expect(await product.lead(id)).toMatchObject({
      name: 'Ana Maria',
      cnpj: '11222333000181',
      email: 'ana@exemplo.com',
      consultant: 'Zé Ninguém',
      column: 'attention',
      origin: 'api_oficial',
      referrals: [{ notes: 'Ligar à tarde', number: 1 }],
    });
    const started = await product.query(`select kind from engine_outbox where lead_id = $1`, [id]);
    expect(started).toEqual([{ kind: 'start' }]);
  });

  test('one that joins an open lead, one of somebody who opted out, and the newer of two', async () => {
    const [open, stopped, twice] = [phone(), phone(), phone()];
    await taken(fileOf(line(open), line(stopped)));
    await product.call('POST', `/v1/leads/${(await lead(stopped)).id}/opt-out`);
    const found = await taken(
      fileOf(
        line(open, { consultor: 'Outro' }),
        line(stopped, { consultor: 'Outro' }),
        line(twice),
        line(twice, { consultor: 'Outro' }),
      ),
    );
    expect(found).toEqual({ ...none, dry_run: false, lines: 4, received: 1, joined: 2, opted_out: 1 });
    expect(await lead(twice)).toMatchObject({ consultant: 'Outro', referral_count: 2 });
  });
});

test('the engine takes a file up bit by bit, and whoever is referred meanwhile at once', async () => {
  const phones = Array.from({ length: 21 }, phone);
  await taken(fileOf(...phones.map((one) => line(one))));
  const { lead_id: fresh } = await product.refer();
  const waits = await product.query<{ lead_id: string; seconds: number }>(
    `select o.lead_id, round(extract(epoch from o.due_at - o.created_at)::numeric, 1)::float8 as seconds
     from engine_outbox o where o.kind = 'start' order by o.id desc limit 22`,
  );
  expect(waits[0]).toEqual({ lead_id: fresh, seconds: 0 });
  expect(waits.slice(1).map(({ seconds }) => seconds)).toEqual(phones.map((_, n) => (20 - n) / 10));
});

describe('sent again', () => {
  test('the same file does nothing twice', async () => {
    const file = fileOf(line(phone()), line(phone()));
    expect(await taken(file)).toMatchObject({ received: 2, known: 0 });
    const before = await countRows(product.query);
    expect(await taken(file)).toEqual({ ...none, dry_run: false, lines: 2, known: 2 });
    expect(await countRows(product.query)).toEqual(before);
  });

  test('with a line corrected, only that one is new; in whatever encoding and order', async () => {
    const [right, wrong] = [phone(), phone()];
    const first = await taken(fileOf(line(right), line(wrong, { status: 'quente' })));
    expect(first).toMatchObject({ received: 1, refused: [{ line: 3 }] });
    const second = await taken(Buffer.from(fileOf(line(wrong), line(right)), 'latin1'));
    expect(second).toEqual({ ...none, dry_run: false, lines: 2, received: 1, known: 1 });
  });

  test('the same line twice in one file counts once', async () => {
    const one = line(phone());
    expect(await taken(fileOf(one, one))).toMatchObject({ received: 1, known: 1 });
  });
});

describe('files as people have them', () => {
  const cases: [string, (telefone: string) => string | Buffer][] = [
    ['UTF-8 with a mark', (telefone) => `\ufeff${fileOf(line(telefone, { nome: 'João Conceição' }))}`],
    ['Windows-1252', (telefone) => Buffer.from(fileOf(line(telefone, { nome: 'João Conceição' })), 'latin1')],
    [
      'UTF-16, as Excel calls Unicode',
      (telefone) =>
        Buffer.from(
          `\ufeff${fileOf(line(telefone, { nome: 'João Conceição' })).replaceAll(';', '\t')}`,
          'utf16le',
        ),
    ],
    [
      'lines that end in LF alone',
      (telefone) => fileOf(line(telefone, { nome: 'João Conceição' })).replaceAll('\r', ''),
    ],
    [
      'commas, English names, another order and a column of no meaning',
      (telefone) =>
        `Phone,Loja,NAME,Referral Status,Consultant\n"${telefone}",Centro,"João Conceição",Qualificado,"Silva, Zé"\n`,
    ],
    [
      'titles with accents, and the names of our own export',
      (telefone) =>
        `NOME;Telefone;CONSULTOR;"Status da indicação";Observações;E-mail\nJoão Conceição;${telefone};Zé;Qualificado;;\n`,
    ],
    [
      'empty lines and columns, and quotes inside a text',
      (telefone) =>
        `\n${HEADER};;\n;;;;;;;;\n\nJoão Conceição;${telefone};;Zé "Zezé" Lima;qualificado;;;;\n\n`,
    ],
  ];
  cases.push(
    ...([';', ',', '\t', '|'] as const).map((sign): (typeof cases)[number] => [
      `a first line of Excel's that names ${JSON.stringify(sign)} as the separator`,
      (telefone) =>
        `\ufeffsep=${sign}\r\n${fileOf(line(telefone, { nome: 'João Conceição' })).replaceAll(';', sign)}`,
    ]),
  );
  test.each(cases)('%s', async (_, file) => {
    const telefone = phone();
    expect(await taken(file(telefone))).toEqual({ ...none, dry_run: false, lines: 1, received: 1 });
    expect(await lead(telefone)).toMatchObject({ name: 'João Conceição', referral_count: 1 });
  });

  test('our own export can be sent in again: an apostrophe before a formula is no part of it', async () => {
    const file = `nome;telefone;consultor;status\n`;
    expect((await send(file)).body.errors[0].field).toBe('status_indicacao');
    const foreign = "nome;telefone;consultor;status_indicacao\nJohn;'+1 650 253 0000;'=Zé;qualificado\n";
    expect(await taken(foreign)).toMatchObject({ received: 1 });
    expect(await lead('+16502530000')).toMatchObject({ phone: '+16502530000', consultant: '=Zé' });
  });

  test('a CNPJ that a spreadsheet took for a number has its zeros back', async () => {
    const telefone = phone();
    await taken(`nome;telefone;cnpj;consultor;status_indicacao\nAna;${telefone};191;Zé;qualificado\n`);
    const { refused } = await taken(
      `nome;telefone;cnpj;consultor;status_indicacao\nAna;${telefone};191;Zé;qualificado\n`,
    );
    expect(refused).toMatchObject([{ line: 2, errors: [{ field: 'cnpj' }] }]);
    await taken(
      `nome;telefone;cnpj;consultor;status_indicacao\nAna;${telefone};1234567000195;Zé;qualificado\n`,
    );
    expect(await lead(telefone)).toMatchObject({ cnpj: '01234567000195' });
  });
});

describe('lines that are wrong', () => {
  test('are named with their fields, and hold up nobody', async () => {
    const good = phone();
    const { received, lines, refused } = await taken(
      fileOf(
        line('123'),
        '"Ana',
        `Maria";${phone()};;Zé;qualificado;;`,
        line(good),
        '',
        ';;;;;ana;',
        line(phone(), { status: 'morno' }),
        'só o nome',
      ),
    );
    expect([lines, received]).toEqual([6, 2]);
    expect(
      refused.map(({ line: at, errors }) => [at, errors.map(({ field, code }) => `${field} ${code}`)]),
    ).toEqual([
      [2, ['telefone phone_invalid']],
      [
        7,
        [
          'nome required',
          'telefone required',
          'consultor required',
          'status_indicacao required',
          'email invalid_format',
        ],
      ],
      [8, ['status_indicacao status_unknown']],
      [9, ['telefone required', 'consultor required', 'status_indicacao required']],
    ]);
    for (const { errors } of refused) {
      for (const { message } of errors) expect(message).not.toMatch(/invalid|expected|required/i);
    }
    expect(await lead(good)).toBeTruthy();
  });
});

test('lines keep their numbers below one that names the separator', async () => {
  const { received, refused } = await taken(`"SEP=;"\r\n${fileOf(line(phone()), line('123'))}`);
  expect([received, refused.map((one) => one.line)]).toEqual([1, [4]]);
});

test('only checked: the same counts, and nothing is stored', async () => {
  const [open, stopped, fresh] = [phone(), phone(), phone()];
  const known = line(phone());
  await taken(fileOf(line(open), line(stopped), known));
  await product.call('POST', `/v1/leads/${(await lead(stopped)).id}/opt-out`);
  const file = fileOf(
    line(open, { nome: 'Eva' }),
    line(stopped, { nome: 'Eva' }),
    line(fresh),
    line(fresh, { nome: 'Eva' }),
    known,
    line('x'),
  );
  const before = await countRows(product.query);
  const foreseen = await taken(file, '?dry_run=true');
  expect(await countRows(product.query)).toEqual(before);
  expect(foreseen).toMatchObject({
    dry_run: true,
    lines: 6,
    received: 1,
    joined: 2,
    opted_out: 1,
    known: 1,
    refused: [{ line: 7 }],
  });
  expect(await taken(file)).toEqual({ ...foreseen, dry_run: false });
});

describe('files that are none', () => {
  const problem = async (answer: Promise<Answer>) => {
    const before = await countRows(product.query);
    const { status, body } = await answer;
    expect(await countRows(product.query)).toEqual(before);
    return [
      status,
      body.code,
      body.errors?.map(({ field, code }: Record<string, string>) => `${field} ${code}`),
    ];
  };

  test.each<[string, string | Buffer, string]>([
    ['nothing', '', ' empty'],
    ['empty lines', '\n\n;;\n', ' empty'],
    [
      'a column missing',
      'nome;telefone;status_indicacao\nAna;11987654321;qualificado\n',
      'consultor column_missing',
    ],
    ['no header', line('11987654321'), 'nome column_missing'],
    ['a column twice', `${HEADER};Telefone\n`, 'telefone column_repeated'],
    ['a quote that never closes', `${HEADER}\n"Ana;11987654321;;Zé;qualificado;;\n`, ' quotes'],
    ['a workbook', Buffer.from('504b0304140006000800', 'hex'), ' spreadsheet'],
  ])('%s', async (_, file, error) => {
    expect(await problem(send(file))).toEqual([400, 'invalid_csv', [error]]);
  });

  test('too many lines, too many bytes, another type, a parameter that is none', async () => {
    const long = fileOf(...Array.from({ length: 5_001 }, () => 'x;y'));
    expect(await problem(send(long))).toEqual([413, 'csv_too_long', undefined]);
    expect(await problem(send('x'.repeat(2 * 1024 * 1024 + 1)))).toEqual([413, 'too_large', undefined]);
    expect(await problem(send('{}', '', 'application/json'))).toEqual([415, 'not_csv', undefined]);
    expect(await problem(send(fileOf(), '?dry_run=perhaps'))).toMatchObject([
      400,
      'invalid_query',
      ['dry_run invalid_value'],
    ]);
    expect(await problem(send(fileOf(), '?dryrun=true'))).toMatchObject([
      400,
      'invalid_query',
      ['dryrun unknown_parameter'],
    ]);
    expect((await product.call('GET', '/v1/leads/import')).status).toBe(405);
    expect((await product.call('POST', '/v1/leads/import', undefined, { authorization: '' })).status).toBe(
      401,
    );
  });

  test('five thousand lines are taken', async () => {
    const file = fileOf(...Array.from({ length: 5_000 }, () => 'x;y'));
    const { lines, refused } = await taken(file);
    expect([lines, refused.length]).toEqual([5_000, 5_000]);
  });
});
