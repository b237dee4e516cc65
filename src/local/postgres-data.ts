import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import {
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { canEnter, OPEN_HOME, type OsUser } from './postgres-programs.ts';
import { diskRemedy, StartError } from './start-error.ts';

const run = promisify(execFile);

/** The product's login: owns the database and may make roles and databases, but is no superuser. */
export const OWNER = 'leadflow_owner';
export const DATABASE = 'leadflow';

/** Passwords of the two logins of an embedded server. */
export type PostgresPasswords = { superuser: string; owner: string };

// Sorts by code point everywhere alike, and knows upper and lower case of every letter: a search for joão finds JOÃO.
const LOCALE = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/**
 * Makes the data directory of a new server: UTF-8, scram passwords; with the product's login and its
 * empty database, made before the server first listens. It appears in its place only when whole.
 */
export async function createData(
  dataDir: string,
  programs: string,
  user: OsUser | undefined,
  passwords: PostgresPasswords,
): Promise<void> {
  const home = await reachableHome(dirname(dataDir), user);
  const place = join(home, basename(dataDir));
  const unfinished = `${place}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (user) await chown(unfinished, user.uid, user.gid);
  const passwordFile = `${unfinished}.password`;
  try {
    await writeFile(passwordFile, `${passwords.superuser}\n`, { mode: 0o600 });
    if (user) await chown(passwordFile, user.uid, user.gid);
    const options = ['--encoding=UTF8', ...LOCALE, '--auth=scram-sha-256', '--username=postgres'];
    await run(
      join(programs, 'initdb'),
      [`--pgdata=${unfinished}`, `--pwfile=${passwordFile}`, '--no-instructions', ...options],
      { cwd: '/', env: { ...process.env, LC_ALL: 'C' }, ...user },
    );
    await createOwner(unfinished, programs, user, passwords.owner);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new StartError(
      `PostgreSQL's data could not be made in ${unfinished}: ${reasonIn(said)}.${diskRemedy(said)}`,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, place);
  if (place === dataDir) return;
  // A link of ours whose data was removed.
  await rm(dataDir, { force: true });
  await symlink(place, dataDir);
}

/** The reason in what a program said: its first error, as those after it only follow from that. */
function reasonIn(said: string): string {
  return /(?:ERROR|FATAL|PANIC|error):\s+(.*)/.exec(said)?.[1] ?? said.split('\n').at(-1) ?? said;
}

/**
 * Makes `dataDir` ready for a new server: one of ours that still runs on it (its owner was killed) is ended, and
 * a lock file that a killed one left is removed, even where its process id belongs to somebody else by now.
 */
export async function releaseData(dataDir: string): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return;
  if (!(await isServerOf(pid, dataDir))) return rm(lock, { force: true });
  for (const [signal, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    process.kill(pid, signal);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!(await isServerOf(pid, dataDir))) return;
      await sleep(50);
    }
  }
}

/** Whether the process `pid` is a server on `dataDir`: a server works in its data directory. */
async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  const data = await realpath(dataDir);
  if (process.platform === 'linux') {
    return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === data;
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres') && (stdout.includes(data) || stdout.includes(dataDir));
}

// The single-user mode needs no network and no superuser login. One command a line.
async function createOwner(dataDir: string, programs: string, user: OsUser | undefined, password: string) {
  const child = spawn(join(programs, 'postgres'), ['--single', '-D', dataDir, 'postgres'], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    ...user,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(
    `CREATE ROLE ${OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '${password}'\n` +
      `CREATE DATABASE ${DATABASE} OWNER ${OWNER}\n`,
  );
  const [code] = (await once(child, 'close')) as [number | null];
  const fault = /^.*(?:ERROR|FATAL|PANIC):\s+(.*)$/m.exec(said)?.[1];
  if (code !== 0 || fault) throw new Error(fault ?? `postgres --single ended with ${code}`);
}

/** Where the data can live: beside us, or where `user` can reach it if our own folder is closed to others. */
async function reachableHome(home: string, user: OsUser | undefined): Promise<string> {
  await mkdir(home, { recursive: true });
  if (!user || (await canEnter(user, home))) return home;
  await mkdir(OPEN_HOME, { recursive: true, mode: 0o755 });
  const open = await mkdtemp(join(OPEN_HOME, 'data-'));
  await chown(open, user.uid, user.gid);
  return open;
}

// A server that misses one of these refuses to start, in words that help nobody.
const NEEDED = ['PG_VERSION', 'global/pg_control', 'postgresql.conf', 'pg_hba.conf', 'pg_wal', 'base'];

/**
 * Whether a server's data is there. Throws a StartError where it is there in part only: what is left of it must
 * not be taken for nothing.
 */
export function hasData(dataDir: string): boolean {
  if (!existsSync(dataDir) || readdirSync(dataDir).length === 0) return false;
  const missing = NEEDED.find((name) => !existsSync(join(dataDir, name)));
  if (!missing) return true;
  throw new StartError(
    `The database is damaged: ${join(dataDir, missing)} is missing. Bring it back from a copy, or, to start ` +
      `from nothing, without the leads, remove ${dirname(dataDir)} or set LEAD_FLOW_DATA_DIR to a new directory.`,
  );
}
