import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { LINES } from '../json-lines.ts';
import type { Answer, Described, Operation, Subject } from './operation.ts';
import { problemAnswers, problemsOf } from './problem-answers.ts';
import { keywords } from './schemas.ts';

/** The operations of all subjects, by path and method. */
export function pathsOf(subjects: readonly Subject[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const { name, operations } of subjects) {
    for (const operation of operations) {
      const { path, method } = operation;
      paths[path] = { ...paths[path], [method]: { tags: [name], ...described(operation) } };
    }
  }
  return paths;
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { id, summary, description, open, params, query, headers, body, answers } = operation;
  return {
    operationId: id,
    summary,
    ...(description && { description }),
    ...(open && { security: [] }),
    requestParams: {
      ...(params && { path: z.object(params) }),
      ...(query && { query: parametersOf(query) }),
      ...(headers && { header: z.object(headers) }),
    },
    ...(body && { requestBody: bodyOf(body) }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...problemAnswers(problemsOf(operation)),
    },
  };
}

/** The fields of a query, each with its words. */
function parametersOf({ schema, fields }: Described): z.ZodObject {
  const shape = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
    const { description, ...override } = keywords(fields[name] ?? '');
    return [name, field.meta({ description: String(description), override })] as const;
  });
  return z.object(Object.fromEntries(shape));
}

function bodyOf({ schema, type = 'application/json', optional, examples }: NonNullable<Operation['body']>) {
  const named = Object.entries(examples).map(([words, value]) => [words, { value }]);
  return { required: !optional, content: { [type]: { schema, examples: Object.fromEntries(named) } } };
}

function answerOf({ description, schema, type = 'application/json', example, lines }: Answer) {
  if (!schema) return { description };
  const content = { [type]: { schema, ...(example !== undefined && { example }) } };
  return { description, content: { ...content, ...(lines && { [LINES]: lines }) } };
}
