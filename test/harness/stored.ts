import type { Query } from '../../src/db/database.ts';

/** How many rows of a tenant each table holds; what only tells open pages to look again does not count. */
export async function countRows(query: Query): Promise<Record<string, number>> {
  const tables = await query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'tenant_id'
       and table_name <> 'live_change' order by 1`,
  );
  const counts = tables.map(({ name }) => `'${name}', (select count(*) from ${name})`);
  const [row] = await query<{ counts: Record<string, number> }>(
    `select jsonb_build_object(${counts.join(', ')}) as counts`,
  );
  return row?.counts ?? {};
}
