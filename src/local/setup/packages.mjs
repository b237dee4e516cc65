import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly, SetupFailure } from './command.mjs';
import { makeFolder } from './folder.mjs';

/**
 * Installs the packages with `npm ci` where they are missing or not the ones that package-lock.json names, and
 * gives the path of the Node 24 that is among them, which runs everything after this.
 */
export async function preparePackages({ root, env, logs, progress, signal }) {
  const wanted = fingerprint(root);
  const stamp = join(root, 'node_modules/.lead-flow-stamp');
  if (readIfThere(stamp) !== wanted) {
    // While npm works nothing may say that it has ended: the next start would take what is half there.
    rmSync(stamp, { force: true });
    if (!matchesLock(root)) await install({ root, env, logs, progress, signal });
    writeFileSync(stamp, wanted);
  }
  return findNode(root);
}

function fingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

async function install({ root, env, logs, progress, signal }) {
  try {
    makeFolder(logs);
  } catch (error) {
    throw new SetupFailure(
      `The data directory cannot be made: ${error.message}. Set LEAD_FLOW_DATA_DIR to one that can.`,
    );
  }
  const logFile = join(logs, 'npm-ci.log');
  // Our own npm where npm runs us; development packages always, as the database is among them. Only errors
  // are of interest: warnings about the machine's older Node do not matter, since ours runs the product.
  const [command, ...before] = env.npm_execpath ? [process.execPath, env.npm_execpath] : ['npm'];
  const options = ['--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  try {
    await progress.step(
      'installing packages',
      () => runQuietly(command, [...before, 'ci', ...options], { cwd: root, env, logFile, signal }),
      () => 'packages installed',
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SetupFailure(
      `npm ci failed: ${error.message.replace(/[.\s]+$/, '')}. Check the network and the registry npm uses, then run this again; ` +
        `npm's words are in ${logFile}`,
    );
  }
}

/**
 * Whether npm has already put exactly these packages here: its own record of what it installed tells, and that
 * each of them is still there.
 */
function matchesLock(root) {
  const installed = readIfThere(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return false;
  const there = parse(installed)?.packages ?? {};
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { optional, version }]) =>
      path === '' ||
      (there[path]?.version === version && existsSync(join(root, path, 'package.json'))) ||
      (optional && !there[path]),
  );
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function findNode(root) {
  const own = join(root, 'node_modules/.bin/node');
  const node = existsSync(own) ? own : process.execPath;
  const version = await runQuietly(node, ['--version']).catch(() => '');
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= 24) return node;
  throw new SetupFailure(
    'Node 24 is missing in node_modules: npm skipped the install script of its package "node". ' +
      'Allow it (npm config delete ignore-scripts), delete node_modules and run this again.',
  );
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
