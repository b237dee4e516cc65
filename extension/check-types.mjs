// The extension's types, where its packages are: `npm run build:extension` installs them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

if (existsSync(join(HERE, 'node_modules/wxt/package.json'))) {
  process.exitCode = spawnSync('tsc', ['--noEmit', '-p', HERE], { stdio: 'inherit' }).status ?? 1;
} else {
  console.log('The types of extension/ are not checked: its packages are missing (npm run build:extension).');
}
