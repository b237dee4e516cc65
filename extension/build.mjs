// Builds the extension: its packages where they are missing, then the zip; with --test also the tests' variant.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

run('packages of the extension', () => !isInstalled(), 'npm', [
  'ci',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
]);
run('the extension', () => true, 'node', ['node_modules/wxt/bin/wxt.mjs', 'zip']);
run("the tests' variant", () => process.argv.includes('--test'), 'node', [
  'node_modules/wxt/bin/wxt.mjs',
  'build',
  '--mode',
  'test',
]);

/** Whether npm's own record of what it installed is that of the lock file. */
function isInstalled() {
  const [record, lock] = ['node_modules/.package-lock.json', 'package-lock.json'].map((name) =>
    join(HERE, name),
  );
  if (!existsSync(record)) return false;
  const [there, wanted] = [record, lock].map((file) => JSON.parse(readFileSync(file, 'utf8')).packages);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || there[path]?.version === version,
  );
}

function run(what, needed, command, args) {
  if (!needed()) return;
  console.log(`Building ${what}`);
  const { status, error } = spawnSync(command, args, { cwd: HERE, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`${what}: ${command} failed${error ? ` (${error.message})` : ''}. Its words are above.`);
  process.exit(1);
}
