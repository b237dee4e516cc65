import { existsSync } from 'node:fs';
import { webhookLines } from '../deploy/webhook-addresses.ts';
import { CALL_SCREEN_PATH } from '../sandbox/call-screen/page.ts';
import { prepareDatabase, putOldHistoryAside, type ReadyDatabase, tellSleepers } from './database.ts';
import { ensureLogin } from './login.ts';
import { hasData } from './postgres-data.ts';
import { type ProductServices, startApi, startWorker } from './product.ts';
import { curlLine, followSampleLead, makeSampleLead } from './sample-lead.ts';
import { registerWebhooks, type SandboxAccess, startSandbox } from './sandbox.ts';
import { highestChatwootId } from './sandbox-tenant.ts';
import { apiUrl, type Start } from './start.ts';
import { StartError } from './start-error.ts';
import { startTemporal } from './temporal.ts';
import { ensureTenant, keptTenant, needsSandbox, sampleApiKey } from './tenant.ts';

const READING_MS = 10_000;

/**
 * The steps of `npm start`, from nothing to a product that takes leads: PostgreSQL and its schema, Temporal, the
 * sandbox, the first tenant, API and worker; on an empty database also a first lead, followed until it sleeps.
 * Throws a StartError where one fails; what runs by then is in the tree.
 */
export async function bringUp(start: Start): Promise<void> {
  const { progress } = start;
  putOldHistoryAside(start);
  const preparing = prepareDatabase(start);
  const [database, temporal, sandbox] = await allOrFirstFailure([
    preparing,
    temporalServer(start),
    sandboxIfNeeded(start, preparing),
  ]);
  const isNew = await ensureTenant(start, database, sandbox);
  const login = await ensureLogin(start, database);
  await product(start, {
    databaseUrl: database.url,
    secretKey: database.secretKey,
    sandboxWhatsappUrl: sandbox?.whatsapp.url,
    ...temporal,
  });
  await connectSandbox(start, sandbox);

  await readTemplates(start);

  progress.line('Ready.');
  if (isNew && sandbox) await sampleLead(start, sandbox);
  if (!isNew) await tellSleepers(start, database);
  tellWhereToLook(start, sandbox, temporal.temporalUiUrl, login);
}

async function temporalServer({ settings, dataDir, tree, progress }: Start) {
  const { ports, temporalNamespace: namespace, temporalAddress: given, temporalCli: cli } = settings;
  if (given) {
    progress.line(`  Temporal at ${given}, by TEMPORAL_ADDRESS`);
    return { temporalAddress: given, temporalNamespace: namespace, temporalUiUrl: settings.temporalUiUrl };
  }
  if (!cli) throw new StartError('LEAD_FLOW_TEMPORAL_CLI is not set; run this through: npm start');
  const server = await progress.step(
    'Temporal',
    () =>
      tree.run((options) =>
        startTemporal({
          cli,
          port: ports.temporal,
          uiPort: ports.temporalUi,
          dbFile: dataDir.at('temporal.db'),
          namespace,
          logFile: dataDir.at('logs', 'temporal.log'),
          ...options,
        }),
      ),
    () => `Temporal on port ${ports.temporal}, its UI on ${ports.temporalUi}`,
  );
  return {
    temporalAddress: server.address,
    temporalNamespace: namespace,
    temporalUiUrl: settings.temporalUiUrl ?? server.uiUrl ?? undefined,
  };
}

async function sandboxIfNeeded(
  { settings, dataDir, tree, progress }: Start,
  preparing: Promise<ReadyDatabase>,
): Promise<SandboxAccess | undefined> {
  if (!needsSandbox(dataDir, settings.tenant)) return undefined;
  const stateFile = dataDir.at('sandbox-state.json');
  let idsAbove = 0;
  // The database remembers what a sandbox made whose state was lost, or whose last words were when it was killed.
  if (settings.databaseUrl || hasData(dataDir.at('postgres'))) {
    idsAbove = await highestChatwootId(await preparing);
    if (idsAbove > 0 && !existsSync(stateFile))
      progress.line("  the sandbox's state is gone: its contacts and conversations are lost");
  }
  const running = await progress.step(
    'sandbox',
    () =>
      tree.run(
        (options) =>
          startSandbox(
            {
              chatwootPort: settings.ports.sandboxChatwoot,
              whatsappPort: settings.ports.sandboxWhatsapp,
              stateFile,
              idsAbove,
              readyFile: dataDir.at('sandbox.json'),
              logFile: dataDir.at('logs', 'sandbox.log'),
            },
            options,
          ),
        (again) => connectSandbox({ settings, dataDir }, again.access),
      ),
    ({ access }) => `sandbox for Chatwoot (${access.chatwoot.url}) and WhatsApp (${access.whatsapp.url})`,
  );
  return running.access;
}

