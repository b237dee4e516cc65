import { openApiDocument } from '../../src/api/openapi/document.ts';
import { OF_NO_OPERATION, problemsOf } from '../../src/api/openapi/problem-answers.ts';
import { SUBJECTS } from '../../src/api/openapi/subjects.ts';
import { PROBLEMS } from '../../src/api/problems.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { routesOf } from './application-routes.ts';

const product = suiteProduct({ worker: false });

/** What the application answers and the document need not tell: pages, and what only they ask for. */
const UNTOLD = [
  'GET /docs',
  'GET /docs/{file}',
  'GET /index.html',
  'GET /api/auth/get-session',
  'GET /api/auth/list-sessions',
  'POST /api/auth/revoke-session',
  'GET /api/auth/organization/list',
];
/** The dashboard's page, at every address that is not the API's. */
const isPage = (route: string) => route.startsWith('GET /^');
/** What the server answers before Express. */
const UPGRADED = ['GET /v1/stream'];

const operations = SUBJECTS.flatMap((subject) => subject.operations);
const told = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

test('the document tells of every route of the application, and of no other', () => {
  const routes = routesOf(product.application).filter((route) => !isPage(route));
  const there = routes.filter((route) => !UNTOLD.includes(route));
  expect(told.toSorted()).toEqual([...there, ...UPGRADED].toSorted());
  expect(UNTOLD.filter((route) => !routes.includes(route))).toEqual([]);
});

test('every problem can be answered by an operation, or stands where there is none', () => {
  const named = new Set(operations.flatMap(problemsOf));
  const unnamed = Object.keys(PROBLEMS).filter((code) => !named.has(code as keyof typeof PROBLEMS));
  expect(unnamed.toSorted()).toEqual(OF_NO_OPERATION.toSorted());
});

test('every problem stands in the document with its status and words', () => {
  const { info, components } = openApiDocument();
  for (const [code, [status, title]] of Object.entries(PROBLEMS)) {
    expect(info.description).toContain(`| \`${code}\` | ${status} `);
    expect(info.description).toContain(title);
    expect(components?.examples?.[code]).toMatchObject({ value: { code, status, title } });
  }
});

test('names of operations are unique', () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
