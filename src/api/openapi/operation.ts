import { z } from 'zod';
import type { ProblemCode } from '../problems.ts';

/** A part of a JSON Schema, as it stands in the document. */
export type JsonSchema = { [keyword: string]: unknown };

/** What is said of a field: words alone, or words with what else JSON Schema can say (`format`, `examples` …). */
export type Words = string | (JsonSchema & { description: string });

/** An object schema with the words of its fields. */
export type Described = {
  schema: z.ZodObject;
  /** The component it becomes; without one it is written out where it is used. */
  name?: string;
  description?: string;
  fields: Readonly<Record<string, Words>>;
  /** A last hand on what was made of it, where the schema itself cannot say what holds. */
  mend?: (made: JsonSchema) => void;
};

/**
 * Words for every field of a schema: a field without any, or words without a field, do not compile. The schema's name
 * is noted in zod's own registry, where the document looks for it.
 */
export function described<Shape extends z.core.$ZodShape>(
  schema: z.ZodObject<Shape, z.core.$ZodObjectConfig>,
  about: Omit<Described, 'schema' | 'fields'> & { fields: { readonly [Field in keyof Shape]-?: Words } },
): Described {
  if (about.name !== undefined) schema.register(z.globalRegistry, { id: about.name });
  return { ...about, schema: schema as unknown as z.ZodObject };
}

/** What an answer holds: JSON by its schema, or another type in words. */
export type Answer = {
  description: string;
  schema?: z.ZodType;
  /** The media type, where it is not JSON; with an example of it. */
  type?: string;
  example?: string;
  /** What each line holds where JSON lines are asked for instead; with an example of them. */
  lines?: { schema: z.ZodType; example: string };
};

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** One thing that can be asked of the API. */
export type Operation = {
  /** Unique; generated clients name their functions after it. */
  id: string;
  method: Method;
  /** Parameters in braces: `/v1/leads/{id}`. */
  path: string;
  /** A few words, without a full stop. */
  summary: string;
  description?: string;
  /** Nobody has to sign in. */
  open?: true;
  /** Those in the path. */
  params?: Readonly<Record<string, z.ZodType>>;
  query?: Described;
  headers?: Readonly<Record<string, z.ZodType>>;
  body?: {
    schema: z.ZodType;
    /** `application/json` where it is left out. */
    type?: string;
    /** It may be left out. */
    optional?: true;
    /** Each under a few words. */
    examples: Readonly<Record<string, unknown>>;
  };
  /** What is answered where all goes well, by status; webhooks also say here how they refuse. */
  answers: Readonly<Record<number, Answer>>;
  /** What can be answered besides what follows from the kind of operation (see `problemsOf`). */
  problems?: readonly ProblemCode[];
};

/** What belongs together on the page. */
export type Subject = {
  name: string;
  description: string;
  operations: readonly Operation[];
  schemas: readonly Described[];
  /** Schemas that no operation refers to: what is sent once a WebSocket is open. */
  unasked?: readonly Described[];
};
