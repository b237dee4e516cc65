import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { DataDir } from './data-dir.ts';
import { ourProcess } from './our-process.ts';
import { type RunningProcess, type StartOptions, startProcess } from './processes.ts';
import type { Ports } from './settings.ts';
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

/** Starts the stand-ins for Chatwoot and WhatsApp. What they know is kept in the data directory. */
export async function startSandbox(
  dataDir: DataDir,
  ports: Ports,
  options: StartOptions,
): Promise<RunningSandbox> {
  const readyFile = dataDir.at('sandbox.json');
  rmSync(readyFile, { force: true });
  const running = await startProcess(
    ourProcess('sandbox', 'src/sandbox/main.ts', {
      env: {
        ...process.env,
        SANDBOX_CHATWOOT_PORT: String(ports.sandboxChatwoot),
        SANDBOX_WHATSAPP_PORT: String(ports.sandboxWhatsapp),
        SANDBOX_STATE_FILE: dataDir.at('sandbox-state.json'),
        SANDBOX_READY_FILE: readyFile,
      },
      logFile: dataDir.at('logs', 'sandbox.log'),
      ready: async () => existsSync(readyFile),
    }),
    options,
  );
  return { ...running, access: JSON.parse(readFileSync(readyFile, 'utf8')) as SandboxAccess };
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
