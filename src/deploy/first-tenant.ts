// Makes the first tenant from variables: `node src/deploy/first-tenant.ts`. Where there is a tenant already it
// changes nothing. What it prints of a new one is shown this once: only hashes are stored.
import { readConfiguration } from '../configuration.ts';
import { createFirstTenant } from '../db/first-tenant.ts';
import { readTenantVariables } from './tenant-variables.ts';

try {
  const { DATABASE_URL, LEAD_FLOW_SECRET_KEY } = readConfiguration(process.env);
  const { name, zone, credentials } = readTenantVariables(process.env);
  if (!credentials) {
    throw new Error(
      'CHATWOOT_URL and WHATSAPP_TOKEN are not set, nor what goes with them; see .env.example.',
    );
  }
  const tenant = { name, zone, ...credentials, consultants: [] };
  const made = await createFirstTenant(DATABASE_URL, LEAD_FLOW_SECRET_KEY, tenant);
  if (made) {
    const base = (process.env.LEAD_FLOW_PUBLIC_URL ?? '').replace(/\/+$/, '');
    console.log(`The tenant "${name}" is made. What follows is shown this once:`);
    console.log(`API key           ${made.apiKey}`);
    console.log(`WhatsApp webhook  ${base}${made.whatsappWebhookPath}`);
    console.log(`Chatwoot webhook  ${base}${made.chatwootWebhookPath}`);
  } else {
    console.log('There is a tenant already; nothing was changed.');
  }
} catch (error) {
  for (const line of (error as Error).message.split('\n')) console.error(`first tenant: ${line}`);
  process.exit(1);
}
