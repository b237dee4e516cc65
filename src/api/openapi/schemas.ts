import { z } from 'zod';
import type { ZodOpenApiOverride } from 'zod-openapi';
import type { Described, JsonSchema, Words } from './operation.ts';

/**
 * Says in the document what the schemas of the code do not: the words of their fields, and less of what only a
 * program would want to read.
 */
export function wording(schemas: readonly Described[]): ZodOpenApiOverride {
  const about = new Map<unknown, Described>(schemas.map((one) => [one.schema, one]));
  return ({ zodSchema, jsonSchema, io }) => {
    const made = jsonSchema as JsonSchema;
    plain(made);
    // A text that is tidied first is measured after it: its length stands on the far side of the pipe.
    if (io === 'input' && zodSchema instanceof z.ZodPipe && zodSchema.out instanceof z.ZodString) {
      const { maxLength } = zodSchema.out;
      if (maxLength !== null) made.maxLength = maxLength;
    }
    // Who reads an answer must bear fields that come later.
    if (io === 'output') delete made.additionalProperties;
    const known = about.get(zodSchema);
    if (!known) return;
    if (known.description) made.description = known.description;
    const properties = made.properties as Record<string, JsonSchema>;
    // Fields of one schema share what was made of it, so each gets its own.
    for (const [field, words] of Object.entries(known.fields)) {
      properties[field] = { ...structuredClone(properties[field]), ...keywords(words) };
    }
    known.mend?.(made);
  };
}

/** Words as the keywords of a JSON Schema. */
export function keywords(words: Words): JsonSchema {
  return typeof words === 'string' ? { description: words } : words;
}

/** The same said shorter: no pattern beside a format, no bounds that only a computer has, `null` among the types. */
function plain(made: JsonSchema): void {
  nullAmongTypes(made);
  if (made.format !== undefined) delete made.pattern;
  if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
  if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
}

function nullAmongTypes(made: JsonSchema): void {
  if (!Array.isArray(made.anyOf)) return;
  const options = (made.anyOf as JsonSchema[]).flatMap((one) =>
    Object.keys(one).join() === 'anyOf' ? (one.anyOf as JsonSchema[]) : [one],
  );
  const [first, second] = options;
  const nullable = options.length === 2 && second?.type === 'null' && typeof first?.type === 'string';
  if (!nullable) {
    made.anyOf = options;
    return;
  }
  delete made.anyOf;
  Object.assign(made, structuredClone(first), { type: [first.type, 'null'] });
  if (Array.isArray(made.enum)) made.enum = [...made.enum, null];
}
