import { resolve } from 'node:path';
import { readConfiguration } from '../configuration.ts';
import { StartError } from './start-error.ts';
import { readTenantVariables, type TenantVariables } from './tenant-variables.ts';
import { readAddress, readPort, readUrl } from './variables.ts';

/** The ports of a local start; each by a variable of its own. */
export type Ports = {
  api: number;
  worker: number;
  postgres: number;
  temporal: number;
  temporalUi: number;
  sandboxChatwoot: number;
  sandboxWhatsapp: number;
};

/** What `npm start` was told by variables, checked. */
export type Settings = {
  dataDir: string;
  host: string;
  ports: Ports;
  /** A PostgreSQL to use instead of the embedded one. */
  databaseUrl: string | undefined;
  /** The login that migrates that one, where it is another. */
  databaseOwnerUrl: string | undefined;
  /** A Temporal to use instead of the development server. */
  temporalAddress: string | undefined;
  temporalNamespace: string;
  temporalUiUrl: string | undefined;
  /** Temporal's CLI, as the set-up step found it. */
  temporalCli: string | undefined;
  secretKey: string | undefined;
  tenant: TenantVariables;
};

/** Each port with the variable that sets it and its default. */
export const PORT_VARIABLES: Record<keyof Ports, { variable: string; default: number; of: string }> = {
  api: { variable: 'LEAD_FLOW_PORT', default: 8080, of: 'the API' },
  worker: { variable: 'LEAD_FLOW_WORKER_PORT', default: 8081, of: "the worker's health" },
  postgres: { variable: 'LEAD_FLOW_POSTGRES_PORT', default: 5480, of: 'PostgreSQL' },
  temporal: { variable: 'LEAD_FLOW_TEMPORAL_PORT', default: 7233, of: 'Temporal' },
  temporalUi: { variable: 'LEAD_FLOW_TEMPORAL_UI_PORT', default: 8233, of: "Temporal's UI" },
  sandboxChatwoot: { variable: 'LEAD_FLOW_SANDBOX_CHATWOOT_PORT', default: 8091, of: 'the Chatwoot sandbox' },
  sandboxWhatsapp: { variable: 'LEAD_FLOW_SANDBOX_WHATSAPP_PORT', default: 8092, of: 'the WhatsApp sandbox' },
};

/** Reads and checks the variables. Throws a StartError that names the first wrong one and what it must be. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const ports = Object.fromEntries(
    Object.entries(PORT_VARIABLES).map(([name, port]) => [name, readPort(env, port.variable, port.default)]),
  ) as Ports;
  refuseSamePort(ports);
  const databaseUrl = readDatabaseUrl(env, 'DATABASE_URL');
  const databaseOwnerUrl = readDatabaseUrl(env, 'DATABASE_OWNER_URL');
  if (databaseOwnerUrl && !databaseUrl) {
    throw new StartError(
      'DATABASE_OWNER_URL is set, but not DATABASE_URL, the login that the product works with. ' +
        'Set both, or unset it to use the PostgreSQL that comes along.',
    );
  }
  const settings: Settings = {
    dataDir: resolve(env.LEAD_FLOW_DATA_DIR || '.lead-flow'),
    host: env.LEAD_FLOW_HOST || '127.0.0.1',
    ports,
    databaseUrl,
    databaseOwnerUrl,
    temporalAddress: readAddress(env, 'TEMPORAL_ADDRESS'),
    temporalNamespace: env.TEMPORAL_NAMESPACE || 'default',
    temporalUiUrl: readUrl(env, 'TEMPORAL_UI_URL'),
    temporalCli: env.LEAD_FLOW_TEMPORAL_CLI || undefined,
    secretKey: readSecretKey(env),
    tenant: readTenantVariables(env),
  };
  checkProductVariables(env);
  return settings;
}

/** Those that only API and worker read, so that a wrong one is told before anything runs. */
function checkProductVariables(env: NodeJS.ProcessEnv): void {
  const made = { DATABASE_URL: 'postgresql://', LEAD_FLOW_SECRET_KEY: 'made', TEMPORAL_ADDRESS: '' };
  try {
    readConfiguration({ ...env, ...made });
  } catch (error) {
    throw new StartError((error as Error).message.split('\n', 1)[0] ?? '');
  }
}

function refuseSamePort(ports: Ports): void {
  const seen = new Map<number, keyof Ports>();
  for (const [name, port] of Object.entries(ports) as [keyof Ports, number][]) {
    const other = seen.get(port);
    if (other) {
      const [one, two] = [PORT_VARIABLES[other], PORT_VARIABLES[name]];
      throw new StartError(
        `Port ${port} would serve both ${one.of} and ${two.of}; set ${one.variable} or ${two.variable} to another.`,
      );
    }
    seen.set(port, name);
  }
}

function readDatabaseUrl(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (!value) return undefined;
  if (URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)) return value;
  // Its value is not shown, as it holds a password.
  throw new StartError(
    `${variable} is not an address of PostgreSQL; it must be postgresql://USER:PASSWORD@HOST:5432/DATABASE.`,
  );
}

function readSecretKey(env: NodeJS.ProcessEnv): string | undefined {
  const value = env.LEAD_FLOW_SECRET_KEY;
  if (!value || Buffer.from(value, 'base64').length === 32) return value || undefined;
  throw new StartError(
    'LEAD_FLOW_SECRET_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32. ' +
      'Unset, a key is made and kept in the data directory.',
  );
}
