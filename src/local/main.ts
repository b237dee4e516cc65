// `npm start`: everything in one go. It owns the processes; the steps are in bring-up.ts.
import { bringUp } from './bring-up.ts';
import { type DataDir, openDataDir } from './data-dir.ts';
import { requireDatabase } from './given-database.ts';
import { openKeeper } from './keeper.ts';
import { requireFreePorts } from './ports.ts';
import { createProcessTree } from './process-tree.ts';
import { type Ports, readSettings, type Settings } from './settings.ts';
import { openProgress } from './setup/progress.mjs';
import { watchStarter } from './setup/starter.mjs';
import { StartError, startErrorOf } from './start-error.ts';
import { requireTemporal } from './temporal.ts';
import { needsSandbox } from './tenant.ts';

const STOP_ORDER = ['worker', 'API', 'sandbox', 'Temporal', 'PostgreSQL'];
// Ports of a start that was killed are free again once its keeper has ended what it left.
const LEAVING_MS = 10_000;
// One Ctrl-C can reach us twice: from the terminal and through npm.
const SAME_PRESS_MS = 1_000;

// What is written here is nobody else's to read.
process.umask(0o077);
try {
  const settings = readSettings(process.env);
  const dataDir = await openDataDir(settings.dataDir);
  try {
    await requireGivenServers(settings);
    await requireFreePorts(
      settings.ports,
      neededPorts(settings, dataDir),
      settings.host,
      dataDir.wasLeftOpen ? LEAVING_MS : 0,
    );
    await run(settings, dataDir);
  } finally {
    dataDir.close();
  }
} catch (error) {
  process.exitCode = 1;
  report(error);
}
// Nothing of ours is left; a timer or a socket of a library must not hold the terminal.
process.exit();

/** Brings everything up, keeps it running until a signal, and leaves nothing behind, however it ends. */
async function run(settings: Settings, dataDir: DataDir): Promise<void> {
  const progress = openProgress();
  const stopRequested = stopSignal();
  const keeper = openKeeper();
  dataDir.noteKeeper(keeper.pid);
  const tree = createProcessTree((line) => progress.line(line), keeper);
  try {
    const up = bringUp({ settings, dataDir, tree, progress });
    up.catch(() => {});
    await Promise.race([up, stopRequested]);
    await stopRequested;
    await progress.step(
      'stopping',
      () => tree.stop(STOP_ORDER),
      () => 'stopped',
    );
  } finally {
    await tree.stop(STOP_ORDER);
    await keeper.close();
  }
}

/** Servers that were given must be there before we start anything of our own. */
async function requireGivenServers({
  databaseUrl,
  databaseOwnerUrl,
  temporalAddress,
  temporalNamespace,
}: Settings): Promise<void> {
  if (databaseUrl) await requireDatabase({ url: databaseUrl, ownerUrl: databaseOwnerUrl });
  if (temporalAddress) await requireTemporal(temporalAddress, temporalNamespace);
}

/**
 * Settles at the first signal to end, and where npm, which we run under, is gone. A second press leaves at once;
 * the keeper then ends the processes.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    watchStarter(process.env, resolve);
    let firstAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (firstAt !== undefined && Date.now() - firstAt > SAME_PRESS_MS) process.exit(130);
        firstAt ??= Date.now();
        resolve();
      });
    }
  });
}

function neededPorts(settings: Settings, dataDir: DataDir): (keyof Ports)[] {
  const names: (keyof Ports)[] = ['api', 'worker'];
  if (!settings.databaseUrl) names.push('postgres');
  if (!settings.temporalAddress) names.push('temporal', 'temporalUi');
  if (needsSandbox(dataDir, settings.tenant)) names.push('sandboxChatwoot', 'sandboxWhatsapp');
  return names;
}

function report(fault: unknown): void {
  const error = fault instanceof StartError ? fault : startErrorOf(fault);
  for (const line of error?.details ?? []) console.error(`  | ${line}`);
  console.error(error?.message ?? fault);
}
