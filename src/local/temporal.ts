import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { type RunningProcess, type StartOptions, startProcess } from './processes.ts';
import { StartError } from './start-error.ts';

/** What a Temporal development server is started with. */
export type TemporalOptions = StartOptions & {
  /** Temporal's CLI. */
  cli: string;
  port: number;
  /** The port of its web UI; null: none. */
  uiPort: number | null;
  /** Its SQLite database; null: in memory. */
  dbFile: string | null;
  namespace?: string;
  logFile: string;
};

/** A Temporal development server that runs. */
export type LocalTemporal = RunningProcess & { readonly address: string; readonly uiUrl: string | null };

// Without these two a file database is less than half as fast.
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=1'];

// Pacing by fairness keys needs the first two; its rates hold per partition, hence one.
const DYNAMIC_CONFIG = [
  'matching.enableFairness=true',
  'matching.useNewMatcher=true',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
];

/** Starts a Temporal development server on 127.0.0.1 and waits until its namespace answers. */
export async function startTemporal(options: TemporalOptions): Promise<LocalTemporal> {
  const address = `127.0.0.1:${options.port}`;
  const namespace = options.namespace ?? 'default';
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(options.port),
    '--log-level',
    'error',
  ];
  args.push(...(options.uiPort === null ? ['--headless'] : ['--ui-port', String(options.uiPort)]));
  args.push(...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]));
  if (options.dbFile !== null) {
    args.push(
      '--db-filename',
      options.dbFile,
      ...SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    );
  }
  if (namespace !== 'default') args.push('--namespace', namespace);
  const server = await startProcess(
    {
      name: 'Temporal',
      command: options.cli,
      args,
      logFile: options.logFile,
      ready: () => answers(address, namespace),
      readyWithinMs: 60_000,
    },
    options,
  );
  return { ...server, address, uiUrl: options.uiPort === null ? null : `http://127.0.0.1:${options.uiPort}` };
}

/** Throws a StartError where no Temporal with this namespace answers at TEMPORAL_ADDRESS. */
export async function requireTemporal(address: string, namespace: string): Promise<void> {
  let fault: Error | undefined;
  for (const deadline = Date.now() + 2_000; Date.now() < deadline; await sleep(250)) {
    try {
      if (await answers(address, namespace)) return;
    } catch (error) {
      fault = error as Error;
      if (isMissingNamespace(fault)) break;
    }
  }
  throw isMissingNamespace(fault)
    ? new StartError(
        `Temporal at TEMPORAL_ADDRESS ${address} has no namespace "${namespace}". ` +
          `Make it (temporal operator namespace create ${namespace}) or set TEMPORAL_NAMESPACE.`,
      )
    : new StartError(
        `No Temporal answers at TEMPORAL_ADDRESS ${address}. Start it, correct the variable, ` +
          'or unset it to use the one that comes along.',
      );
}

const NOT_FOUND = 5;

function isMissingNamespace(error: Error | undefined): boolean {
  return (error as { code?: number } | undefined)?.code === NOT_FOUND;
}

/** The server's own health and the namespace: the port is open before either. */
async function answers(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const { status } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.healthService.check({ service: 'temporal.api.workflowservice.v1.WorkflowService' }),
    );
    if (status !== SERVING) return false;
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } finally {
    await connection.close();
  }
}

const SERVING = 1;
