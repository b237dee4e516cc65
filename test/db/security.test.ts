import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { surroundings } from '../harness/surroundings.ts';
import { columnsOf, type Table, tablesOf, valuesFor } from './any-row.ts';

// Row-level security, tried on every table that the catalog has: a new one is covered, or fails, by itself.

const A = '0197a000-0000-7000-8000-00000000000a';
const B = '0197b000-0000-7000-8000-00000000000b';
/** The migrations' own record; the product has no right to it at all. */
const NOT_OF_A_TENANT = ['schema_migration'];

const login = `leadflow_test_${randomBytes(5).toString('hex')}`;
let database: TestDatabase;
let superuser: Client;
let owner: Client;
let product: Client;
let tables: Table[];

beforeAll(async () => {
  database = await createTestDatabase();
  const passwords = await readFile(join(surroundings().folder, 'postgres.passwords.json'), 'utf8');
  const url = new URL(database.ownerUrl);
  owner = await connect(url.href);
  await owner.query(`create role ${login} login noinherit password 'test'`);
  await owner.query(`grant leadflow_app to ${login} with inherit false, set true`);
  superuser = await connect(as(url, 'postgres', (JSON.parse(passwords) as { superuser: string }).superuser));
  tables = (await tablesOf(superuser)).filter(({ name }) => !NOT_OF_A_TENANT.includes(name));
  // Foreign keys would ask for rows of other tables first; what is tried here is one table at a time.
  await superuser.query('set session_replication_role = replica');
  for (const table of tables) for (const tenant of [A, B]) await insert(superuser, table, tenant);
  product = await connect(as(url, login, 'test'), '-c role=leadflow_app');
});

afterAll(async () => {
  await product?.end();
  await owner?.query(`drop role if exists ${login}`);
  await Promise.all([owner?.end(), superuser?.end()]);
  await database?.drop();
});

function as(url: URL, user: string, password: string): string {
  return Object.assign(new URL(url), { username: user, password }).href;
}

async function connect(connectionString: string, options = ''): Promise<Client> {
  const client = new Client({ connectionString, options });
  await client.connect();
  return client;
}

async function insert(client: Client, table: Table, tenant: string): Promise<void> {
  const values = valuesFor(table, tenant);
  const places = Object.keys(values).map((_, index) => `$${index + 1}`);
  await client.query(
    `insert into ${table.name} (${columnsOf(values)}) values (${places.join(', ')})`,
    Object.values(values),
  );
}

/** Works as the product does, for `tenant` or (null) for none, and takes it back. */
async function asTenant<Result>(tenant: string | null, work: () => Promise<Result>): Promise<Result> {
  await product.query('begin');
  try {
    if (tenant) await product.query(`select set_config('lead_flow.tenant', $1, true)`, [tenant]);
    return await work();
  } finally {
    await product.query('rollback');
  }
}

/** How many rows a statement reached; 0 also where the product has no right to it. */
async function reached(sql: string, values: string[] = []): Promise<number> {
  await product.query('savepoint before');
  try {
    return (await product.query(sql, values)).rowCount ?? 0;
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    return 0;
  } finally {
    await product.query('rollback to savepoint before');
  }
}

async function mayUpdate(table: string): Promise<boolean> {
  const { rows } = await superuser.query<{ may: boolean }>(
    `select has_table_privilege('leadflow_app', $1, 'update') as may`,
    [table],
  );
  return rows[0]?.may ?? false;
}

const each = async (check: (table: Table) => Promise<unknown>) => {
  const found: Record<string, unknown> = {};
  for (const table of tables) found[table.name] = await check(table);
  return found;
};
const all = (value: unknown) => Object.fromEntries(tables.map(({ name }) => [name, value]));

test('there are two tenants in every table', async () => {
  expect(tables.length).toBeGreaterThan(15);
  expect(await each(async ({ name }) => (await superuser.query(`select from ${name}`)).rowCount)).toEqual(
    all(2),
  );
});

