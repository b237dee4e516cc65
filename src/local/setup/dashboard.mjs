import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './command.mjs';
import { makeFolder } from './folder.mjs';

/** What the dashboard is made from. */
const SOURCES = ['dashboard', 'src/contract', 'src/domain'];

/**
 * Builds the dashboard into dist/dashboard where it is missing, or older than what it is made from. A build that
 * fails is told in a line: leads are carried without it.
 */
export async function prepareDashboard({ root, node, env, logs, progress, signal }) {
  if (!existsSync(join(root, 'dashboard/index.html'))) return;
  const stamp = join(root, 'dist/.dashboard-made-from');
  const wanted = fingerprint(root);
  const built = existsSync(join(root, 'dist/dashboard/index.html'));
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const logFile = join(logs, 'dashboard-build.log');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  try {
    makeFolder(logs);
    await progress.step(
      'building the dashboard',
      () => runQuietly(node, [vite, 'build', 'dashboard'], { cwd: root, env, logFile, signal }),
      () => 'dashboard built',
    );
    writeFileSync(stamp, wanted);
  } catch (error) {
    if (signal?.aborted) throw error;
    progress.line(`  the dashboard could not be built (${error.message}); see ${logFile}`);
  }
}

function fingerprint(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const source of SOURCES) {
    const entries = readdirSync(join(root, source), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, path, name }) => join(parentPath ?? path, name));
    for (const file of files.sort()) hash.update(`\n${file.slice(root.length)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}
