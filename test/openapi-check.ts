// Compares openapi.json with what the schemas make; with `--write` writes it anew.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diff } from 'node:util';
import { openApiDocument } from '../src/api/openapi/document.ts';

const FILE = join(import.meta.dirname, '../openapi.json');
const MOST_LINES = 40;

const now = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
if (process.argv.includes('--write')) {
  await writeFile(FILE, now);
  console.log(`${FILE} written`);
} else {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== now) {
    const lines = (diff(committed.split('\n'), now.split('\n')) as [number, string][])
      .filter(([which]) => which !== 0)
      .map(([which, line]) => `${which > 0 ? '-' : '+'} ${line}`);
    for (const line of lines.slice(0, MOST_LINES)) console.log(line);
    if (lines.length > MOST_LINES) console.log(`… and ${lines.length - MOST_LINES} more`);
    console.error('openapi.json is not what the schemas make. Run: npm run openapi');
    process.exitCode = 1;
  }
}
