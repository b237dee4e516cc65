import { randomInt } from 'node:crypto';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { type Database, openDatabase, type TenantRows } from './database.ts';
import { findFirstTenant } from './stored-tenant.ts';

/** Who is to sign in with e-mail and password, and what they are called. */
export type NewUser = { email: string; name: string; password: string };

// Nothing that is read as something else; without vowels no word comes of it by chance.
const LETTERS = 'bcdfghjkmnpqrstvwxz23456789';

/** A random password that can be read out and typed: `k7mq-w2xp-9hfd-3rtn-vb4c`, 95 bits. */
export function makePassword(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: 5 }, group).join('-');
}

/** A user with their password's hash, which takes a tenth of a second to make: before a transaction begins. */
export type HashedUser = Omit<NewUser, 'password'> & { hash: string };

/** Hashes the password; the e-mail comes in small letters. */
export async function hashUser({ email, name, password }: NewUser): Promise<HashedUser> {
  return { email: email.trim().toLowerCase(), name, hash: await hashPassword(password) };
}

/** Makes a user who owns the tenant of `rows`; the tenant becomes an organization where it is none yet. */
export async function addOwner({ query, tenantId }: TenantRows, user: HashedUser): Promise<void> {
  await query(
    `with o as (
       insert into auth.organization (id, name, slug) select id, name, id::text from tenant where id = $1
       on conflict (id) do nothing),
     u as (insert into auth."user" (email, name, email_verified) values ($2, $3, true) returning id),
     a as (
       insert into auth.account (user_id, provider_id, account_id, password)
       select id, 'credential', id::text, $4 from u)
     insert into auth.member (organization_id, user_id, role) select $1, id, 'owner' from u`,
    [tenantId, user.email, user.name, user.hash],
  );
}

/**
 * Makes the user, as the owner of the first tenant, where nobody can sign in yet; false, and nothing changed, where
 * somebody can, or there is no tenant.
 */
export async function makeFirstUser(url: string, user: NewUser): Promise<boolean> {
  return inDatabase(url, async (database) => {
    const tenant = (await anyUser(database)) ? null : await findFirstTenant(database);
    if (!tenant) return false;
    const hashed = await hashUser(user);
    return database.tenant(tenant.tenantId, async (rows) => {
      // Two that start at once make one.
      await rows.query('lock table auth."user" in share row exclusive mode');
      const [known] = await rows.query('select from auth."user" limit 1');
      if (!known) await addOwner(rows, hashed);
      return !known;
    });
  });
}

/** Whether anybody can sign in. */
export function hasUser(url: string): Promise<boolean> {
  return inDatabase(url, anyUser);
}

/** Whether this is somebody's login; null where nobody has this e-mail. */
export async function isLogin(url: string, email: string, password: string): Promise<boolean | null> {
  const [found] = await inDatabase(url, ({ query }) =>
    query<{ password: string | null }>(
      `select a.password from auth."user" u
       left join auth.account a on a.user_id = u.id and a.provider_id = 'credential' where u.email = $1`,
      [email.trim().toLowerCase()],
    ),
  );
  if (!found) return null;
  return found.password !== null && verifyPassword({ hash: found.password, password });
}

/** Sets a user's password and ends all their sessions; false where nobody has this e-mail. */
export async function setPassword(url: string, email: string, password: string): Promise<boolean> {
  const hash = await hashPassword(password);
  return inDatabase(url, async ({ query }) => {
    const [changed] = await query(
      `with u as (select id from auth."user" where email = $1),
       s as (delete from auth.session using u where user_id = u.id)
       insert into auth.account (user_id, provider_id, account_id, password)
       select id, 'credential', id::text, $2 from u
       on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()
       returning user_id`,
      [email.trim().toLowerCase(), hash],
    );
    return changed !== undefined;
  });
}

/** Everybody's e-mail. */
export async function listEmails(url: string): Promise<string[]> {
  const users = await inDatabase(url, ({ query }) =>
    query<{ email: string }>('select email from auth."user" order by created_at, id'),
  );
  return users.map(({ email }) => email);
}

/** Whose session it is, and of which tenant. */
export type SessionOwner = { tenantId: string; user: { id: string; name: string; email: string } };

/** Null for a session that is unknown, over, or of a former member. */
export async function findSession(database: Database, token: string): Promise<SessionOwner | null> {
  const [found] = await database.query<{ tenant_id: string; id: string; name: string; email: string }>(
    `select m.organization_id as tenant_id, u.id, u.name, u.email
     from auth.session s
     join auth."user" u on u.id = s.user_id
     join auth.member m on m.user_id = s.user_id and m.organization_id = s.active_organization_id
     where s.token = $1 and s.expires_at > now()`,
    [token],
  );
  if (!found) return null;
  const { tenant_id: tenantId, ...user } = found;
  return { tenantId, user };
}

/** The tenant that a user became a member of first; null where they are none's. */
export async function firstTenantOf(database: Database, userId: string): Promise<string | null> {
  const [found] = await database.query<{ tenant_id: string }>(
    `select organization_id as tenant_id from auth.member where user_id = $1 order by created_at, id limit 1`,
    [userId],
  );
  return found?.tenant_id ?? null;
}

async function anyUser({ query }: Database): Promise<boolean> {
  const [found] = await query<{ exists: boolean }>('select exists (select from auth."user") as exists');
  return found?.exists === true;
}

async function inDatabase<Result>(
  url: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase(url, { connections: 1, name: 'lead-flow users' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
