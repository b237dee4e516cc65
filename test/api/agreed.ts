import type { z } from 'zod';

/** Expects of an answer that it is all that the contract says, and nothing besides. */
export function asAgreed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.parse(body);
  expect(body).toEqual(parsed);
  return parsed;
}
