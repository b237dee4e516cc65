import { readFileSync, rmSync } from 'node:fs';
import { ourProcess } from './our-process.ts';
import { type RunningProcess, type StartOptions, startProcess } from './processes.ts';
import { StartError } from './start-error.ts';

/** What the sandbox says of itself once it is ready: where it is, and the credentials it takes. */
export type SandboxAccess = {
  chatwoot: {
    url: string;
    accountId: number;
    token: string;
    inboxId: number;
    teamId: number | null;
    webhookSecret: string | null;
    agents: { id: number; name: string; email: string }[];
  };
  whatsapp: {
    url: string;
    version: string;
    phoneNumberId: string;
    wabaId: string;
    token: string;
    appSecret: string;
    verifyToken: string;
  };
};

/** The sandbox's process with its access. */
export type RunningSandbox = RunningProcess & { readonly access: SandboxAccess };

/** The sandbox's ports and files. What it knows outlives it in the state file. */
export type SandboxPlace = {
  chatwootPort: number;
  whatsappPort: number;
  stateFile: string;
  /** A Chatwoot without a state gives its records ids above this one; 0 where not given. */
  idsAbove?: number;
  readyFile: string;
  logFile: string;
};

/** Starts the stand-ins for Chatwoot and WhatsApp and waits until they say where they are. */
export async function startSandbox(place: SandboxPlace, options: StartOptions = {}): Promise<RunningSandbox> {
  rmSync(place.readyFile, { force: true });
  const running = await startProcess(
    ourProcess('sandbox', 'src/sandbox/main.ts', {
      env: {
        ...process.env,
        SANDBOX_CHATWOOT_PORT: String(place.chatwootPort),
        SANDBOX_WHATSAPP_PORT: String(place.whatsappPort),
        SANDBOX_STATE_FILE: place.stateFile,
        SANDBOX_READY_FILE: place.readyFile,
        SANDBOX_IDS_ABOVE: String(place.idsAbove ?? 0),
      },
      logFile: place.logFile,
      ready: async () => JSON.parse(readFileSync(place.readyFile, 'utf8')) !== null,
    }),
    options,
  );
  return { ...running, access: JSON.parse(readFileSync(place.readyFile, 'utf8')) as SandboxAccess };
}

/** Tells the sandbox where its webhooks go. Safe to repeat. */
export async function registerWebhooks(
  access: SandboxAccess,
  apiUrl: string,
  paths: { chatwoot: string; whatsapp: string },
): Promise<void> {
  for (const kind of ['chatwoot', 'whatsapp'] as const) {
    const response = await fetch(`${access[kind].url}/_sandbox/webhooks`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: apiUrl + paths[kind] }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) {
      const words = (await response.text()).slice(0, 200);
      throw new StartError(
        `The ${kind} sandbox did not take the webhook's address (${response.status}): ${words}`,
      );
    }
    await response.body?.cancel();
  }
}
