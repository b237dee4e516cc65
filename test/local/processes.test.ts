import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeeper } from '../../src/local/keeper.ts';
import { startOf } from '../../src/local/process-identity.ts';
import { createProcessTree } from '../../src/local/process-tree.ts';
import { type ProcessSpec, startProcess } from '../../src/local/processes.ts';
import { StartError, startErrorOf } from '../../src/local/start-error.ts';
import { ownFolder } from '../harness/processes.ts';
import { cleanEnv, ROOT, runToEnd, until } from './programs.ts';

let folder: string;
beforeEach(async () => {
  folder = await ownFolder('processes');
});

/** A Node program given as text; `ended` in its folder says that it was asked to end, and when. */
function program(name: string, code: string, rest: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['--input-type=commonjs', '-e', code],
    cwd: folder,
    logFile: join(folder, `${name}.log`),
    ...rest,
  };
}

const UNTIL_TERM = (name: string) =>
  `process.on('SIGTERM', () => { require('fs').appendFileSync('ended', '${name} '); process.exit(0); });
   setInterval(() => {}, 1000); require('fs').writeFileSync('${name}.up', '');`;
const up = (name: string) => async () => existsSync(join(folder, `${name}.up`));

test('a process that does not become ready in time is ended, and said with its last words', async () => {
  const spec = program('slow', `console.log('still warming up'); setInterval(() => {}, 1000)`, {
    ready: async () => false,
    readyWithinMs: 700,
  });
  const fault = await startProcess(spec).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StartError);
  expect((fault as StartError).message).toMatch(/^slow was not ready within 1 s; see .*slow\.log$/);
  expect((fault as StartError).details).toEqual(['still warming up']);
});

test('where the disk is full, the line says what to do', async () => {
  const words = 'FATAL:  could not write lock file "postmaster.pid": No space left on device';
  const spec = program('full', `console.error('${words}'); process.exit(1)`, { ready: async () => false });
  const fault = await startProcess(spec).catch((error: unknown) => error);
  expect((fault as StartError).message).toMatch(
    /^full ended with exit code 1 while starting; see .*full\.log\. Free some space, or set LEAD_FLOW_DATA_DIR to/,
  );
  const file = Object.assign(new Error('write failed'), { code: 'ENOSPC', path: '/data/lock' });
  expect(startErrorOf(file)?.message).toMatch(/^The disk is full \(\/data\/lock\)\. Free some space/);
  expect(startErrorOf(new TypeError('ours'))).toBeUndefined();
});

test('a program that is not there is said', async () => {
  const spec = program('absent', '', { command: join(folder, 'nowhere'), ready: async () => true });
  const running = await startProcess({ ...spec, ready: async () => false }).catch((error: Error) => error);
  expect(running).toMatchObject({
    message: expect.stringMatching(/^absent ended with exit code 127 while starting/),
  });
});

test('a process that ignores the request to end is killed after its grace', async () => {
  const deaf = await startProcess(
    program('deaf', `process.on('SIGTERM', () => {}); ${UNTIL_TERM('deaf').split('\n')[1]}`, {
      ready: up('deaf'),
      graceMs: 300,
    }),
  );
  expect(await deaf.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

test('of a tree, one that ends by itself is told and started again, and all are ended in order', async () => {
  const lines: string[] = [];
  const keeper = openKeeper();
  const tree = createProcessTree((line) => lines.push(line), keeper);
  const names = ['first', 'second', 'third'];
  const restarted: string[] = [];
  const [first] = await Promise.all(
    names.map((name) =>
      tree.run(
        (options) => startProcess(program(name, UNTIL_TERM(name), { ready: up(name) }), options),
        async (again) => void restarted.push(`${again.name} ${again.pid !== first?.pid}`),
      ),
    ),
  );
  first?.kill();
  await until(() => restarted.length > 0);
  await until(() => lines.includes('first is running again'));
  expect(restarted).toEqual(['first true']);
  expect(lines[0]).toMatch(
    /^first ended by itself \(SIGKILL\) and is started again in 0\.5 s; see .*first\.log$/,
  );

  // The file from before the kill said it was up; wait until the new one can be asked to end.
  await sleep(200);
  await tree.stop(['third', 'first', 'second']);
  await keeper.close();
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('third first second ');
});

test('an error that one of ours logs is shown, others not', async () => {
  const lines: string[] = [];
  const keeper = openKeeper();
  const tree = createProcessTree((line) => lines.push(line), keeper);
  const entries = [
    { level: 30, msg: 'all is well' },
    { level: 50, msg: 'the send failed', err: { message: 'no route' } },
    { level: 50, msg: 'the send failed', err: { message: 'no route' } },
  ];
  const say = entries.map((entry) => `console.log(${JSON.stringify(JSON.stringify(entry))});`).join('');
  await tree.run((options) =>
    startProcess(program('talker', `setTimeout(() => {${say}}, 300); ${UNTIL_TERM('talker')}`), options),
  );
  await until(() => lines.length > 0);
  await sleep(1_200);
  expect(lines).toEqual(['  talker: the send failed: no route']);
  await tree.stop([]);
  await keeper.close();
});

test('if the owner is killed, the keeper ends its processes and removes its folders', async () => {
  const kept = join(folder, 'kept');
  mkdirSync(kept);
  const owner = join(folder, 'owner.ts');
  const code = `
    import { openKeeper } from '${join(ROOT, 'src/local/keeper.ts')}';
    import { startProcess } from '${join(ROOT, 'src/local/processes.ts')}';
    const keeper = openKeeper();
    keeper.removeFolder('${kept}');
    const running = await startProcess(
      { name: 'orphan', command: 'sleep', args: ['600'], logFile: '${join(folder, 'orphan.log')}' },
      { keeper },
    );
    console.log(running.pid);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);`;
  writeFileSync(owner, code);
  const { stdout, code: exit } = await runToEnd(process.execPath, [owner], cleanEnv());
  expect(exit).toBeNull();
  await until(() => startOf(Number(stdout)) === undefined && !existsSync(kept));
});
