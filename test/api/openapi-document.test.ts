import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openApiDocument } from '../../src/api/openapi/document.ts';
import { FIELD_CODES } from '../../src/api/openapi/problem-answers.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Members = { [key: string]: Json };

const document = JSON.parse(JSON.stringify(openApiDocument())) as Members;

/** What stands at a path of the document, as in `#/components/schemas/Lead`. */
function at(pointer: string): Json | undefined {
  const steps = pointer.slice(2).split('/');
  return steps.reduce<Json | undefined>(
    (value, step) => (value as Members | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
}

/** Every object in the document, with its path. */
function* objectsIn(value: Json, path = '#'): Generator<[path: string, members: Members]> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield [path, value];
  for (const [key, child] of Object.entries(value)) yield* objectsIn(child, `${path}/${key}`);
}

const objects = [...objectsIn(document)];
const operations = Object.entries(
  document.paths as { [path: string]: { [method: string]: Members } },
).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));

test('it is OpenAPI 3.1, with what the standard requires', () => {
  expect(document).toMatchObject({ openapi: '3.1.1', info: { title: 'Lead Flow', version: '1.0.0' } });
  for (const { path, operation } of operations) {
    const { operationId, summary, tags, responses, parameters = [] } = operation;
    expect([operationId, summary]).toEqual([expect.stringMatching(/^[a-z]\w+$/), expect.any(String)]);
    expect(document.tags).toContainEqual(expect.objectContaining({ name: (tags as Json[])[0] }));
    const statuses = Object.keys(responses as Members);
    expect(statuses).toContainEqual(expect.stringMatching(/^(2\d\d|101)$/));
    for (const answer of Object.values(responses as Members)) {
      expect(answer).toMatchObject({ description: expect.stringMatching(/\S/) });
    }
    const inPath = (parameters as Members[]).filter((one) => one.in === 'path');
    expect(inPath.every((one) => one.required === true)).toBe(true);
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(inPath.map((one) => one.name)).toEqual(names);
  }
});

test('every reference leads somewhere, and every component is referred to', () => {
  const references = new Set(objects.flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : [])));
  for (const reference of references)
    expect([reference, at(reference)]).toEqual([reference, expect.anything()]);
  for (const kind of ['schemas', 'examples']) {
    const there = Object.keys(at(`#/components/${kind}`) as Members);
    const unused = there.filter((name) => !references.has(`#/components/${kind}/${name}`));
    // Where there is no operation, none can refer to them.
    expect(unused).toEqual(kind === 'examples' ? ['not_found', 'method_not_allowed'] : ['StreamHello']);
  }
});

test('every field and every parameter has words of its own', () => {
  const silent = objects.flatMap(([path, { properties }]) =>
    properties && /\/(schemas|schema|items)(\/|$)/.test(path)
      ? Object.entries(properties as { [name: string]: Members })
          .filter(([, field]) => !field.description)
          .map(([name]) => `${path}/${name}`)
      : [],
  );
  expect(silent).toEqual([]);
  const parameters = operations.flatMap(({ operation }) => (operation.parameters ?? []) as Members[]);
  expect(parameters.filter(({ description }) => !description)).toEqual([]);
});

test('no schema is empty by accident: what may be anything says so', () => {
  const empty = objects.filter(
    ([path, members]) => /\/schema$|\/properties\/\w+$/.test(path) && Object.keys(members).length === 0,
  );
  expect(empty).toEqual([]);
});

/** What zod makes of a schema of the document, but for who needs whom: that it does not read. */
function accepts(schema: Json): (value: unknown) => boolean {
  const $defs = at('#/components/schemas') as Members;
  const needs = (value: Json) =>
    Array.isArray(value) && value.every((one) => /^\{"(required|anyOf)":/.test(JSON.stringify(one)));
  const text = JSON.stringify({ ...(schema as Members), $defs }, (key, value) =>
    /^(all|any|one)Of$/.test(key) && needs(value) ? undefined : value,
  );
  const whole = z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
  return (value) => whole.safeParse(value).success;
}
const bodies = operations.flatMap(({ operation }) => {
  const content = (operation.requestBody as Members | undefined)?.content as Members | undefined;
  return Object.values(content ?? {}).map((media) => {
    const { schema, examples } = media as { schema: Members; examples: { [name: string]: Members } };
    const resolved = typeof schema.$ref === 'string' ? at(schema.$ref)! : schema;
    return [operation.operationId as string, resolved, examples] as const;
  });
});

test.each(bodies)('%s: the examples are what the schema says', (_id, schema, examples) => {
  expect(Object.keys(examples)).not.toEqual([]);
  expect(accepts(schema)(7)).toBe(false);
  for (const { value } of Object.values(examples)) {
    expect([value, accepts(schema)(value)]).toEqual([value, true]);
  }
});

test('of two names of one field, one is required', () => {
  const { allOf, required } = at('#/components/schemas/NewReferral') as Members;
  expect(required).toBeUndefined();
  const pairs = (allOf as { anyOf: { required: string[] }[] }[]).map(({ anyOf }) =>
    anyOf.map(({ required: [field] }) => field),
  );
  expect(pairs).toEqual([
    ['nome', 'name'],
    ['telefone', 'phone'],
    ['consultor', 'consultant'],
    ['status_indicacao', 'referral_status'],
  ]);
});

test('every code that the API gives a field is told', async () => {
  const folder = join(import.meta.dirname, '../../src');
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    /^(api|domain)[/\\](?!openapi).*\.ts$/.test(file),
  );
  const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const codes = sources
    .join('\n')
    .matchAll(/(?:params: \{ |field[^{}]*, )code: (?:blank \? '\w+' : )?'(\w+)'/g);
  const given = new Set([...codes].map(([, code]) => code!));
  expect(given.size).toBeGreaterThan(10);
  expect([...given].filter((code) => !Object.hasOwn(FIELD_CODES, code))).toEqual([]);
});
