// The step before all others: built-ins only and Node 20, as it runs before the packages are there.
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInOurPlace, SetupFailure } from './setup/command.mjs';
import { prepareDashboard } from './setup/dashboard.mjs';
import { preparePackages } from './setup/packages.mjs';
import { openProgress } from './setup/progress.mjs';
import { watchStarter } from './setup/starter.mjs';
import { findTemporalCli } from './setup/temporal-cli.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** What each npm script runs once the machine is ready, and whether it needs the dashboard and a Temporal of its own. */
const RUNS = {
  start: { args: ['src/local/main.ts'], temporal: true, dashboard: true },
  test: { args: ['node_modules/jest/bin/jest.js'], temporal: true, dashboard: true, nodeOptions: JEST },
  bench: { args: ['test/bench/main.ts'], temporal: true },
  'reset-password': { args: ['src/local/reset-password.ts'], temporal: false },
  'build-extension': { args: ['extension/build.mjs'], temporal: false },
  'check-schema': { args: ['test/schema-check.ts'], temporal: false },
};

async function main([what, ...args]) {
  const run = RUNS[what];
  if (!run) throw new SetupFailure(`Say what to run: ${Object.keys(RUNS).join(', ')}.`);
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupFailure(
      `This is Node ${process.versions.node}; install Node 20 or newer (https://nodejs.org).`,
    );
  }
  const { node, env } = await untilInterrupted((signal) => prepare(run, signal));
  return runInOurPlace(node, [...run.args, ...args], { cwd: ROOT, env });
}

async function prepare(run, signal) {
  const env = { ...process.env };
  const progress = openProgress();
  const logs = join(resolve(ROOT, env.LEAD_FLOW_DATA_DIR || '.lead-flow'), 'logs');
  const node = await preparePackages({ root: ROOT, env, logs, progress, signal });
  if (run.dashboard) await prepareDashboard({ root: ROOT, node, env, logs, progress, signal });
  const needsServer = run.temporal && !env.TEMPORAL_ADDRESS && env.LEAD_FLOW_TEST_PURE !== '1';
  if (needsServer) env.LEAD_FLOW_TEMPORAL_CLI = await findTemporalCli({ env, progress, signal });
  env.NODE_OPTIONS = [env.NODE_OPTIONS, ...(run.nodeOptions ?? [])].filter(Boolean).join(' ');
  env.PATH = `${join(ROOT, 'node_modules/.bin')}:${env.PATH}`;
  return { node, env };
}

/**
 * Gives `work` a signal that Ctrl-C aborts, so that what it runs is ended and what it half made is removed; only
 * then do we end too. The same where npm, which runs us, is gone.
 */
async function untilInterrupted(work) {
  const interrupt = new AbortController();
  let name;
  const onSignal = (signal) => {
    name ??= signal;
    interrupt.abort();
  };
  const watch = watchStarter(process.env, () => onSignal('SIGTERM'));
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const result = await work(interrupt.signal);
    if (!name) return result;
  } catch (error) {
    if (!name) throw error;
  } finally {
    watch.stop();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  console.error('Ended before it was ready; nothing is left running. Run it again to go on.');
  process.exit(128 + constants.signals[name]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SetupFailure ? error.message : error);
  process.exitCode = 1;
}
