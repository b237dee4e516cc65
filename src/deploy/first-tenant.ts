// Makes the first tenant and its first user from variables: `node src/deploy/first-tenant.ts`. What is there already
// is not changed. What it prints of what is new is shown this once: only hashes are stored.
import { readConfiguration } from '../configuration.ts';
import { createFirstTenant, hasTenant } from '../db/first-tenant.ts';
import { requireSecretKey } from '../db/secret-key.ts';
import { hasUser } from '../db/users.ts';
import { makeFirstLogin, NOBODY_YET } from './first-login.ts';
import { type ProviderCredentials, readTenantVariables } from './tenant-variables.ts';
import { tryCredentials } from './try-credentials.ts';
import { webhookLines } from './webhook-addresses.ts';

try {
  const configuration = readConfiguration(process.env);
  const { DATABASE_URL, LEAD_FLOW_SECRET_KEY } = configuration;
  const { name, zone, publicUrl, admin, credentials } = readTenantVariables(process.env);
  if (!credentials) {
    throw new Error(
      'CHATWOOT_URL and WHATSAPP_TOKEN are not set, nor what goes with them; see .env.example.',
    );
  }
  await requireSecretKey(DATABASE_URL, LEAD_FLOW_SECRET_KEY);
  const made = (await hasTenant(DATABASE_URL)) ? null : await makeTenant(credentials);
  const localUrl = `http://${configuration.LEAD_FLOW_HOST}:${configuration.LEAD_FLOW_PORT}`;
  if (made) {
    const paths = { whatsapp: made.whatsappWebhookPath, chatwoot: made.chatwootWebhookPath };
    console.log(`The tenant "${name}" is made. What follows is shown this once:`);
    console.log(`API key           ${made.apiKey}`);
    for (const line of webhookLines(paths, publicUrl, localUrl)) console.log(line);
  }
  const login = await makeFirstLogin(DATABASE_URL, admin);
  if (login) {
    console.log(`Dashboard         ${publicUrl ?? localUrl}`);
    console.log(`E-mail            ${login.email}`);
    console.log(`Password          ${login.random ? login.password : 'as in ADMIN_PASSWORD'}`);
  }
  if (!made && !login) console.log('There is a tenant already; nothing was changed.');
  if (!(await hasUser(DATABASE_URL))) console.log(NOBODY_YET);

  async function makeTenant(given: ProviderCredentials) {
    const trials = await tryCredentials(given);
    for (const { outcome, line } of trials) if (outcome !== 'refused') console.log(line);
    const refused = trials.filter(({ outcome }) => outcome === 'refused');
    if (refused.length > 0) throw new Error(refused.map(({ line }) => line).join('\n'));
    return createFirstTenant(DATABASE_URL, LEAD_FLOW_SECRET_KEY, { name, zone, ...given, consultants: [] });
  }
} catch (error) {
  for (const line of (error as Error).message.split('\n')) console.error(`first tenant: ${line}`);
  process.exit(1);
}
process.exit(0);
