import type { Client } from 'pg';

/** A table of the public schema, as the catalog has it. */
export type Table = {
  name: string;
  /** Where a row says whose it is; undefined where it does not. */
  tenantColumn: string | undefined;
  /** What a row must be given. `oneOf`: the values that a check allows. */
  required: { name: string; type: string; oneOf: string[] | null }[];
};

/** Every table of the public schema. */
export async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; required: Table['required'] }>(
    `select relname as name,
       (select array_agg(attname::text) from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       coalesce((select jsonb_agg(jsonb_build_object('name', attname, 'type', format_type(atttypid, null), 'oneOf',
           (select regexp_matches(pg_get_constraintdef(k.oid), 'ARRAY\\[''([^'']*)''', 'g') from pg_constraint k
            where conrelid = c.oid and contype = 'c' and conkey = array[attnum] limit 1)))
         from pg_attribute
         where attrelid = c.oid and attnum > 0 and not attisdropped and attnotnull and not atthasdef
           and attidentity = ''), '[]') as required
     from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
  );
  return rows.map(({ name, columns, required }) => ({
    name,
    tenantColumn: name === 'tenant' ? 'id' : columns.find((column) => column === 'tenant_id'),
    required,
  }));
}

/** What a check over several columns asks of a table's rows. */
const TOGETHER: Record<string, (tenant: string) => Record<string, unknown>> = {
  channel: (tenant) => ({ kind: 'evolution', instance: tenant }),
};

/** The least that a row of `table` needs, for one tenant: no two tenants' rows have a value in common. */
export function valuesFor(
  { name: table, tenantColumn, required }: Table,
  tenant: string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type, oneOf } of required) values[name] = oneOf?.[0] ?? anyValue(type, tenant);
  if (tenantColumn) values[tenantColumn] = tenant;
  return { ...values, ...TOGETHER[table]?.(tenant) };
}

/** Their names, for a statement. */
export function columnsOf(values: Record<string, unknown>): string {
  return Object.keys(values)
    .map((name) => `"${name}"`)
    .join(', ');
}

function anyValue(type: string, tenant: string): unknown {
  switch (type) {
    case 'text':
      return tenant;
    case 'uuid':
      return tenant;
    case 'bytea':
      return Buffer.from(tenant);
    case 'jsonb':
      return '{}';
    case 'boolean':
      return false;
    case 'timestamp with time zone':
      return new Date(0);
    case 'date':
      return '2026-01-01';
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double precision':
    case 'numeric':
      return 1;
    default:
      throw new Error(`say here what a value of type ${type} can be`);
  }
}
