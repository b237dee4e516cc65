import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../src/local/ports.ts';
import { startOf } from '../../src/local/process-identity.ts';
import { ownFolder } from '../harness/processes.ts';
import { cleanEnv, processesNaming, ROOT, runToEnd, until, writeScript } from './programs.ts';

/** The machine's own Node, which runs the set-up, where npm tells it. */
const NODE = process.env.npm_node_execpath ?? process.execPath;

/** What a Temporal CLI says of itself. */
const says = (server: string) => `echo "temporal version 1.5.1 (Server ${server}, UI 2.42.1)"`;

let folder: string;
let cached: string;
let unreachable: string;

beforeEach(async () => {
  folder = await ownFolder('setup');
  mkdirSync(join(folder, 'bin'));
  for (const name of ['sh', 'tar', 'gzip', 'mkdir', 'echo', 'cp', 'chmod', 'sleep']) {
    symlinkSync(
      execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
      join(folder, 'bin', name),
    );
  }
  cached = join(folder, 'cache/lead-flow/temporal-cli-1.5.1/temporal');
  const [port] = await freePorts(1);
  unreachable = `http://127.0.0.1:${port}`;
});

/** Runs the set-up's search for Temporal, on a PATH of its own; gives what it found, or its failure. */
function find(downloadFrom = unreachable, signal = 'undefined') {
  const code = `
    const { findTemporalCli } = await import('${join(ROOT, 'src/local/setup/temporal-cli.mjs')}');
    const { openProgress } = await import('${join(ROOT, 'src/local/setup/progress.mjs')}');
    try {
      const progress = openProgress(process.stderr);
      console.log('found ' + await findTemporalCli({ env: process.env, progress, signal: ${signal} }));
    } catch (error) {
      console.log(error.constructor.name + ' ' + error.message);
    }`;
  return runToEnd(
    NODE,
    ['--input-type=module', '-e', code],
    cleanEnv({
      PATH: join(folder, 'bin'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      LEAD_FLOW_TEMPORAL_DOWNLOAD_URL: downloadFrom,
    }),
  ).then(({ stdout, stderr }) => ({ answer: stdout.trim(), said: stderr }));
}

/** A `go` that "builds" what `build` writes; what it was asked is kept. */
function fakeGo(
  build = `printf '#!/bin/sh\\n${says('1.29.1')}\\n' > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
) {
  writeScript(join(folder, 'bin/go'), `echo "$@" >> ${join(folder, 'go.asked')}\n${build}`);
}

const goWasAsked = () => existsSync(join(folder, 'go.asked'));

test('one on PATH is taken, and nothing is fetched', async () => {
  fakeGo();
  writeScript(join(folder, 'bin/temporal'), says('1.30.0'));
  mkdirSync(join(cached, '..'), { recursive: true });
  writeScript(cached, says('1.29.1'));
  expect((await find()).answer).toBe(`found ${join(folder, 'bin/temporal')}`);
  expect(goWasAsked()).toBe(false);
});

test('one that is too old for pacing is passed over with a word, for the one in the cache', async () => {
  writeScript(join(folder, 'bin/temporal'), says('1.24.2'));
  mkdirSync(join(cached, '..'), { recursive: true });
  writeScript(cached, says('1.29.1'));
  const { answer, said } = await find();
  expect(answer).toBe(`found ${cached}`);
  expect(said).toMatch(/passing over .*bin\/temporal: its server is 1\.24, 1\.29 is needed/);
});

test('with none there it is downloaded into the cache, whole', async () => {
  fakeGo();
  const asked: string[] = [];
  const server = await temporalHost(asked);
  try {
    const { answer } = await find(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(answer).toBe(`found ${cached}`);
  } finally {
    server.close();
  }
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  expect(asked).toEqual([`/cli/archive/v1.5.1?platform=${process.platform}&arch=${arch}`]);
  expect(execFileSync(cached, { encoding: 'utf8' })).toContain('Server 1.29.1');
  expect(readdirSync(join(folder, 'cache/lead-flow'))).toEqual(['temporal-cli-1.5.1']);
  expect(goWasAsked()).toBe(false);
});

test('where the download fails or gives nonsense, Go builds it', async () => {
  fakeGo();
  const server = createServer((_, response) => response.end('<html>sign in to this network</html>'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const { answer } = await find(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(answer).toBe(`found ${cached}`);
  } finally {
    server.close();
  }
  expect(readFileSync(join(folder, 'go.asked'), 'utf8')).toBe(
    'install -trimpath github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
  );
  expect(readdirSync(join(folder, 'cache/lead-flow'))).toEqual(['temporal-cli-1.5.1']);

  rmSync(join(folder, 'go.asked'));
  expect((await find()).answer).toBe(`found ${cached}`);
  expect(goWasAsked()).toBe(false);
});

test('a program in the cache that does not run is replaced', async () => {
  fakeGo();
  mkdirSync(join(cached, '..'), { recursive: true });
  writeScript(cached, 'exit 1');
  expect((await find()).answer).toBe(`found ${cached}`);
  expect(execFileSync(cached, { encoding: 'utf8' })).toContain('Server 1.29.1');
});

test('a build that fails, or gives what does not run, leaves nothing in the cache and is one line', async () => {
  fakeGo('echo "dial tcp: no such host" >&2; exit 1');
  expect((await find()).answer).toMatch(
    /^SetupFailure go install github\.com\/temporalio\/cli\S+ failed: dial tcp: no such host; install the Temporal CLI .*TEMPORAL_ADDRESS.*\.$/,
  );
  fakeGo('true');
  expect((await find()).answer).toMatch(/^SetupFailure go install .* does not run/);
  expect(readdirSync(join(folder, 'cache/lead-flow'))).toEqual([]);
});

test('without Go either, the line names the remedies', async () => {
  expect((await find()).answer).toMatch(
    /^SetupFailure There is no Temporal here: .* Go is missing; install the Temporal CLI .*or set TEMPORAL_ADDRESS/,
  );
});

/** A clone of which only the set-up is there, with an npm that does what `npm` says. */
function emptyClone(npm: string) {
  const clone = join(folder, 'clone');
  mkdirSync(join(clone, 'src/local'), { recursive: true });
  for (const name of ['setup.mjs', 'setup']) {
    cpSync(join(ROOT, 'src/local', name), join(clone, 'src/local', name), { recursive: true });
  }
  writeFileSync(join(clone, 'package.json'), '{}');
  const packages = { '': {}, 'node_modules/one': { version: '1.0.0' } };
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages }));
  writeFileSync(join(folder, 'npm.mjs'), npm);
  const env = cleanEnv({ npm_execpath: join(folder, 'npm.mjs') });
  const args = [join(clone, 'src/local/setup.mjs'), 'start'];
  return { clone, env, args, start: () => runToEnd(NODE, args, env) };
}

const FAILING_NPM = `console.error('npm error code ECONNREFUSED\\nnpm error the registry is away'); process.exit(1)`;

test('a clone whose packages are not there says in one line why npm could not install them', async () => {
  const { clone, start } = emptyClone(FAILING_NPM);
  const { code, stdout, stderr } = await start();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^( {2}installing packages … \d+ s\n)*$/);
  expect(stderr).toBe(
    'npm ci failed: ECONNREFUSED: the registry is away. Check the network and the registry npm uses, ' +
      `then run this again; npm's words are in ${join(clone, '.lead-flow/logs/npm-ci.log')}\n`,
  );
});

