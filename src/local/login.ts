import { hasUser, isLogin, makePassword, setPassword } from '../db/users.ts';
import { makeFirstLogin, NOBODY_YET } from '../deploy/first-login.ts';
import type { DataDir } from './data-dir.ts';
import type { ReadyDatabase } from './database.ts';
import type { Start } from './start.ts';
import { keptTenant } from './tenant.ts';

const FILE = 'sample-login';
const SAMPLE = { email: 'supervisao@exemplo.com.br', name: 'Supervisão' };

/**
 * Sees to it that somebody can sign in, and gives the lines that say who. With the sandbox that is a sample login,
 * kept in the data directory; with real services it is whom ADMIN_EMAIL names, and a random password is shown once.
 */
export async function ensureLogin(
  { settings, dataDir }: Pick<Start, 'settings' | 'dataDir'>,
  { url }: ReadyDatabase,
): Promise<string[]> {
  const { admin } = settings.tenant;
  if (keptTenant(dataDir)?.sandbox) return sampleLogin(dataDir, url, admin);
  const made = await makeFirstLogin(url, admin);
  if (made) {
    const password = made.random ? `${made.password} (shown this once)` : 'as in ADMIN_PASSWORD';
    return lines(made.email, password);
  }
  return (await hasUser(url)) ? [] : [`  ${NOBODY_YET}`];
}

async function sampleLogin(
  dataDir: DataDir,
  url: string,
  admin: Start['settings']['tenant']['admin'],
): Promise<string[]> {
  const kept = readKept(dataDir);
  const who = admin.email ? { email: admin.email, name: admin.name } : SAMPLE;
  const made = await makeFirstLogin(url, {
    ...who,
    password: admin.password ?? kept?.password ?? makePassword(),
  });
  if (made) {
    keep(dataDir, made);
    return lines(made.email, made.password);
  }
  if (kept) {
    const stands = await isLogin(url, kept.email, kept.password);
    return lines(
      kept.email,
      stands ? kept.password : 'changed since; npm run reset-password EMAIL makes a new one',
    );
  }
  // The file is lost: only its hash is left of the password.
  const anew = { email: who.email, password: makePassword() };
  if (!(await setPassword(url, anew.email, anew.password))) return [];
  keep(dataDir, anew);
  return lines(anew.email, anew.password);
}

const lines = (email: string, password: string) => [`  e-mail     ${email}`, `  password   ${password}`];

function keep(dataDir: DataDir, { email, password }: { email: string; password: string }): void {
  dataDir.keep(FILE, `${JSON.stringify({ email, password })}\n`);
}

function readKept(dataDir: DataDir): { email: string; password: string } | undefined {
  try {
    return JSON.parse(dataDir.read(FILE) ?? '') as { email: string; password: string };
  } catch {
    return undefined;
  }
}
