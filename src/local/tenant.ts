import { createFirstTenant, type FirstTenant } from '../db/first-tenant.ts';
import type { DataDir } from './data-dir.ts';
import type { SandboxAccess } from './sandbox.ts';
import type { TenantVariables } from './tenant-variables.ts';

/** Paths at our API that Chatwoot and WhatsApp are to call. */
export type WebhookPaths = { chatwoot: string; whatsapp: string };

const PATHS_FILE = 'webhook-paths.json';
const KEY_FILE = 'sample-api-key';

/** The names of the templates that the sandbox has. */
const SANDBOX_TEMPLATES = {
  template: 'indicacao_inicial',
  reworkTemplate: 'indicacao_retrabalho',
  language: 'pt_BR',
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
  const created = await createFirstTenant(databaseUrl, secretKey, firstTenant(variables, sandbox));
  if (!created) return false;
  dataDir.keep(KEY_FILE, `${created.apiKey}\n`);
  const paths: WebhookPaths = {
    chatwoot: created.chatwootWebhookPath,
    whatsapp: created.whatsappWebhookPath,
  };
  dataDir.keep(PATHS_FILE, `${JSON.stringify(paths)}\n`);
  return true;
}

/** The first tenant's webhook paths; undefined where an earlier start elsewhere made it. */
export function webhookPaths(dataDir: DataDir): WebhookPaths | undefined {
  const kept = dataDir.read(PATHS_FILE);
  return kept === undefined ? undefined : (JSON.parse(kept) as WebhookPaths);
}

/** The first tenant's API key; undefined where an earlier start elsewhere made it. */
export function sampleApiKey(dataDir: DataDir): string | undefined {
  return dataDir.read(KEY_FILE)?.trim();
}

function firstTenant(variables: TenantVariables, sandbox: SandboxAccess | undefined): FirstTenant {
  const { name, zone, credentials } = variables;
  if (credentials) return { name, zone, ...credentials, consultants: [] };
  if (!sandbox) throw new Error('a tenant needs real credentials or the sandbox');
  const { agents, ...chatwoot } = sandbox.chatwoot;
  return {
    name,
    zone,
    chatwoot,
    whatsapp: { ...sandbox.whatsapp, ...SANDBOX_TEMPLATES },
    consultants: agents.map((agent) => ({ name: agent.name, email: agent.email })),
  };
}
