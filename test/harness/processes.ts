import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keeper, openKeeper } from '../../src/local/keeper.ts';
import { freePorts } from '../../src/local/ports.ts';
import { startPostgres } from '../../src/local/postgres.ts';
import type { RunningProcess, StartOptions } from '../../src/local/processes.ts';
import * as product from '../../src/local/product.ts';
import * as sandbox from '../../src/local/sandbox.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import { noteOpen } from './open-resources.ts';
import type { Product } from './product.ts';
import { surroundings } from './surroundings.ts';
import { temporalAddress } from './temporal.ts';

/** A process with the address it is reached at. */
export type ServingProcess = RunningProcess & { readonly url: string; readonly port: number };

/** Where a process listens (any free port unless said), and what more it finds in its environment. */
export type Place = { port?: number; env?: NodeJS.ProcessEnv };

/** What a process of its own needs to be a part of `whose`, which is in the suite's process. */
export function servicesOf(whose: Pick<Product, 'databaseUrl' | 'secretKey'>): product.ProductServices {
  const { address, namespace } = temporalAddress();
  return {
    databaseUrl: whose.databaseUrl,
    secretKey: whose.secretKey,
    temporalAddress: address,
    temporalNamespace: namespace,
  };
}

/** Starts the API as `npm start` does. Stop or kill it before the suite ends. */
export function startApi(services: product.ProductServices, place: Place = {}): Promise<ServingProcess> {
  return serving('api', place, (at, options) => product.startApi(at, services, options));
}

/** Starts the worker as `npm start` does, on the bundle of the run; the address is that of its health. */
export function startWorker(services: product.ProductServices, place: Place = {}): Promise<ServingProcess> {
  return serving('worker', place, (at, options) => product.startWorker(withBundle(at), services, options));
}

const withBundle = (at: product.ProcessPlace): product.ProcessPlace => ({
  ...at,
  env: { LEAD_FLOW_WORKFLOW_BUNDLE: surroundings().workflowBundle, ...at.env },
});

/** Starts the sandbox; with the same `stateFile` and ports it goes on where one before it was. */
export async function startSandbox(
  place: { chatwootPort?: number; whatsappPort?: number; stateFile?: string } = {},
): Promise<sandbox.RunningSandbox> {
  const folder = await ownFolder('sandbox');
  const [chatwootPort = 0, whatsappPort = 0] = await freePorts(2);
  return noted((options) =>
    sandbox.startSandbox(
      {
        chatwootPort,
        whatsappPort,
        stateFile: join(folder, 'state.json'),
        readyFile: join(folder, 'ready.json'),
        logFile: join(folder, 'sandbox.log'),
        ...place,
      },
      options,
    ),
  );
}

/** A PostgreSQL of the suite's own, which it may kill; as durable as in production. */
export async function startOwnPostgres(place: { dataDir?: string; port?: number } = {}) {
  const folder = await ownFolder('postgres');
  const [port = 0] = await freePorts(1);
  return noted((options) =>
    startPostgres({
      dataDir: join(folder, 'data'),
      port,
      logFile: join(folder, 'postgres.log'),
      ...place,
      ...options,
    }),
  );
}

/** A Temporal of the suite's own, which it may kill. */
export async function startOwnTemporal(place: { dbFile?: string; port?: number } = {}) {
  const cli = process.env.LEAD_FLOW_TEMPORAL_CLI;
  if (!cli)
    throw new Error('LEAD_FLOW_TEMPORAL_CLI is not set; run this through npm test, without TEMPORAL_ADDRESS');
  const folder = await ownFolder('temporal');
  const [port = 0] = await freePorts(1);
  return noted((options) =>
    startTemporal({
      cli,
      port,
      uiPort: null,
      dbFile: join(folder, 'temporal.db'),
      logFile: join(folder, 'temporal.log'),
      ...place,
      ...options,
    }),
  );
}

/** A folder of the run, removed with it, that the database's user can pass through. */
export async function ownFolder(name: string): Promise<string> {
  const home = process.env.LEAD_FLOW_TEST_PURE === '1' ? tmpdir() : surroundings().folder;
  const folder = await mkdtemp(join(home, `${name}-`));
  await chmod(folder, 0o711);
  return folder;
}

async function serving(
  name: string,
  { port: wanted, env }: Place,
  start: (place: product.ProcessPlace, options: StartOptions) => Promise<RunningProcess>,
): Promise<ServingProcess> {
  const [free = 0] = wanted === undefined ? await freePorts(1) : [wanted];
  const logFile = join(await ownFolder(name), `${name}.log`);
  const place = { host: '127.0.0.1', port: free, logFile, ...(env && { env }) };
  const running = await noted((options) => start(place, options));
  return { ...running, port: free, url: `http://127.0.0.1:${free}` };
}

let keeper: Keeper | undefined;

async function noted<Running extends RunningProcess>(
  start: (options: StartOptions) => Promise<Running>,
): Promise<Running> {
  if (!keeper) {
    const opened = openKeeper();
    keeper = opened;
    noteOpen({
      leak: async () => undefined,
      close: async () => {
        keeper = undefined;
        await opened.close();
      },
    });
  }
  const running = await start({ keeper });
  let ended = false;
  void running.exited.then(() => {
    ended = true;
  });
  noteOpen({
    leak: async () => (ended ? undefined : `the process ${running.name} (${running.pid})`),
    close: async () => {
      running.kill();
      await running.exited;
    },
  });
  return running;
}