async function product(
  { settings, dataDir, tree, progress }: Start,
  services: ProductServices,
): Promise<void> {
  const { host, ports } = settings;
  const api = { host, port: ports.api, logFile: dataDir.at('logs', 'api.log') };
  const worker = { host, port: ports.worker, logFile: dataDir.at('logs', 'worker.log') };
  await allOrFirstFailure([
    progress.step(
      'API',
      () => tree.run((options) => startApi(api, services, options)),
      () => `API on ${apiUrl(settings)}`,
    ),
    progress.step('worker', () => tree.run((options) => startWorker(worker, services, options))),
  ]);
}

/** The sandbox sends its webhooks to the first tenant's paths. */
async function connectSandbox(
  { settings, dataDir }: Pick<Start, 'settings' | 'dataDir'>,
  sandbox: SandboxAccess | undefined,
): Promise<void> {
  const kept = keptTenant(dataDir);
  if (sandbox && kept?.sandbox) await registerWebhooks(sandbox, apiUrl(settings), kept.webhookPaths);
}

/** The templates as WhatsApp has them now: what is shown of messages is not to wait for the hourly reading. */
async function readTemplates({ settings, dataDir }: Start): Promise<void> {
  const apiKey = sampleApiKey(dataDir);
  if (!apiKey) return;
  const reading = fetch(`${apiUrl(settings)}/v1/templates/sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(READING_MS),
  });
  // WhatsApp being away is told elsewhere, and the hourly reading makes up for it.
  await reading.then((answer) => answer.body?.cancel()).catch(() => undefined);
}

async function sampleLead({ settings, dataDir, progress }: Start, sandbox: SandboxAccess): Promise<void> {
  const apiKey = sampleApiKey(dataDir);
  if (!apiKey) return;
  const lead = makeSampleLead(sandbox.chatwoot.agents[0]?.name ?? 'Consultor');
  progress.line(`A first lead, ${lead.nome}:`);
  await followSampleLead(apiUrl(settings), apiKey, lead, settings.tenant.zone, (step) =>
    progress.line(`  ${step}`),
  );
}

function tellWhereToLook(
  { settings, dataDir, progress }: Start,
  sandbox: SandboxAccess | undefined,
  temporalUiUrl: string | undefined,
  login: string[],
): void {
  const api = apiUrl(settings);
  const kept = keptTenant(dataDir);
  // Made-up people only where nobody real can be reached.
  const consultant = kept?.sandbox && sandbox?.chatwoot.agents[0]?.name;
  const lead = consultant
    ? makeSampleLead(consultant)
    : {
        nome: 'NOME',
        telefone: 'TELEFONE',
        cnpj: 'CNPJ',
        consultor: 'CONSULTOR',
        status_indicacao: 'qualificado',
      };
  progress.line(`Dashboard    ${settings.tenant.publicUrl ?? api}`);
  for (const line of login) progress.line(line);
  progress.line(`API          ${api}`);
  if (temporalUiUrl) progress.line(`Temporal UI  ${temporalUiUrl}`);
  if (sandbox) {
    progress.line(`Sandbox      ${sandbox.chatwoot.url} (Chatwoot), ${sandbox.whatsapp.url} (WhatsApp)`);
    progress.line(`Call screen  ${sandbox.chatwoot.url}${CALL_SCREEN_PATH}`);
  }
  if (kept && !kept.sandbox) {
    for (const line of webhookLines(kept.webhookPaths, settings.tenant.publicUrl, api)) progress.line(line);
  }
  progress.line(`Logs         ${dataDir.at('logs')}`);
  progress.line(`The next lead:\n${curlLine(api, sampleApiKey(dataDir) ?? 'YOUR_API_KEY', lead)}`);
  progress.line('Ctrl-C stops everything; the next start goes on where it was.');
}

/** Like Promise.all, but waits for none of the others where one fails; they are called off with the tree. */
function allOrFirstFailure<const Works extends readonly Promise<unknown>[]>(works: Works) {
  for (const work of works) work.catch(() => {});
  return Promise.all(works);
}
