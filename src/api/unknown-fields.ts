import { z } from 'zod';

/** The body of what takes none: a field would be ignored, so it is refused. */
export const noFields = z.strictObject(
  {},
  { error: 'Envie o pedido sem corpo, ou com um objeto JSON vazio.' },
);

/**
 * Words for a field that `schema` does not know in the object at `path`: which one was meant, where one is spelled
 * nearly the same, else all that there are.
 */
export function unknownFieldWords(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  name: string,
): string {
  const known = fieldsAt(schema, path);
  if (known.length === 0) return 'Campo desconhecido. Este endereço não recebe campos.';
  const meant = nearest(name, known);
  if (meant !== undefined) return `Campo desconhecido. Você quis dizer ${meant}?`;
  return `Campo desconhecido. Há: ${known.join(', ')}.`;
}

/** What a receipt tells of names that said nothing. */
export const tellIgnored = (names: readonly string[]) => (names.length > 0 ? { ignored_fields: names } : {});

/**
 * Words for a missing field that came under a name nearly its own; undefined where none of the `unknown` names is.
 * `names`: what each known name is called.
 */
export function misspeltWords(
  field: string,
  unknown: readonly string[],
  names: Readonly<Record<string, string>>,
): string | undefined {
  const given = unknown.find((name) => names[nearest(name, Object.keys(names)) ?? ''] === field);
  return given === undefined ? undefined : `Você enviou ${given}; o nome é ${field}.`;
}

/** The fields of the object that stands at `path` in what a schema takes. */
function fieldsAt(schema: z.core.$ZodType | undefined, path: readonly PropertyKey[]): string[] {
  const inner = bare(schema);
  const [step, ...rest] = path;
  if (inner instanceof z.ZodArray) return fieldsAt(inner.element, rest);
  if (!(inner instanceof z.ZodObject)) return [];
  return step === undefined ? Object.keys(inner.shape) : fieldsAt(inner.shape[String(step)], rest);
}

/** A schema without what says that it may be absent, and without what is done before and after it. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodPipe) return bare(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  const absent = [z.ZodOptional, z.ZodNullable, z.ZodDefault, z.ZodPrefault];
  return absent.some((kind) => schema instanceof kind) ? bare((schema as z.ZodOptional).unwrap()) : schema;
}

/** Of the names the one that a third of the letters, or fewer, tell apart; case, accents and signs do not count. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const given = letters(name).slice(0, 100);
  const [best] = known
    .map((one) => ({ one, away: distance(given, letters(one)), most: Math.floor(letters(one).length / 3) }))
    .filter(({ away, most }) => away <= most)
    .sort((a, b) => a.away - b.away);
  return best?.one;
}

const letters = (name: string) =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

/** How many letters are put in, left out, replaced, or swapped with their neighbour to make one word of the other. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + same,
          swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, above] = [above, row];
  }
  return above[other.length] ?? 0;
}
