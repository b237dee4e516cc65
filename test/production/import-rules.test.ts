import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** What each file imports: the rule that must forbid it, or null where it is allowed. */
const IMPORTS: [file: string, statement: string, rule: string | null][] = [
  ['workflows/a.ts', "import { lead } from '../src/domain/a.ts';", null],
  ['workflows/b.ts', "import type { a } from '../activities/a.ts';", null],
  ['workflows/c.ts', "import { proxyActivities } from '@temporalio/workflow';", null],
  ['workflows/d.ts', "import { a } from '../activities/a.ts';", 'workflows-activities-by-type'],
  ['workflows/e.ts', "import { Pool } from 'pg';", 'workflows-deterministic'],
  ['workflows/f.ts', "import { hash } from 'node:crypto';", 'workflows-deterministic'],
  ['workflows/g.ts', "import type { a } from '../src/db/a.ts';", 'workflows-imports'],
  ['activities/b.ts', "import { a } from '../src/db/a.ts';", null],
  ['activities/c.ts', "import { a } from '../src/providers/a.ts';", null],
  ['activities/d.ts', "import { a } from '../src/temporal/a.ts';", 'activities-imports'],
  ['activities/e.ts', "import { a } from '../workflows/a.ts';", 'activities-imports'],
  ['src/domain/b.ts', "import { z } from 'zod';", null],
  ['src/domain/signature.ts', "import { createHmac } from 'node:crypto';", null],
  ['src/domain/c.ts', "import type { a } from '../db/a.ts';", 'src-domain-imports'],
  ['src/domain/d.ts', "import { Pool } from 'pg';", 'domain-pure-packages'],
  ['src/domain/e.ts', "import { createHmac } from 'node:crypto';", 'domain-pure-node'],
  ['src/domain/signature.ts', "import { readFile } from 'node:fs';", 'domain-pure-signature'],
  ['src/db/b.ts', "import { a } from '../domain/a.ts';", null],
  ['src/db/c.ts', "import { a } from '../providers/a.ts';", 'src-db-imports'],
  ['src/db/d.ts', "import { jest } from 'jest';", 'no-dev-package'],
  ['src/providers/b.ts', "import { a } from '../db/a.ts';", 'src-providers-imports'],
  ['src/temporal/b.ts', "import { a } from '../inbox/a.ts';", 'src-temporal-imports'],
  ['src/inbox/b.ts', "import { a } from '../temporal/a.ts';", null],
  ['src/inbox/c.ts', "import { a } from '../api/a.ts';", 'src-inbox-imports'],
  ['src/inbox/d.ts', "import { a } from '../process.ts';", 'src-inbox-imports'],
  ['src/api/b.ts', "import { a } from '../inbox/a.ts';", null],
  ['src/api/c.ts', "import { a } from '../process.ts';", null],
  ['src/api/d.ts', "import { a } from '../worker/a.ts';", 'src-api-imports'],
  ['src/api/h.ts', "import { a } from '../providers/a.ts';", null],
  ['src/api/i.ts', "import { a } from '../connections/a.ts';", null],
  ['src/contract/b.ts', "import { a } from '../domain/a.ts';", null],
  ['src/contract/c.ts', "import { a } from '../db/a.ts';", 'src-contract-imports'],
  ['src/connections/b.ts', "import { a } from '../providers/a.ts';", null],
  ['src/connections/c.ts', "import { a } from '../api/a.ts';", 'src-connections-imports'],
  ['src/api/e.ts', "import { a } from '../../activities/a.ts';", 'src-api-imports'],
  ['src/worker/b.ts', "import { a } from '../../activities/a.ts';", null],
  ['src/worker/c.ts', "import { a } from '../api/a.ts';", 'src-worker-imports'],
  ['src/worker/d.ts', "import { a } from '../local/a.ts';", 'src-worker-imports'],
  ['src/worker/e.ts', "import { a } from '../sandbox/a.ts';", 'src-worker-imports'],
  ['src/deploy/c.ts', "import { a } from '../connections/a.ts';", null],
  ['src/deploy/b.ts', "import { a } from '../local/a.ts';", 'src-deploy-imports'],
  ['src/sandbox/b.ts', "import { a } from '../domain/a.ts';", null],
  ['src/sandbox/c.ts', "import { a } from '../db/a.ts';", 'src-sandbox-imports'],
  ['src/local/b.ts', "import { a } from '../api/a.ts';", null],
  ['src/local/c.ts', "import { a } from '../../test/a.ts';", 'no-test'],
  ['src/configuration.ts', "import { a } from './db/a.ts';", 'src-configuration.ts-imports'],
  ['src/process.ts', "import { a } from './db/a.ts';", 'src-process.ts-imports'],
  ['src/loop.ts', "import { a } from './db/a.ts';", 'src-loop.ts-imports'],
  ['dashboard/b.ts', "import type { a } from '../src/contract/a.ts';", null],
  ['dashboard/c.ts', "import { a } from '../src/contract/a.ts';", 'dashboard-light'],
  ['dashboard/d.ts', "import type { a } from '../src/db/a.ts';", 'dashboard-imports'],
  ['extension/panel/b.ts', "import { a } from '../../src/contract/a.ts';", null],
  ['extension/panel/c.ts', "import { z } from 'zod';", null],
  ['extension/panel/d.ts', "import type { a } from '../background/a.ts';", null],
  ['extension/stored.ts', "import { browser } from 'wxt/browser';", null],
  ['extension/panel/e.ts', "import { a } from '../../src/db/a.ts';", 'extension-imports'],
  ['extension/panel/f.ts', "import { a } from '../background/a.ts';", 'extension-key-apart'],
  ['extension/screen/b.ts', "import { a } from '../stored.ts';", 'extension-screen-apart'],
  ['src/worker/f.ts', "import { a } from '../loop.ts';", null],
  ['src/newcomer/b.ts', "import { a } from '../domain/a.ts';", 'no-unknown-part'],
  ['src/api/f.ts', "import { left } from 'left-pad';", 'no-unlisted-package'],
  ['src/api/g.ts', "import { a } from './nowhere.ts';", 'no-unresolved'],
  ['src/api/cycle-1.ts', "import type { a } from './cycle-2.ts';", 'no-cycle'],
  ['src/api/cycle-2.ts', "import { a } from './cycle-1.ts';", null],
];

