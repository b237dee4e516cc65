import { createFirstTenant, type FirstTenant, SAMPLE_BUTTONS } from '../db/first-tenant.ts';
import { tryCredentials } from '../deploy/try-credentials.ts';
import type { WebhookPaths } from '../deploy/webhook-addresses.ts';
import type { DataDir } from './data-dir.ts';
import type { ReadyDatabase } from './database.ts';
import type { SandboxAccess } from './sandbox.ts';
import { reconnectTenant } from './sandbox-tenant.ts';
import type { Start } from './start.ts';
import { StartError } from './start-error.ts';
import type { ProviderCredentials, TenantVariables } from './tenant-variables.ts';

/** What is kept of the first tenant beside the database. */
export type KeptTenant = {
  /** Whether it is connected to the sandbox; else to real services, where messages reach real people. */
  sandbox: boolean;
  webhookPaths: WebhookPaths;
};

const TENANT_FILE = 'first-tenant.json';
const KEY_FILE = 'sample-api-key';

/** The names of the templates that the sandbox has. */
const SANDBOX_TEMPLATES = {
  template: 'indicacao_boas_vindas',
  reworkTemplate: 'indicacao_retrabalho',
  language: 'pt_BR',
  buttons: [...SAMPLE_BUTTONS],
};

/**
 * Makes the first tenant where the database has none, connected to the real services or to the sandbox, and
 * keeps its API key and webhook paths in the data directory. Gives whether it made one. A tenant of the sandbox
 * that is there is connected to it anew where one of the two has lost the other.
 *
 * Throws a StartError where a real service refuses the credentials.
 */
export async function ensureTenant(
  { settings, dataDir, progress }: Start,
  database: ReadyDatabase,
  sandbox: SandboxAccess | undefined,
): Promise<boolean> {
  if (database.tenant) {
    await rejoin(dataDir, database, sandbox, (line) => progress.line(line));
    return false;
  }
  const { credentials } = settings.tenant;
  const input = firstTenant(settings.tenant, sandbox);
  if (!input) {
    throw new StartError(
      `The database has no tenant any more, and the one that ${dataDir.path} knows was of real services. ` +
        'Set CHATWOOT_URL, WHATSAPP_TOKEN and what goes with them, from which it is made anew.',
    );
  }
  if (credentials) await requireAccepted(credentials, (line) => progress.line(line));
  const created = await createFirstTenant(database.url, database.secretKey, input);
  if (!created) return false;
  const webhookPaths = { chatwoot: created.chatwootWebhookPath, whatsapp: created.whatsappWebhookPath };
  dataDir.keep(KEY_FILE, `${created.apiKey}\n`);
  keepTenant(dataDir, { sandbox: sandbox !== undefined, webhookPaths });
  progress.line(`  tenant "${input.name}" made, with an API key`);
  return true;
}

async function requireAccepted(
  credentials: ProviderCredentials,
  tell: (line: string) => void,
): Promise<void> {
  const trials = await tryCredentials(credentials);
  const refused = trials.filter(({ outcome }) => outcome === 'refused').map(({ line }) => line);
  for (const { outcome, line } of trials) if (outcome !== 'refused') tell(`  ${line}`);
  const last = refused.pop();
  for (const line of refused) tell(`  ${line}`);
  if (last) throw new StartError(`${last} No tenant was made.`);
}

async function rejoin(
  dataDir: DataDir,
  database: ReadyDatabase,
  sandbox: SandboxAccess | undefined,
  tell: (line: string) => void,
): Promise<void> {
  const kept = keptTenant(dataDir);
  if (!sandbox || kept?.sandbox === false) return;
  const lost = { apiKey: sampleApiKey(dataDir) === undefined, webhookPaths: kept === undefined };
  const renewed = await reconnectTenant(database, sandbox, lost);
  if (!renewed) {
    tell('  the tenant of this database was made elsewhere: its API key and webhooks are known there');
    return;
  }
  if (renewed.webhookPaths) keepTenant(dataDir, { sandbox: true, webhookPaths: renewed.webhookPaths });
  if (renewed.apiKey) {
    dataDir.keep(KEY_FILE, `${renewed.apiKey}\n`);
    tell('  the API key was gone: a new one is made');
  }
}

function keepTenant(dataDir: DataDir, kept: KeptTenant): void {
  dataDir.keep(TENANT_FILE, `${JSON.stringify(kept)}\n`);
}

/**
 * What is kept of the first tenant; undefined where there is none yet, it was made from elsewhere, or what was
 * kept cannot be read.
 */
export function keptTenant(dataDir: DataDir): KeptTenant | undefined {
  try {
    return JSON.parse(dataDir.read(TENANT_FILE) ?? '') as KeptTenant;
  } catch {
    return undefined;
  }
}

/**
 * Whether the sandbox stands in for Chatwoot and WhatsApp: as the first tenant was made, else while no real
 * credentials are set. Throws a StartError where they are set in part, or after a tenant was made for the sandbox.
 */
export function needsSandbox(dataDir: DataDir, { credentials, missing }: TenantVariables): boolean {
  const kept = keptTenant(dataDir);
  if (!kept && missing.length > 0) {
    throw new StartError(
      `${missing.join(' and ')} is not set, though other credentials are: set them all for the real services, or none ` +
        'for the sandbox.',
    );
  }
  if (kept?.sandbox && credentials) {
    throw new StartError(
      `CHATWOOT_URL and WHATSAPP_TOKEN are set, but the tenant in ${dataDir.path} was made for the sandbox. ` +
        'Unset them, or set LEAD_FLOW_DATA_DIR to a new directory.',
    );
  }
  return kept?.sandbox ?? !credentials;
}

/** The first tenant's API key; undefined where an earlier start elsewhere made it. */
export function sampleApiKey(dataDir: DataDir): string | undefined {
  return dataDir.read(KEY_FILE)?.trim() || undefined;
}

function firstTenant(
  variables: TenantVariables,
  sandbox: SandboxAccess | undefined,
): FirstTenant | undefined {
  const { name, zone, credentials } = variables;
  if (credentials) return { name, zone, ...credentials, consultants: [] };
  // An earlier start made a tenant with real credentials, which need not be set any more.
  if (!sandbox) return undefined;
  return sandboxTenant(sandbox, name, zone);
}

/** A tenant connected to the sandbox, whose agents are its consultants. */
export function sandboxTenant(
  { chatwoot: { agents, ...chatwoot }, whatsapp }: SandboxAccess,
  name = 'Empresa Exemplo',
  zone = 'America/Sao_Paulo',
): FirstTenant {
  return {
    name,
    zone,
    chatwoot,
    whatsapp: { ...whatsapp, ...SANDBOX_TEMPLATES },
    consultants: agents.map((agent) => ({ name: agent.name, email: agent.email })),
  };
}