test('a data directory that cannot be made is named with its variable before npm is asked', async () => {
  const { args, env } = emptyClone(FAILING_NPM);
  writeFileSync(join(folder, 'file'), '');
  const set = { ...env, LEAD_FLOW_DATA_DIR: join(folder, 'file/data') };
  expect(await runToEnd(NODE, args, set)).toMatchObject({
    code: 1,
    stderr:
      `The data directory cannot be made: ${join(folder, 'file')} is no folder. ` +
      'Set LEAD_FLOW_DATA_DIR to one that can.\n',
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s while npm works ends npm and what it started first', async (signal, exitCode) => {
  // npm's way: packages first, then their scripts; its record of what is there comes last.
  const npm = `
    import { spawn } from 'node:child_process';
    import { mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync('node_modules/half', { recursive: true });
    const script = spawn('sh', ['-c', 'sleep 601; true'], { stdio: 'inherit' });
    writeFileSync('${join(folder, 'pids')}', process.pid + ' ' + script.pid);
    setInterval(() => {}, 1000);`;
  const { clone, args, env, start } = emptyClone(npm);
  const child = spawn(NODE, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exited = once(child, 'close');
  await until(() => existsSync(join(folder, 'pids')));
  const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number);
  child.kill(signal);
  expect(await exited).toEqual([exitCode, null]);
  expect(pids.map(startOf)).toEqual([undefined, undefined]);
  expect(said).toBe('Ended before it was ready; nothing is left running. Run it again to go on.\n');

  // The next start sees that npm did not get to its end.
  expect(existsSync(join(clone, 'node_modules/half'))).toBe(true);
  writeFileSync(join(folder, 'npm.mjs'), FAILING_NPM);
  expect((await start()).stderr).toMatch(/^npm ci failed: ECONNREFUSED/);
});

test('packages that somebody removed are installed again', async () => {
  const { clone, start } = emptyClone(FAILING_NPM);
  mkdirSync(join(clone, 'node_modules/one'), { recursive: true });
  const record = { packages: { 'node_modules/one': { version: '1.0.0' } } };
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), JSON.stringify(record));
  expect((await start()).stderr).toMatch(/^npm ci failed/);
  writeFileSync(join(clone, 'node_modules/one/package.json'), '{}');
  expect((await start()).stderr).not.toMatch(/npm ci failed/);
});

