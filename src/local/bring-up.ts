import { migrate } from '../db/migrate.ts';
import { type DataDir, secretKey } from './data-dir.ts';
import { startPostgres } from './postgres.ts';
import type { ProcessTree } from './process-tree.ts';
import { localUrl, type ProductServices, startApi, startWorker } from './product.ts';
import { curlLine, followSampleLead, makeSampleLead } from './sample-lead.ts';
import { registerWebhooks, type SandboxAccess, startSandbox } from './sandbox.ts';
import type { Settings } from './settings.ts';
import type { Progress } from './setup/progress.mjs';
import { StartError } from './start-error.ts';
import { startTemporal } from './temporal.ts';
import { ensureTenant, keptTenant, needsSandbox, sampleApiKey } from './tenant.ts';

/** What the steps of a start share. */
export type Start = {
  settings: Settings;
  dataDir: DataDir;
  tree: ProcessTree;
  progress: Progress;
};

/**
 * The steps of `npm start`, from nothing to a product that takes leads: PostgreSQL and its schema, Temporal, the
 * sandbox, the first tenant, API and worker; on an empty database also a first lead, followed until it sleeps.
 * Throws a StartError where one fails; what runs by then is in the tree.
 */
export async function bringUp(start: Start): Promise<void> {
  const { settings, dataDir, progress } = start;
  const key = secretKey(dataDir, settings.secretKey);
  const [databaseUrl, temporal, sandbox] = await allOrFirstFailure([
    databaseWithSchema(start),
    temporalServer(start),
    sandboxIfNeeded(start),
  ]);
  const { tenant } = settings;
  const isNew = await ensureTenant(dataDir, databaseUrl, key, tenant, sandbox);
  if (isNew) progress.line(`  tenant "${tenant.name}" made, with an API key`);
  await product(start, { databaseUrl, secretKey: key, ...temporal });
  await connectSandbox(start, sandbox);

  progress.line('Ready.');
  if (isNew && sandbox) await sampleLead(start, sandbox);
  tellWhereToLook(start, sandbox, temporal.temporalUiUrl);
}

async function databaseWithSchema(start: Start): Promise<string> {
  const { progress } = start;
  const { databaseUrl } = start.settings;
  if (databaseUrl) progress.line(`  PostgreSQL at ${new URL(databaseUrl).host}, by DATABASE_URL`);
  const url = databaseUrl ?? (await embeddedPostgres(start)).ownerUrl;
  await progress.step(
    'migrations',
    () =>
      migrate(url).catch((error: Error) => {
        throw new StartError(`The migrations failed: ${error.message}`);
      }),
    ({ applied }) => (applied.length > 0 ? `migrated: ${applied.join(', ')}` : 'schema is up to date'),
  );
  return url;
}

function embeddedPostgres({ settings, dataDir, tree, progress }: Start) {
  const port = settings.ports.postgres;
  const logFile = dataDir.at('logs', 'postgres.log');
  return progress.step(
    'PostgreSQL',
    () =>
      tree.run((options) => startPostgres({ dataDir: dataDir.at('postgres'), port, logFile, ...options })),
    () => `PostgreSQL on port ${port}`,
  );
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

async function sandboxIfNeeded({
  settings,
  dataDir,
  tree,
  progress,
}: Start): Promise<SandboxAccess | undefined> {
  const { missing } = settings.tenant;
  if (!needsSandbox(dataDir, settings.tenant)) return undefined;
  if (missing.length > 0)
    progress.line(`  ${missing[0]} is not set: the sandbox stands in for both services`);
  const running = await progress.step(
    'sandbox',
    () =>
      tree.run(
        (options) =>
          startSandbox(
            {
              chatwootPort: settings.ports.sandboxChatwoot,
              whatsappPort: settings.ports.sandboxWhatsapp,
              stateFile: dataDir.at('sandbox-state.json'),
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

const apiUrl = ({ host, ports }: Settings) => localUrl(host, ports.api);

/** The sandbox sends its webhooks to the first tenant's paths. */
async function connectSandbox(
  { settings, dataDir }: Pick<Start, 'settings' | 'dataDir'>,
  sandbox: SandboxAccess | undefined,
): Promise<void> {
  const kept = keptTenant(dataDir);
  if (sandbox && kept?.sandbox) await registerWebhooks(sandbox, apiUrl(settings), kept.webhookPaths);
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
  progress.line(`API          ${api}`);
  if (temporalUiUrl) progress.line(`Temporal UI  ${temporalUiUrl}`);
  if (sandbox)
    progress.line(`Sandbox      ${sandbox.chatwoot.url} (Chatwoot), ${sandbox.whatsapp.url} (WhatsApp)`);
  if (kept && !kept.sandbox) {
    progress.line(
      `Webhooks     WhatsApp ${kept.webhookPaths.whatsapp}, Chatwoot ${kept.webhookPaths.chatwoot}`,
    );
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
