import { Client } from 'pg';

/** A login with its password and the database it is for, as a PostgreSQL URL says them. */
export type Login = { user: string; password: string; database: string };

/** The logins of a production database server. */
export type Logins = {
  /** Owns the product's database, migrates it, and can make roles; no superuser. */
  owner: Login;
  /** What API and worker log in as: owns nothing, and can only become `leadflow_app`. */
  product: Login;
  /** Owns Temporal's two databases: the one it names, and the one named like it with `_visibility`. */
  temporal: Login;
};

/** Reads a login from its URL. Throws, naming the variable, where a part is missing. */
export function readLogin(variable: string, url: string | undefined): Login {
  const parts = url && URL.canParse(url) ? new URL(url) : undefined;
  const user = decodeURIComponent(parts?.username ?? '');
  const password = decodeURIComponent(parts?.password ?? '');
  const database = decodeURIComponent(parts?.pathname.slice(1) ?? '');
  if (user && password && database) return { user, password, database };
  throw new Error(
    `${variable} must be postgresql://USER:PASSWORD@HOST:5432/DATABASE, with nothing left out.`,
  );
}

/**
 * Makes the roles and the empty databases of a production server, as its superuser. Safe to repeat: what is there
 * stays, and passwords become those that are given.
 *
 * Nobody may enter a database who is not named for it: the product cannot reach Temporal's, nor Temporal the
 * product's.
 */
export async function makeRolesAndDatabases(superuserUrl: string, logins: Logins): Promise<void> {
  const { owner, product, temporal } = logins;
  const client = new Client({ connectionString: superuserUrl, application_name: 'lead-flow roles' });
  await client.connect();
  const name = (text: string) => client.escapeIdentifier(text);
  try {
    for (const role of ['leadflow_app', 'leadflow_dispatch']) await makeRole(client, role, 'nologin');
    await makeLogin(client, owner, 'createrole');
    await makeLogin(client, product, 'noinherit');
    await makeLogin(client, temporal, '');
    // Without inheriting: what a role may see, a login sees only while it works as that role.
    const asRole = 'with inherit false, set true';
    await client.query(`grant leadflow_app, leadflow_dispatch to ${name(owner.user)} ${asRole}`);
    await client.query(`grant leadflow_app to ${name(product.user)} ${asRole}`);

    await makeDatabase(client, owner.database, owner.user);
    await makeDatabase(client, temporal.database, temporal.user);
    await makeDatabase(client, `${temporal.database}_visibility`, temporal.user);
    await client.query(`grant connect on database ${name(product.database)} to ${name(product.user)}`);
  } finally {
    await client.end();
  }
}

async function makeRole(client: Client, role: string, attributes: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount ? 'alter' : 'create';
  await client.query(`${verb} role ${client.escapeIdentifier(role)} ${attributes}`);
}

async function makeLogin(client: Client, { user, password }: Login, attributes: string): Promise<void> {
  await makeRole(client, user, `login nosuperuser ${attributes} password ${client.escapeLiteral(password)}`);
}

async function makeDatabase(client: Client, database: string, owner: string): Promise<void> {
  const [name, role] = [client.escapeIdentifier(database), client.escapeIdentifier(owner)];
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (!rowCount) await client.query(`create database ${name} owner ${role}`);
  await client.query(`revoke all on database ${name} from public`);
}
