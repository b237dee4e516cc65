import { createFirstTenant, type FirstTenant, SAMPLE_BUTTONS } from '../db/first-tenant.ts';
import type { DataDir } from './data-dir.ts';
import type { SandboxAccess } from './sandbox.ts';
import { StartError } from './start-error.ts';
import type { TenantVariables } from './tenant-variables.ts';

/** What is kept of the first tenant beside the database. */
export type KeptTenant = {
  /** Whether it is connected to the sandbox; else to real services, where messages reach real people. */
  sandbox: boolean;
  /** Paths at our API that Chatwoot and WhatsApp are to call. */
  webhookPaths: { chatwoot: string; whatsapp: string };
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
 * keeps its API key and webhook paths in the data directory. Gives whether it made one.
 */
export async function ensureTenant(
  dataDir: DataDir,
  databaseUrl: string,
  secretKey: string,
  variables: TenantVariables,
  sandbox: SandboxAccess | undefined,
): Promise<boolean> {
  const input = firstTenant(variables, sandbox);
  const created = input && (await createFirstTenant(databaseUrl, secretKey, input));
  if (!created) return false;
  const kept: KeptTenant = {
    sandbox: sandbox !== undefined,
    webhookPaths: { chatwoot: created.chatwootWebhookPath, whatsapp: created.whatsappWebhookPath },
  };
  dataDir.keep(KEY_FILE, `${created.apiKey}\n`);
  dataDir.keep(TENANT_FILE, `${JSON.stringify(kept)}\n`);
  return true;
}

/** What is kept of the first tenant; undefined where there is none yet, or it was made from elsewhere. */
export function keptTenant(dataDir: DataDir): KeptTenant | undefined {
  const kept = dataDir.read(TENANT_FILE);
  return kept === undefined ? undefined : (JSON.parse(kept) as KeptTenant);
}

/**
 * Whether the sandbox stands in for Chatwoot and WhatsApp: as the first tenant was made, else while no real
 * credentials are set. Throws a StartError where credentials come after a tenant was made for the sandbox.
 */
export function needsSandbox(dataDir: DataDir, { credentials }: TenantVariables): boolean {
  const kept = keptTenant(dataDir);
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
  return dataDir.read(KEY_FILE)?.trim();
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
