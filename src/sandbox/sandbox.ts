import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { CHATWOOT_IDS, ChatwootApp, type ChatwootAppSnapshot } from './chatwoot/app.ts';
import { AGENTS } from './chatwoot/records.ts';
import type { RetryPolicy } from './poster.ts';
import { newSecrets, type SandboxSecrets } from './secrets.ts';
import { StateFile } from './state-file.ts';
import { WhatsAppApp, type WhatsAppAppSnapshot } from './whatsapp/app.ts';
import { APP, type Delays, NUMBER, type WhatsAppBehaviour } from './whatsapp/records.ts';
import { RETRIES } from './whatsapp/webhooks.ts';

/** How to start. Ports 0 (the default) are chosen by the system. */
export type SandboxOptions = {
  chatwootPort?: number;
  whatsappPort?: number;
  host?: '127.0.0.1';
  /** Where everything is kept over a restart; without it nothing is. */
  stateFile?: string;
  /** A new Chatwoot account gives its records ids above this one, as another one's are known by them; 0. */
  chatwootIdsAbove?: number | undefined;
  /** In place of generated ones. */
  secrets?: Partial<SandboxSecrets>;
  /** From acceptance to each status, milliseconds; 300, 900 and 2,500 where not given. */
  delays?: Partial<Delays>;
  /** The share of messages that are read; all where not given. */
  readRate?: number;
  /** How refused WhatsApp webhooks are repeated. */
  webhookRetries?: Partial<RetryPolicy>;
};

/** What a client of the Chatwoot stand-in needs. */
export type ChatwootDetails = {
  url: string;
  accountId: number;
  token: string;
  inboxId: number;
  teamId: number;
  webhookSecret: string;
  agents: { id: number; name: string; email: string }[];
};

/** What a client of the WhatsApp stand-in needs. */
export type WhatsAppDetails = {
  url: string;
  version: string;
  phoneNumberId: string;
  wabaId: string;
  displayPhoneNumber: string;
  token: string;
  appSecret: string;
  verifyToken: string;
};

/** Both, as they are written for other processes. */
export type SandboxDetails = { chatwoot: ChatwootDetails; whatsapp: WhatsAppDetails };

/** A running sandbox: connection details, and all that the control API offers as methods. */
export type Sandbox = {
  chatwoot: ChatwootDetails & Controls<ChatwootApp>;
  whatsapp: WhatsAppDetails & Controls<WhatsAppApp>;
  /** Only the connection details, fit for JSON. */
  details(): SandboxDetails;
  /** Resolves when no status is to come and no webhook is on its way. Rejects after `timeoutMs` (10 s). */
  settled(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
};

type Controls<App> = Omit<App, 'app' | 'snapshot' | 'passOn' | 'close'>;

type Snapshot = {
  version: 1;
  secrets: SandboxSecrets;
  chatwoot: ChatwootAppSnapshot;
  whatsapp: WhatsAppAppSnapshot;
};

/** A port that somebody else has. */
export class PortTaken extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`port ${port} is taken`);
    this.name = 'PortTaken';
    this.port = port;
  }
}

