import { makeFirstUser, makePassword } from '../db/users.ts';
import type { TenantVariables } from './tenant-variables.ts';

/** A login that was made; `random`: nobody chose its password, so it has to be shown. */
export type FirstLogin = { email: string; password: string; random: boolean };

/** Told where nobody can sign in, nor was anybody named. */
export const NOBODY_YET =
  'Nobody can sign in to the dashboard yet: set ADMIN_EMAIL to the e-mail of who is to, and run this again.';

/**
 * Makes the first user from variables, with a random password where none is set. Null, and nothing changed, where
 * somebody can sign in already or no e-mail is set.
 */
export async function makeFirstLogin(
  url: string,
  { email, name, password: chosen }: TenantVariables['admin'],
): Promise<FirstLogin | null> {
  if (!email) return null;
  const password = chosen ?? makePassword();
  const made = await makeFirstUser(url, { email, name, password });
  return made ? { email, password, random: chosen === undefined } : null;
}
