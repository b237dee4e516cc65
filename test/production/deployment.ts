import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts } from '../../src/local/ports.ts';
import { type Exit, type RunningProcess, startProcess } from '../../src/local/processes.ts';
import { noteOpen } from '../harness/open-resources.ts';
import { ownFolder, startOwnPostgres, startSandbox } from '../harness/processes.ts';
import { surroundings } from '../harness/surroundings.ts';
import { sandboxVariables } from '../local/sandbox-variables.ts';
import { fillIn, readCompose } from './compose-file.ts';
import { buildImage, type Ended, type Image, runIn } from './image.ts';

/** Temporal's CLI, with which the namespace is made; undefined where the run was given a Temporal instead. */
export const CLI = process.env.LEAD_FLOW_TEMPORAL_CLI;

/** A service as compose runs it, but for the addresses: containers have names, and we have ports. */
export type DeployedService = {
  command: string[];
  env: Record<string, string>;
  healthcheck: string[];
};

/** What docker-compose.yml describes, without containers: our commands in what the image holds. */
export type Deployment = {
  image: Image;
  apiUrl: string;
  /** The values of .env; a test may change them. */
  variables: Record<string, string>;
  service(name: string): DeployedService;
  /** Runs a service's command to its end. */
  job(name: string): Promise<Ended>;
  /** Asks a service's health check once. */
  health(name: string): Promise<Ended>;
  /** Starts a service and waits until its health check passes. */
  start(name: string): Promise<RunningProcess>;
  /** What the services that were started have written. */
  logs(): Promise<string>;
  /** Ends the services, in the order that they were started in reverse. */
  end(): Promise<Exit[]>;
  stop(): Promise<void>;
};

/** Builds the image's folder and starts what is around the product: a bare PostgreSQL, and the sandbox. */
export async function deploy(): Promise<Deployment> {
  const dataDir = join(await ownFolder('production'), 'data');
  const [apiPort = 0, workerPort = 0] = await freePorts(2);
  const [image, postgres, sandbox] = await Promise.all([
    buildImage(await ownFolder('image')),
    startOwnPostgres({ dataDir }),
    startSandbox(),
  ]);
  const kept = JSON.parse(await readFile(`${dataDir}.passwords.json`, 'utf8')) as { superuser: string };
  const { host } = new URL(postgres.ownerUrl);
  await forgetOwner(`postgresql://postgres:${kept.superuser}@${host}/postgres`);
  const addresses: [there: string, here: string][] = [
    ['postgres:5432', host],
    ['temporal:7233', surroundings().temporalAddress],
    // A container has its addresses to itself.
    ['0.0.0.0', '127.0.0.1'],
  ];
  const variables: Record<string, string> = {
    POSTGRES_PASSWORD: kept.superuser,
    DATABASE_OWNER_PASSWORD: 'a1b2',
    DATABASE_PASSWORD: 'c3d4',
    TEMPORAL_DATABASE_PASSWORD: 'e5f6',
    PUBLIC_HOST: 'leads.example.com',
    LEAD_FLOW_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    TENANT_NAME: 'Empresa',
    ADMIN_EMAIL: 'ana@empresa.com.br',
    WHATSAPP_VERSION: sandbox.access.whatsapp.version,
    ...sandboxVariables(sandbox),
  };
  const started: { process: RunningProcess; log: string }[] = [];

  function service(name: string): DeployedService {
    const filled = fillIn(readCompose().services[name], variables);
    if (!filled) throw new Error(`docker-compose.yml has no ${name}`);
    const env = Object.fromEntries(
      Object.entries({ ...image.env, ...filled.environment }).map(([key, value]) => [
        key,
        addresses.reduce((text, [there, here]) => text.replaceAll(there, here), value),
      ]),
    );
    Object.assign(env, { LEAD_FLOW_PORT: String(apiPort), LEAD_FLOW_WORKER_PORT: String(workerPort) });
    if (!CLI) env.TEMPORAL_NAMESPACE = process.env.TEMPORAL_NAMESPACE || 'default';
    return {
      env,
      command: filled.command ?? image.command,
      healthcheck: filled.healthcheck?.test?.slice(1) ?? image.healthcheck,
    };
  }

  const job = (name: string) => runIn(image.folder, service(name).command, service(name).env);
  const health = (name: string) => runIn(image.folder, service(name).healthcheck, service(name).env);

  return {
    image,
    apiUrl: `http://127.0.0.1:${apiPort}`,
    variables,
    service,
    job,
    health,
    async start(name) {
      const { command, env } = service(name);
      const log = join(await ownFolder(name), 'log');
      const process = await startProcess({
        name,
        command: globalThis.process.execPath,
        args: command.slice(1),
        env,
        cwd: image.folder,
        logFile: log,
        ready: async () => (await health(name)).code === 0,
        readyWithinMs: 60_000,
        graceMs: 40_000,
      });
      started.push({ process, log });
      let ended = false;
      void process.exited.then(() => {
        ended = true;
      });
      noteOpen({ leak: async () => (ended ? undefined : name), close: async () => process.kill() });
      return process;
    },
    async logs() {
      return (await Promise.all(started.map(({ log }) => readFile(log, 'utf8')))).join('');
    },
    end: () => Promise.all(started.map(({ process }) => process.stop())),
    async stop() {
      await Promise.all(started.map(({ process }) => process.stop()));
      await Promise.all([sandbox.stop(), postgres.stop()]);
      await rm(image.folder, { recursive: true, force: true });
    },
  };
}

/** A new server in a container has none of what a local one is made with. */
async function forgetOwner(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query('drop database leadflow');
  await client.query('drop role leadflow_owner');
  await client.end();
}