test('called off, a build with Go is ended with all it started, and leaves nothing in the cache', async () => {
  fakeGo(`echo "$$" > ${join(folder, 'pid')}; sleep 602; true`);
  const found = find(unreachable, `AbortSignal.timeout(1500)`);
  await until(() => existsSync(join(folder, 'pid')));
  expect((await found).answer).toBe('Interrupted');
  expect(startOf(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBeUndefined();
  expect(await processesNaming('sleep 602')).toEqual([]);
  expect(readdirSync(join(folder, 'cache/lead-flow'))).toEqual([]);
});

test('what npm started ends when npm is killed, which tells nobody', async () => {
  const watcher = join(folder, 'watcher.mjs');
  writeFileSync(
    watcher,
    `import { watchStarter } from '${join(ROOT, 'src/local/setup/starter.mjs')}';
     import { writeFileSync } from 'node:fs';
     watchStarter(process.env, () => process.exit());
     setInterval(() => {}, 1000);
     writeFileSync('${join(folder, 'pid')}', String(process.pid));`,
  );
  const npm = spawn(
    NODE,
    ['-e', `require('child_process').spawn('sh', ['-c', '"${NODE}" "${watcher}"; true'])`],
    { env: cleanEnv({ npm_lifecycle_event: 'start' }), stdio: 'ignore' },
  );
  await until(() => existsSync(join(folder, 'pid')));
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  try {
    await sleep(1_500);
    expect(startOf(pid)).toBeDefined();
    npm.kill('SIGKILL');
    await until(() => startOf(pid) === undefined);
  } finally {
    if (startOf(pid)) process.kill(pid, 'SIGKILL');
  }
});

/** A download host that gives an archive with a CLI. */
async function temporalHost(asked: string[]): Promise<Server> {
  writeScript(join(folder, 'temporal'), says('1.29.1'));
  execFileSync('tar', ['-czf', join(folder, 'cli.tar.gz'), '-C', folder, 'temporal']);
  const archive = readFileSync(join(folder, 'cli.tar.gz'));
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(archive);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}
