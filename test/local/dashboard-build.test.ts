import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from '../harness/processes.ts';
import { cleanEnv, ROOT, runToEnd } from './programs.ts';

// The step of `npm start` that builds the dashboard, on a small one, with the real Vite.

/** The machine's own Node, which runs the set-up, where npm tells it. */
const NODE = process.env.npm_node_execpath ?? process.execPath;

let root: string;
beforeEach(async () => {
  root = await ownFolder('dashboard');
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const folder of ['dashboard', 'src/contract', 'src/domain']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  write('package-lock.json', '{}');
  write('src/domain/stage.ts', `export const STAGE: string = 'em contato';`);
  write('dashboard/index.html', '<script type="module" src="/main.ts"></script>');
  write(
    'dashboard/main.ts',
    `import { STAGE } from '../src/domain/stage.ts'; document.title = STAGE as string;`,
  );
  write(
    'dashboard/vite.config.ts',
    `export default { build: { outDir: '../dist/dashboard', emptyOutDir: true } };`,
  );
});

function write(name: string, text: string): void {
  writeFileSync(join(root, name), text);
}

/** Runs the step; gives what it printed. */
async function prepare(): Promise<string> {
  const code = `
    const { prepareDashboard } = await import('${join(ROOT, 'src/local/setup/dashboard.mjs')}');
    const { openProgress } = await import('${join(ROOT, 'src/local/setup/progress.mjs')}');
    await prepareDashboard({ root: '${root}', node: '${process.execPath}', env: process.env,
      logs: '${root}/logs', progress: openProgress() });`;
  const {
    code: ended,
    stdout,
    stderr,
  } = await runToEnd(NODE, ['--input-type=module', '-e', code], cleanEnv());
  expect([ended, stderr]).toEqual([0, '']);
  return stdout;
}

/** The script that the page loads. */
function script(): string {
  const [name = ''] = readdirSync(join(root, 'dist/dashboard/assets'));
  return readFileSync(join(root, 'dist/dashboard/assets', name), 'utf8');
}

const BUILT = /^ {2}dashboard built \(\d+\.\d s\)\n$/;

test('it is built once, and again when what it is made from has changed, or it is gone', async () => {
  expect(await prepare()).toMatch(BUILT);
  expect(script()).toContain('em contato');
  expect(await prepare()).toBe('');

  write('src/domain/stage.ts', `export const STAGE: string = 'convertido';`);
  expect(await prepare()).toMatch(BUILT);
  expect(script()).toContain('convertido');

  rmSync(join(root, 'dist/dashboard'), { recursive: true });
  expect(await prepare()).toMatch(BUILT);
  expect(await prepare()).toBe('');
});

test('a build that fails is told in a line, and tried again at the next start', async () => {
  write('dashboard/main.ts', `import 'nowhere-at-all';`);
  for (let start = 0; start < 2; start++) {
    expect(await prepare()).toMatch(
      new RegExp(`^ {2}the dashboard could not be built \\(.+\\); see ${root}/logs/dashboard-build.log\n$`),
    );
  }
  expect(readFileSync(join(root, 'logs/dashboard-build.log'), 'utf8')).toContain('nowhere-at-all');
});

test('without its sources there is nothing to build', async () => {
  rmSync(join(root, 'dashboard'), { recursive: true });
  expect(await prepare()).toBe('');
});