const PACKAGES = ['zod', 'pg', 'jest', 'left-pad', '@temporalio/workflow'];
const PARTS = [
  'domain',
  'contract',
  'db',
  'providers',
  'connections',
  'temporal',
  'inbox',
  'api',
  'worker',
  'deploy',
  'sandbox',
  'local',
];

type Violation = { type: string; from: string; to: string; rule: { name: string } };

let folder: string;
let violations: Violation[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lead-flow-imports-'));
  for (const file of ['.dependency-cruiser.cjs', 'package.json'])
    await cp(join(ROOT, file), join(folder, file));
  const sources = new Map<string, string[]>();
  const modules = PARTS.map((part) => `src/${part}/a.ts`);
  for (const file of [
    ...modules,
    'activities/a.ts',
    'extension/background/a.ts',
    'test/a.ts',
    'src/process.ts',
    'src/loop.ts',
  ])
    sources.set(file, []);
  for (const [file, statement] of IMPORTS) sources.set(file, [...(sources.get(file) ?? []), statement]);
  for (const [file, statements] of sources) {
    await write(file, `${statements.join('\n')}\nexport const a = 1;\n`);
  }
  for (const name of PACKAGES) {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    await write(`node_modules/${name}/index.js`, 'module.exports = {};\n');
  }
  violations = await cruise();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

function cruise(): Promise<Violation[]> {
  const args = [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'src',
    'workflows',
    'activities',
    'dashboard',
    'extension',
  ];
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: folder, maxBuffer: 16 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } },
      (_error, stdout, stderr) => {
        if (!stdout) reject(new Error(stderr));
        else resolve((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
      },
    );
  });
}

test.each(IMPORTS.filter(([, , rule]) => rule))('%s: %s breaks %s', (file, _statement, rule) => {
  expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(
    rule,
  );
});

test('what is allowed, breaks nothing', () => {
  const forbidden = new Set(IMPORTS.filter(([, , rule]) => rule).map(([file]) => file));
  expect(violations.filter(({ from }) => !forbidden.has(from))).toEqual([]);
});

test('every rule is broken by one of these imports', async () => {
  const { default: config } = (await import(join(ROOT, '.dependency-cruiser.cjs'))) as {
    default: { forbidden: { name: string }[] };
  };
  const broken = new Set(violations.map(({ rule }) => rule.name));
  const unbroken = config.forbidden.map(({ name }) => name).filter((name) => !broken.has(name));
  expect(unbroken).toEqual([]);
});
