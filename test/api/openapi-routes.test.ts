import { openApiDocument } from '../../src/api/openapi/document.ts';
import { OF_NO_OPERATION, problemsOf } from '../../src/api/openapi/problem-answers.ts';
import { SUBJECTS } from '../../src/api/openapi/subjects.ts';
import { PROBLEMS } from '../../src/api/problems.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { routesOf } from './application-routes.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ worker: false });
});
afterAll(() => product.stop());

/** What the application answers and the document need not tell: the page that shows it. */
const UNTOLD = ['GET /docs', 'GET /docs/{file}'];

const operations = SUBJECTS.flatMap((subject) => subject.operations);
const told = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

test('the document tells of every route of the application, and of no other', () => {
  const there = routesOf(product.application).filter((route) => !UNTOLD.includes(route));
  expect(told.toSorted()).toEqual(there.toSorted());
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
