import type { DataDir } from './data-dir.ts';
import { answersOk, ourProcess } from './our-process.ts';
import { type RunningProcess, type StartOptions, startProcess } from './processes.ts';
import type { Settings } from './settings.ts';

/** What the product's processes work with. */
export type ProductServices = {
  databaseUrl: string;
  secretKey: string;
  temporalAddress: string;
  temporalUiUrl: string | undefined;
};

/** Where the API is reached from this machine. */
export function apiUrl(settings: Settings): string {
  return localUrl(settings.host, settings.ports.api);
}

/** Starts the API and waits until it is ready. */
export function startApi(
  settings: Settings,
  dataDir: DataDir,
  services: ProductServices,
  options: StartOptions,
): Promise<RunningProcess> {
  return startProcess(
    ourProcess('API', 'src/api/main.ts', {
      env: productEnv(settings, services),
      logFile: dataDir.at('logs', 'api.log'),
      ready: () => answersOk(`${apiUrl(settings)}/health/ready`),
    }),
    options,
  );
}

/** Starts the worker and waits until it is ready. */
export function startWorker(
  settings: Settings,
  dataDir: DataDir,
  services: ProductServices,
  options: StartOptions,
): Promise<RunningProcess> {
  return startProcess(
    ourProcess('worker', 'src/worker/main.ts', {
      env: productEnv(settings, services),
      logFile: dataDir.at('logs', 'worker.log'),
      ready: () => answersOk(`${localUrl(settings.host, settings.ports.worker)}/health/ready`),
      readyWithinMs: 60_000,
      // It lets running activities end first.
      graceMs: 40_000,
    }),
    options,
  );
}

function productEnv(settings: Settings, services: ProductServices): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: services.databaseUrl,
    LEAD_FLOW_SECRET_KEY: services.secretKey,
    LEAD_FLOW_HOST: settings.host,
    LEAD_FLOW_PORT: String(settings.ports.api),
    LEAD_FLOW_WORKER_PORT: String(settings.ports.worker),
    TEMPORAL_ADDRESS: services.temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    ...(services.temporalUiUrl && { TEMPORAL_UI_URL: services.temporalUiUrl }),
  };
}

function localUrl(host: string, port: number): string {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
