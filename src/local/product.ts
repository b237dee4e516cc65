import { answersOk, ourProcess } from './our-process.ts';
import { type RunningProcess, type StartOptions, startProcess } from './processes.ts';

/** What the product's processes work with. */
export type ProductServices = {
  databaseUrl: string;
  secretKey: string;
  temporalAddress: string;
  temporalNamespace: string;
  temporalUiUrl?: string | undefined;
  /** Undefined where real people are written to. */
  sandboxWhatsappUrl?: string | undefined;
};

/** Where a process of the product listens, and where its output goes; `module` in place of its own entry. */
export type ProcessPlace = {
  host: string;
  port: number;
  logFile: string;
  env?: NodeJS.ProcessEnv;
  module?: string;
};

/** Starts the API and waits until it is ready. */
export function startApi(
  place: ProcessPlace,
  services: ProductServices,
  options: StartOptions = {},
): Promise<RunningProcess> {
  return startProcess(
    ourProcess('API', 'src/api/main.ts', {
      env: { ...productEnv(place, services), LEAD_FLOW_PORT: String(place.port) },
      logFile: place.logFile,
      ready: () => answersOk(`${localUrl(place.host, place.port)}/health/ready`),
    }),
    options,
  );
}

/** Starts the worker and waits until it is ready. Its port is that of its health. */
export function startWorker(
  place: ProcessPlace,
  services: ProductServices,
  options: StartOptions = {},
): Promise<RunningProcess> {
  return startProcess(
    ourProcess('worker', place.module ?? 'src/worker/main.ts', {
      env: { ...productEnv(place, services), LEAD_FLOW_WORKER_PORT: String(place.port) },
      logFile: place.logFile,
      ready: () => answersOk(`${localUrl(place.host, place.port)}/health/ready`),
      readyWithinMs: 60_000,
      // It lets running activities end first.
      graceMs: 40_000,
    }),
    options,
  );
}

/** Where a server on `host` is reached from this machine. */
export function localUrl(host: string, port: number): string {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

function productEnv(place: ProcessPlace, services: ProductServices): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: services.databaseUrl,
    LEAD_FLOW_SECRET_KEY: services.secretKey,
    LEAD_FLOW_HOST: place.host,
    TEMPORAL_ADDRESS: services.temporalAddress,
    TEMPORAL_NAMESPACE: services.temporalNamespace,
    ...(services.temporalUiUrl && { TEMPORAL_UI_URL: services.temporalUiUrl }),
    ...(services.sandboxWhatsappUrl && { LEAD_FLOW_SANDBOX_WHATSAPP_URL: services.sandboxWhatsappUrl }),
    ...place.env,
  };
}