/**
 * Starts both stand-ins on 127.0.0.1 and takes up what `stateFile` holds.
 *
 * @throws PortTaken, and whatever reading a broken state file brings
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const saved = options.stateFile === undefined ? null : StateFile.load<Snapshot>(options.stateFile);
  const secrets: SandboxSecrets = { ...newSecrets(), ...saved?.secrets, ...options.secrets };
  const changed = () => file?.touch();
  const whatsapp = new WhatsAppApp({
    token: secrets.whatsappToken,
    appSecret: secrets.appSecret,
    verifyToken: secrets.verifyToken,
    behaviour: behaviourOf(saved?.whatsapp.store.behaviour, options),
    retries: { ...RETRIES, ...options.webhookRetries },
    snapshot: saved?.whatsapp ?? null,
    changed,
  });
  const chatwoot = new ChatwootApp({
    token: secrets.chatwootToken,
    webhookSecret: secrets.chatwootWebhookSecret,
    snapshot: saved?.chatwoot ?? null,
    idsAbove: options.chatwootIdsAbove ?? 0,
    changed,
    passOn: (to, text) => whatsapp.passOn(to, text),
  });
  const file =
    options.stateFile === undefined
      ? null
      : new StateFile<Snapshot>(options.stateFile, () => ({
          version: 1,
          secrets,
          chatwoot: chatwoot.snapshot(),
          whatsapp: whatsapp.snapshot(),
        }));

  const host = options.host ?? '127.0.0.1';
  const servers: Server[] = [];
  const stop = async () => {
    await Promise.all(servers.map(stopServer));
    // Saved while webhooks nobody took are still known.
    await file?.close();
    await Promise.all([chatwoot.close(), whatsapp.close()]);
  };
  try {
    servers.push(await listen(chatwoot.app, options.chatwootPort ?? 0, host));
    servers.push(await listen(whatsapp.app, options.whatsappPort ?? 0, host));
  } catch (error) {
    await Promise.all(servers.map(stopServer));
    await Promise.all([chatwoot.close(), whatsapp.close()]);
    throw error;
  }
  changed();

  const details: SandboxDetails = {
    chatwoot: {
      url: urlOf(servers[0]!, host),
      ...CHATWOOT_IDS,
      token: secrets.chatwootToken,
      webhookSecret: secrets.chatwootWebhookSecret,
      agents: AGENTS.map(({ id, name, email }) => ({ id, name, email })),
    },
    whatsapp: {
      url: urlOf(servers[1]!, host),
      version: NUMBER.version,
      phoneNumberId: NUMBER.phoneNumberId,
      wabaId: NUMBER.wabaId,
      displayPhoneNumber: NUMBER.digits,
      token: secrets.whatsappToken,
      appSecret: secrets.appSecret,
      verifyToken: secrets.verifyToken,
    },
  };
  let closing: Promise<void> | undefined;
  return {
    chatwoot: Object.assign(chatwoot, details.chatwoot),
    whatsapp: Object.assign(whatsapp, details.whatsapp),
    details: () => details,
    settled: (timeoutMs = 10_000) => settled(chatwoot, whatsapp, timeoutMs),
    close: () => {
      closing ??= stop();
      return closing;
    },
  };
}

function behaviourOf(saved: WhatsAppBehaviour | undefined, options: SandboxOptions): WhatsAppBehaviour {
  const initial: WhatsAppBehaviour = {
    delays: { sentMs: 300, deliveredMs: 900, readMs: 2_500 },
    readRate: 1,
    statuses: true,
    undeliverable: [],
    rejectCode: {},
    messageStatus: 'accepted',
    waId: 'as_registered',
    maxBatch: 50,
    number: { quality: 'GREEN', limit: 'TIER_10K', status: 'CONNECTED' },
    account: { restrictedUntil: null, banned: false },
    subscribedApps: [APP],
    token: { scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'], expiresAt: 0 },
    ...saved,
  };
  return {
    ...initial,
    delays: { ...initial.delays, ...options.delays },
    readRate: options.readRate ?? initial.readRate,
  };
}

async function settled(chatwoot: ChatwootApp, whatsapp: WhatsAppApp, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const pending = chatwoot.pendingWebhooks() + whatsapp.pendingWebhooks();
    if (pending === 0) return;
    if (Date.now() > deadline) throw new Error(`sandbox: ${pending} webhooks still on their way`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function listen(app: Express, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error & { code?: string }) => {
      if (error === undefined) resolve(server);
      else reject(error.code === 'EADDRINUSE' ? new PortTaken(port) : error);
    });
    // Longer than clients keep connections, so that none is closed under a request.
    server.keepAliveTimeout = 65_000;
  });
}

function urlOf(server: Server, host: string): string {
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
