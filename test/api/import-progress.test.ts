import { Client } from 'pg';
import { jsonLines } from '../../dashboard/api/json-lines.ts';
import { importLine } from '../../src/api/openapi/subjects/import-schemas.ts';
import { leadImport } from '../../src/contract/connection.ts';
import { until } from '../harness/product.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { asAgreed } from './agreed.ts';
import { heldPerson } from './held-person.ts';

const product = suiteProduct({ worker: false });

const LINES = 'application/x-ndjson';

let used = 0;
/** A mobile of nobody yet. */
const phone = () => `(21) 98762-${String(1_000 + used++)}`;
const line = (telefone: string, nome = 'Ana') => `${nome};${telefone};Zé;qualificado`;
const fileOf = (...lines: string[]) => ['nome;telefone;consultor;status_indicacao', ...lines, ''].join('\n');

const send = (
  file: string,
  accept: string,
  { query = '', signal }: { query?: string; signal?: AbortSignal } = {},
) =>
  fetch(`${product.url}/v1/leads/import${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'text/csv', accept },
    body: file,
    signal: signal ?? null,
  });

// biome-ignore lint/suspicious/noExplicitAny: a line is of one of three shapes
type Told = any;

/** Reads JSON lines into `told`, each of which the document has, until the answer is over. */
async function read(response: Response, told: Told[] = []): Promise<Told[]> {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, `${LINES}; charset=utf-8`]);
  for await (const value of jsonLines(response.body!)) {
    expect(importLine.safeParse(value).error?.issues).toBeUndefined();
    told.push(value);
  }
  return told;
}

/** What an ordinary answer says of a file that is sent once more. */
const sentAgain = async (file: string) =>
  asAgreed(leadImport, await (await send(file, 'application/json')).json());

/** Cuts the connections of the API that wait for a row somebody holds. */
async function cutWaiting(): Promise<void> {
  const login = new Client({ connectionString: product.databaseUrl });
  await login.connect();
  await until(async () => {
    const { rowCount } = await login.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'lead-flow api' and datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rowCount;
  });
  await login.end();
}

test('told how far it is, and at last what has always been answered', async () => {
  const file = fileOf(line(phone()), line('123'), line(phone()));
  const response = await send(file, LINES);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const told = await read(response);
  expect(told[0]).toEqual({ done: 1, lines: 3 });
  const result = asAgreed(leadImport, told.at(-1));
  expect(result).toMatchObject({ dry_run: false, lines: 3, received: 2, refused: [{ line: 3 }] });
  const steps = told.slice(0, -1);
  expect(steps.at(-1)).toEqual({ done: 3, lines: 3 });
  expect(await sentAgain(file)).toMatchObject({ received: 0, known: 2 });
});

test('only checked, the same is told and nothing is stored', async () => {
  const file = fileOf(line(phone()));
  const told = await read(await send(file, LINES, { query: '?dry_run=true' }));
  expect(told.at(-1)).toMatchObject({ dry_run: true, received: 1 });
  expect(await sentAgain(file)).toMatchObject({ received: 1, known: 0 });
});

test.each(['*/*', 'application/json', `application/json, ${LINES};q=0.5`])(
  'whoever accepts %s gets JSON',
  async (accept) => {
    const response = await send(fileOf(line(phone())), accept);
    expect(response.headers.get('content-type')).toMatch('application/json;');
    expect(asAgreed(leadImport, await response.json())).toMatchObject({ received: 1 });
  },
);

test('a file that is none is refused before a line is told', async () => {
  const response = await send('x\n', LINES);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    400,
    'application/problem+json; charset=utf-8',
  ]);
  expect(await response.json()).toMatchObject({ code: 'invalid_csv' });
});

test('while a line takes long, it goes on being told how far it is', async () => {
  const { telefone, letGo } = await heldPerson(product, phone());
  const told: Told[] = [];
  const reading = send(fileOf(line(phone()), line(telefone)), LINES).then((response) => read(response, told));
  await until(() => told.filter(({ done }) => done === 1).length > 2);
  await letGo();
  expect((await reading).at(-1)).toMatchObject({ received: 1, joined: 1 });
});

test('what fails half-way is the last line; sent again, the rest is taken and nothing twice', async () => {
  const { telefone, letGo } = await heldPerson(product, phone());
  const file = fileOf(line(phone()), line(telefone), line(phone()));
  const reading = send(file, LINES).then((response) => read(response));
  await cutWaiting();
  const last = (await reading).at(-1);
  expect(last).toMatchObject({ status: 503, code: 'import_interrupted' });
  expect(last.title).toMatch(/mesmo arquivo de novo/);
  await letGo();
  expect(await sentAgain(file)).toMatchObject({ received: 1, joined: 1, known: 1 });
});

test('the same to who gets JSON', async () => {
  const { telefone, letGo } = await heldPerson(product, phone());
  const sending = send(fileOf(line(phone()), line(telefone)), '*/*');
  await cutWaiting();
  const response = await sending;
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await response.json()).toMatchObject({ code: 'import_interrupted' });
  await letGo();
});

test('what fails before anything is stored is told as what it is', async () => {
  await product.query(`update flow set source = 'outra'`);
  const told = await read(await send(fileOf(line(phone()), line(phone())), LINES));
  expect(told.at(-1)).toMatchObject({ status: 409, code: 'no_flow' });
  await product.query(`update flow set source = 'api_oficial'`);
});

test('it goes on to its end where whoever sent the file has gone', async () => {
  const { telefone, letGo } = await heldPerson(product, phone());
  const file = fileOf(line(phone()), line(telefone), line(phone()));
  const leaving = new AbortController();
  const told: Told[] = [];
  const reading = send(file, LINES, { signal: leaving.signal }).then((response) => read(response, told));
  await until(() => told.at(-1)?.done === 1);
  leaving.abort();
  await expect(reading).rejects.toThrow();
  await letGo();
  await until(async () => {
    const [stored] = await product.query<{ count: number }>(
      `select count(*)::int as count from referral where name = 'Ana' and phone = any ($1)`,
      [[telefone, ...file.matchAll(/\(21\) [\d-]+/g)].map((found) => `+55${`${found}`.replace(/\D/g, '')}`)],
    );
    return stored?.count === 3;
  });
  expect(await sentAgain(file)).toMatchObject({ received: 0, joined: 0, known: 3 });
});