test('every table is of a tenant, with row security enabled and forced', async () => {
  const { rows } = await superuser.query<{ name: string }>(
    `select relname as name, relrowsecurity and relforcerowsecurity as secured,
       exists (select from pg_policy where polrelid = c.oid and polcmd = '*' and polpermissive
         and polroles = array['leadflow_app'::regrole::oid] and polqual is not null and polwithcheck is not null)
         as has_policy
     from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
  );
  const secured = rows.filter(({ name }) => !NOT_OF_A_TENANT.includes(name));
  expect(secured).toEqual(tables.map(({ name }) => ({ name, secured: true, has_policy: true })));
  expect(tables.filter(({ tenantColumn }) => !tenantColumn)).toEqual([]);
});

test('nobody else has a policy that opens a table to the product', async () => {
  const { rows } = await superuser.query(
    `select polrelid::regclass::text as name, polname from pg_policy
     where not polroles <@ array['leadflow_app'::regrole::oid, 'leadflow_dispatch'::regrole::oid]
        or ('leadflow_app'::regrole::oid = any (polroles) and polname <> 'own_tenant')`,
  );
  expect(rows).toEqual([]);
});

test.each(NOT_OF_A_TENANT)('the product has no right to %s', async (name) => {
  const { rows } = await superuser.query(
    `select has_table_privilege('leadflow_app', $1, 'select, insert, update, delete, truncate, references, trigger')
       as any_right`,
    [name],
  );
  expect(rows).toEqual([{ any_right: false }]);
});

test('without a tenant nothing is seen, changed or deleted', async () => {
  await asTenant(null, async () => {
    expect(await each(({ name }) => reached(`select from ${name}`))).toEqual(all(0));
    const change = ({ name, tenantColumn: column }: Table) =>
      reached(`update ${name} set ${column} = ${column}`);
    expect(await each(change)).toEqual(all(0));
    expect(await each(({ name }) => reached(`delete from ${name}`))).toEqual(all(0));
  });
});

test('a tenant that is not there sees nothing, and no tenant is not every tenant', async () => {
  await asTenant('0197c000-0000-7000-8000-00000000000c', async () => {
    expect(await each(({ name }) => reached(`select from ${name}`))).toEqual(all(0));
  });
  await asTenant(null, async () => {
    await product.query(`set local lead_flow.tenant = ''`);
    expect(await each(({ name }) => reached(`select from ${name}`))).toEqual(all(0));
  });
});

test.each([
  ['without a tenant', null],
  ["with another's", B],
])('%s no row of a tenant can be written', async (_, tenant) => {
  for (const table of tables) {
    await asTenant(tenant, async () => {
      // An API key and the like are unique over all tenants; the row must be refused for its tenant.
      await expect(insert(product, table, A)).rejects.toMatchObject({
        code: '42501',
        message: `new row violates row-level security policy for table "${table.name}"`,
      });
    });
  }
});

test('with a tenant, its own rows alone are seen', async () => {
  const seen = async ({ name, tenantColumn }: Table) =>
    (await product.query(`select ${tenantColumn} as tenant from ${name}`)).rows;
  await asTenant(A, async () => expect(await each(seen)).toEqual(all([{ tenant: A }])));
  await asTenant(B, async () => expect(await each(seen)).toEqual(all([{ tenant: B }])));
});

test("with a tenant, another's rows are neither changed nor deleted", async () => {
  await asTenant(A, async () => {
    const theirs = ({ name, tenantColumn: column }: Table) =>
      reached(`update ${name} set ${column} = ${column} where ${column} = $1`, [B]);
    expect(await each(theirs)).toEqual(all(0));
    const gone = ({ name, tenantColumn }: Table) =>
      reached(`delete from ${name} where ${tenantColumn} = $1`, [B]);
    expect(await each(gone)).toEqual(all(0));
    const everyone = ({ name, tenantColumn: column }: Table) =>
      reached(`update ${name} set ${column} = ${column}`);
    const own = async ({ name }: Table) => ((await mayUpdate(name)) ? 1 : 0);
    expect(await each(everyone)).toEqual(await each(own));
  });
});

test('no row can be given to another tenant', async () => {
  for (const { name, tenantColumn } of tables) {
    const refusal = (await mayUpdate(name))
      ? `new row violates row-level security policy for table "${name}"`
      : `permission denied for table ${name}`;
    await asTenant(A, async () => {
      const given = product.query(`update ${name} set ${tenantColumn} = $1`, [B]);
      await expect(given).rejects.toMatchObject({ message: refusal });
    });
  }
});

test('the login owns nothing, is no superuser, passes by no row security, and can only become leadflow_app', async () => {
  const roles = [login, 'leadflow_app', 'leadflow_dispatch'];
  const { rows } = await superuser.query(
    `select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as mighty,
       (select count(*)::int from pg_class where relowner = r.oid) as owned_tables
     from pg_roles r where rolname = any ($1) order by array_position($1, rolname::text)`,
    [roles],
  );
  expect(rows).toEqual(roles.map((name) => ({ name, mighty: false, owned_tables: 0 })));
  const owned = await superuser.query(
    `select from pg_shdepend where refobjid in ($1::regrole, 'leadflow_app'::regrole) and deptype = 'o'`,
    [login],
  );
  expect(owned.rowCount).toBe(0);
  expect((await product.query('select current_user, session_user')).rows).toEqual([
    { current_user: 'leadflow_app', session_user: login },
  ]);
  for (const role of ['leadflow_dispatch', 'leadflow_owner', 'postgres']) {
    await expect(product.query(`set role ${role}`)).rejects.toThrow(
      `permission denied to set role "${role}"`,
    );
  }
});

test('functions that look over all tenants are safe to call', async () => {
  const { rows } = await superuser.query<{ name: string }>(
    `select oid::regprocedure::text as name, proowner::regrole::text as owner,
       coalesce(array_to_string(proconfig, ',') like 'search_path=%', false) as fixed_path,
       -- Bound to their tables when they were made, they cannot be led to others; or they look at temporary ones last.
       prosqlbody is not null or array_to_string(proconfig, ',') like '%, pg_temp' as bound,
       has_function_privilege('leadflow_app', oid, 'execute') as product,
       exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0) as everybody
     from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`,
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(rows).toEqual(
    rows.map(({ name }) => ({
      name,
      owner: 'leadflow_dispatch',
      fixed_path: true,
      bound: true,
      product: true,
      everybody: false,
    })),
  );
});

test('who signs in is kept apart: to be read and written by the product, and by nobody who looks over tenants', async () => {
  const { rows } = await superuser.query<{ app: boolean; dispatch: boolean; everybody: boolean }>(
    `select has_table_privilege('leadflow_app', oid, 'select, insert, update, delete')
         and not has_table_privilege('leadflow_app', oid, 'truncate, references, trigger') as app,
       has_table_privilege('leadflow_dispatch', oid, 'select, insert, update, delete') as dispatch,
       exists (select from aclexplode(coalesce(relacl, acldefault('r', relowner))) where grantee = 0) as everybody
     from pg_class where relnamespace = 'auth'::regnamespace and relkind in ('r', 'p')`,
  );
  expect(rows.length).toBe(8);
  expect(rows).toEqual(rows.map(() => ({ app: true, dispatch: false, everybody: false })));
  const { rows: rights } = await superuser.query(
    `select r, has_schema_privilege(r, 'auth', 'usage') as uses, has_schema_privilege(r, 'auth', 'create') as makes
     from unnest(array['leadflow_app', 'leadflow_dispatch']) as r`,
  );
  expect(rights).toEqual([
    { r: 'leadflow_app', uses: true, makes: false },
    { r: 'leadflow_dispatch', uses: false, makes: false },
  ]);
});

test('their owner can add nothing anywhere, nor make anything', async () => {
  const { rows } = await superuser.query(
    `select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and has_table_privilege('leadflow_dispatch', oid, 'insert, truncate')`,
  );
  expect(rows).toEqual([]);
  for (const role of ['leadflow_dispatch', 'leadflow_app', login]) {
    const { rows: rights } = await superuser.query(
      `select has_schema_privilege($1, 'public', 'create') as makes`,
      [role],
    );
    expect([role, rights]).toEqual([role, [{ makes: false }]]);
  }
});
