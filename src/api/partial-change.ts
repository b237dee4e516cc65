import { z } from 'zod';

/**
 * Refuses a change that has no field at all, in these words; not one with a field that is not known, which is told
 * already.
 */
export const someField = (error: string, path: string[] = []) =>
  z.refine<object>((change) => Object.values(change).some((value) => value !== undefined), {
    error,
    path,
    params: { code: 'required' },
    when: ({ issues }) => issues.length === 0,
  });

/** What changes a part of what `Schema` describes, at whatever depth. */
export type ChangeOf<Schema extends z.core.SomeType> =
  Schema extends z.ZodDefault<infer Inner>
    ? z.ZodOptional<ChangeOf<Inner>>
    : Schema extends z.ZodPrefault<infer Inner>
      ? z.ZodOptional<ChangeOf<Inner>>
      : Schema extends z.ZodNullable<infer Inner>
        ? z.ZodNullable<ChangeOf<Inner>>
        : Schema extends z.ZodArray<infer Element>
          ? z.ZodArray<ChangeOf<Element>>
          : Schema extends z.ZodObject<infer Shape>
            ? z.ZodObject<{ [Field in keyof Shape]: ChangeOf<Shape[Field]> }, z.core.$strict>
            : Schema;

/**
 * A schema of what changes a part of what `schema` describes: what has a default there is not spoken of where it is
 * absent here, and a field that no object knows is refused.
 */
export function changeOf<Schema extends z.core.$ZodType>(schema: Schema): ChangeOf<Schema> {
  return changed(schema) as ChangeOf<Schema>;
}

function changed(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return z.optional(changed(schema.unwrap()));
  }
  if (schema instanceof z.ZodNullable) return z.nullable(changed(schema.unwrap()));
  // Cloned, as lists and objects have checks of their own.
  if (schema instanceof z.ZodArray) return schema.clone({ ...schema.def, element: changed(schema.element) });
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.shape);
    const shape = Object.fromEntries(fields.map(([name, field]) => [name, changed(field)]));
    return schema.clone({ ...schema.def, shape, catchall: z.never() });
  }
  return schema;
}
