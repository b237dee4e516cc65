import type { Client } from 'pg';

// Own nothing and cannot log in; the first migration makes them where it may.
const ROLES = ['leadflow_app', 'leadflow_dispatch'];

type Rights = {
  login: string;
  database: string;
  owns: boolean;
  makesRoles: boolean;
  roles: { name: string; member: boolean; admin: boolean }[];
};

/**
 * What an administrator has to run as SQL so that the first migration of this database can be run by this login;
 * undefined where nothing is missing. A role that is there already, as another database of the same server has
 * it, need only be open to the login.
 */
export async function missingRights(client: Client): Promise<string | undefined> {
  if (await hasSchema(client)) return undefined;
  const { rows } = await client.query<Rights>(
    `select current_user as login, current_database() as database,
       (select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()) as owns,
       (select rolcreaterole from pg_roles where rolname = current_user) as "makesRoles",
       array(select json_build_object('name', rolname, 'member', pg_has_role(oid, 'set'),
               'admin', pg_has_role(oid, 'set with admin option'))
             from pg_roles where rolname = any ($1)) as roles`,
    [ROLES],
  );
  const [rights] = rows;
  if (!rights) return undefined;
  const login = client.escapeIdentifier(rights.login);
  const absent = ROLES.filter((role) => !rights.roles.some(({ name }) => name === role));
  const closed = rights.roles.filter(({ member, admin }) => !member && !admin).map(({ name }) => name);
  // Whoever makes a role may open it to himself.
  const unopened = ROLES.filter(
    (role) => closed.includes(role) || (!rights.makesRoles && absent.includes(role)),
  );
  const statements = [
    ...(rights.makesRoles ? [] : absent.map((role) => `CREATE ROLE ${role} NOLOGIN`)),
    ...(unopened.length > 0 ? [grantRoles(unopened, login)] : []),
    ...(rights.owns ? [] : [`ALTER DATABASE ${client.escapeIdentifier(rights.database)} OWNER TO ${login}`]),
  ];
  return statements.length > 0 ? `${statements.join('; ')};` : undefined;
}

async function hasSchema(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('schema_migration') is not null as there`,
  );
  if (!rows[0]?.there) return false;
  // It is there before the first migration has succeeded.
  return (await client.query('select from schema_migration limit 1')).rowCount === 1;
}

/** Why a login is refused that row-level security does not hold for; `variable` is where its address came from. */
export function superuserRefusal(variable: string): string {
  return (
    `${variable} logs in as a superuser, for whom row-level security does not hold. ` +
    'Give Lead Flow a role and a database of its own: ' +
    "CREATE ROLE leadflow LOGIN CREATEROLE PASSWORD '…'; CREATE DATABASE leadflow OWNER leadflow;"
  );
}

/** The SQL that lets a login, quoted where it must be, work as these roles. */
export function grantRoles(roles: readonly string[], login: string): string {
  return `GRANT ${roles.join(', ')} TO ${login} WITH INHERIT FALSE, SET TRUE`;
}
