import type { z } from 'zod';

/** The answer, once it is exactly what the contract says: nothing missing, nothing besides. */
export function asContract<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.parse(body);
  expect(body).toEqual(read);
  return read;
}
