import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** A service of docker-compose.yml, as far as the tests look at it. */
export type Service = {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks: string[];
  restart: string;
  read_only?: boolean;
  container_name?: string;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
};

/** docker-compose.yml, with its anchors merged. */
export type Compose = {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
};

/** Reads docker-compose.yml with its variables as they are written. */
export function readCompose(): Compose {
  return parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
}

/** A variable in the file: `${NAME}`, `${NAME:-otherwise}` or `${NAME:?message}`. */
const VARIABLE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;

/** Each variable that `value` names, in whatever depth. */
export function variablesIn(value: unknown): { name: string; kind: string | undefined; rest: string }[] {
  return [...JSON.stringify(value).matchAll(VARIABLE)].map(([, name = '', kind, rest = '']) => ({
    name,
    kind,
    rest,
  }));
}

/** Fills in the variables, as compose does. Throws where a required one is missing. */
export function fillIn<Value>(value: Value, variables: Record<string, string>): Value {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, variables)) as Value;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [key, fillIn(item, variables)]);
    return Object.fromEntries(entries) as Value;
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(VARIABLE, (_, name: string, kind: string | undefined, rest: string) => {
    const given = variables[name];
    if (given) return given;
    if (kind === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
    return kind === '-' ? rest : '';
  }) as Value;
}
