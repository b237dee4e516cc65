import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { temporalAddress } from '../harness/temporal.ts';

const HISTORIES = join(import.meta.dirname, '../histories');
const WORKFLOWS = join(import.meta.dirname, '../../workflows/index.ts');

const product = suiteProduct();

const historyOf = async (leadId: string) => product.client.workflow.getHandle(leadId).fetchHistory();

const PERSONAL = {
  nome: 'Genoveva Taumaturgo',
  telefone: '(11) 98555-0001',
  cnpj: '11.444.777/0001-61',
  email: 'genoveva@exemplo.com.br',
  observacoes: 'ligar para o sócio Epaminondas',
};

/** One lead through everything that a history can hold, with everything that may fail, failing once. */
async function eventfulLead(): Promise<string> {
  for (const path of ['/contacts$', '/conversations$', '/messages$', '/labels$']) {
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path },
      kind: 'status',
      status: 500,
      body: { error: `could not save ${PERSONAL.nome} ${PERSONAL.email}` },
      times: 2,
    });
  }
  product.sandbox.whatsapp.addFault({
    match: { method: 'POST', path: '/messages' },
    kind: 'status',
    status: 429,
    body: { error: { message: `not to 5511985550001 ${PERSONAL.nome}`, code: 130_429 } },
    headers: { 'retry-after': '1' },
  });
  product.sandbox.whatsapp.setBehaviour({ readRate: 0 });
  const { lead_id } = await product.refer(PERSONAL);
  await inStage(product, lead_id, 'waiting', 60_000);
  await product.refer({ ...PERSONAL, consultor: product.sandbox.chatwoot.agents[1]?.name });
  await until(
    async () =>
      (await product.lead(lead_id)).timeline.filter((e: { kind: string }) => e.kind === 'asleep').length ===
      2,
    { ms: 60_000 },
  );
  await product.call('POST', `/v1/leads/${lead_id}/rework-now`);
  await until(() => viewOf(product, '11985550001').sends().length === 2, { ms: 60_000 });
  await until(async () => kindsOf(await product.lead(lead_id)).at(-1) === 'contact_updated', {
    ms: 60_000,
  });
  viewOf(product, '11985550001').says('SAIR por favor, aqui é a Genoveva');
  viewOf(product, '11985550001').says('SAIR');
  await inStage(product, lead_id, 'closed');
  const handle = product.client.workflow.getHandle(lead_id);
  await until(async () => ['CANCELLED', 'COMPLETED'].includes((await handle.describe()).status.name), {
    ms: 60_000,
  });
  return lead_id;
}

test('no history, memo, search attribute or failure holds a name, phone, CNPJ, e-mail or message text', async () => {
  const leadId = await eventfulLead();
  const handle = product.client.workflow.getHandle(leadId);
  const history = await historyOf(leadId);
  expect(history.events?.some((event) => event.activityTaskScheduledEventAttributes)).toBe(true);
  const description = await handle.describe();
  const plain = [readable(history), readable(description.raw), readable(await memoryOf(leadId))].join('\n');
  expect(plain).toContain(leadId);
  for (const secret of [
    'Genoveva',
    'Taumaturgo',
    '98555',
    '85550001',
    '11444777',
    '11.444',
    'genoveva@',
    'Epaminondas',
    'SAIR',
    'por favor',
    ...product.sandbox.chatwoot.agents.map((agent) => agent.name),
  ]) {
    expect(plain).not.toContain(secret);
  }
}, 180_000);

/** Everything in it as text, with what is base64 or bytes decoded. */
function readable(value: unknown): string {
  const texts: string[] = [];
  JSON.stringify(value, (_key, part) => {
    if (part instanceof Uint8Array || part?.type === 'Buffer') {
      texts.push(Buffer.from(part.data ?? part).toString('utf8'));
      return undefined;
    }
    if (typeof part === 'string') texts.push(part);
    return typeof part === 'bigint' ? String(part) : part;
  });
  return texts.join('\n');
}

/** What the engine shows of the running workflow: its current details, and the summaries of its steps. */
async function memoryOf(leadId: string): Promise<unknown> {
  return product.client.workflow
    .getHandle(leadId)
    .query('__temporal_workflow_metadata')
    .catch(() => null);
}

test('ops find a lead by its search attributes and read in one line where it stands', async () => {
  const { lead_id } = await product.refer({ telefone: '11985550002' });
  await inStage(product, lead_id, 'waiting');
  const [consultant] = await product.query<{ id: string }>('select id from consultant where name = $1', [
    product.sandbox.chatwoot.agents[0]?.name,
  ]);
  const query =
    `LeadTenant = "${product.tenantId}" and LeadStage = "waiting" and LeadOrigin = "api_oficial" ` +
    `and LeadConsultant = "${consultant?.id}"`;
  await until(async () => {
    for await (const { workflowId } of product.client.workflow.list({ query }))
      if (workflowId === lead_id) return true;
    return false;
  });
  const metadata = (await memoryOf(lead_id)) as { currentDetails: string };
  expect(metadata.currentDetails).toMatch(
    /^Aguardando o D\+3: acorda em \d\d\/\d\d\/\d{4} 09:00 \(America\/Sao_Paulo\)$/,
  );
  const { events } = await historyOf(lead_id);
  const summaries = events
    ?.map((event) => event.userMetadata?.summary?.data)
    .filter((data) => data)
    .map((data) => JSON.parse(Buffer.from(data as Uint8Array).toString()));
  expect(summaries).toEqual(expect.arrayContaining(['Enviar o template', 'Dormir até a véspera']));

  await product.call('POST', '/v1/conversions', { lead_id });
  await inStage(product, lead_id, 'closed');
  await until(async () => {
    for await (const { workflowId } of product.client.workflow.list({
      query: `LeadOutcome = "converted" and LeadStage = "closed"`,
    }))
      if (workflowId === lead_id) return true;
    return false;
  });
});

test('a lead asleep has at most 60 events in its history, and at most 140 at its end', async () => {
  product.sandbox.whatsapp.setBehaviour({ readRate: 1 });
  const { lead_id } = await product.refer({ telefone: '11985550003' });
  await until(async () => (await product.lead(lead_id)).messages[0]?.state === 'read');
  expect((await historyOf(lead_id)).events?.length).toBeLessThanOrEqual(60);
  await product.call('POST', `/v1/leads/${lead_id}/rework-now`);
  await inStage(product, lead_id, 'closed');
  expect((await historyOf(lead_id)).events?.length).toBeLessThanOrEqual(140);
});

const SWAPPED = [
  /await steps\.noteReferral\(of\);\n {2}await steps\.updateContact\(of\);/,
  'await steps.updateContact(of);\n  await steps.noteReferral(of);',
] as const;

describe('saved histories', () => {
  test('are replayed by the workflows of today', async () => {
    if (process.env.SAVE_HISTORIES) await saveHistories();
    const files = await savedHistories();
    expect(files).toEqual(Object.keys(JOURNEYS).sort());
    for (const name of files) await replay(WORKFLOWS, name);
  });

  test.each([
    ['two steps changed places', 'contact.ts', SWAPPED],
    [
      'a step was left out',
      'lead.ts',
      [
        /let plan = await [^;]*;/,
        "let plan: WakePlan = { wakeAt: Date.now() + 1_000, noticeAt: null, told: '' };",
      ],
    ],
    [
      'a step was added',
      'lead.ts',
      [/const chapter = await/, 'await steps.openChapter(journey.lead);\n    const chapter = await'],
    ],
  ] as const)('fail where %s', async (_change, file, [find, put]) => {
    const root = join(import.meta.dirname, '../..');
    // Below the root, so that packages are found as they are from the real folder.
    const folder = await mkdtemp(join(root, '.replay-'));
    try {
      await cp(join(root, 'workflows'), join(folder, 'workflows'), { recursive: true });
      await symlink(join(root, 'src'), join(folder, 'src'));
      const path = join(folder, 'workflows', file);
      const before = await readFile(path, 'utf8');
      const after = before.replace(find, put);
      expect(after).not.toBe(before);
      await writeFile(path, after);
      const replayed = await Promise.allSettled(
        (await savedHistories()).map((name) => replay(join(folder, 'workflows/index.ts'), name)),
      );
      const refusals = replayed.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(refusals.length).toBeGreaterThan(0);
      for (const refusal of refusals) expect(refusal).toBeInstanceOf(DeterminismViolationError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** The journeys whose histories are kept in test/histories, one file each. */
const JOURNEYS: Record<string, (phone: string) => Promise<string>> = {
  async asleep(phone) {
    const { lead_id } = await product.refer({ telefone: phone });
    await inStage(product, lead_id, 'waiting');
    return lead_id;
  },
  async 'known-contact'(phone) {
    const first = await JOURNEYS.asleep?.(phone);
    await product.call('POST', '/v1/conversions', { lead_id: first });
    await inStage(product, first ?? '', 'closed');
    return (await JOURNEYS.asleep?.(phone)) ?? '';
  },
  async 'joined-and-reworked'(phone) {
    const leadId = (await JOURNEYS.asleep?.(phone)) ?? '';
    await product.refer({ telefone: phone, consultor: product.sandbox.chatwoot.agents[1]?.name });
    await until(
      async () =>
        (await product.lead(leadId)).timeline.filter((e: { kind: string }) => e.kind === 'asleep').length ===
        2,
    );
    await product.call('POST', `/v1/leads/${leadId}/rework-now`);
    await inStage(product, leadId, 'closed');
    return leadId;
  },
  async 'opted-out'(phone) {
    const leadId = (await JOURNEYS.asleep?.(phone)) ?? '';
    viewOf(product, phone).says('SAIR');
    await inStage(product, leadId, 'closed');
    return leadId;
  },
  async 'held-and-opted-out'(phone) {
    return whileHeld(phone, (leadId) => product.call('POST', `/v1/leads/${leadId}/opt-out`));
  },
  async 'held-and-converted'(phone) {
    return whileHeld(phone, (leadId) => product.call('POST', '/v1/conversions', { lead_id: leadId }));
  },
};

/** A lead whose first message waits for its number, and what ends it meanwhile. */
async function whileHeld(phone: string, end: (leadId: string) => Promise<unknown>): Promise<string> {
  const { channels } = (await product.call('GET', '/v1/channels')).body;
  await product.call('PATCH', `/v1/channels/${channels[0].id}`, { state: 'paused' });
  try {
    const { lead_id } = await product.refer({ telefone: phone });
    await until(async () => kindsOf(await product.lead(lead_id)).includes('send_held'));
    await end(lead_id);
    await inStage(product, lead_id, 'closed');
    return lead_id;
  } finally {
    await product.call('PATCH', `/v1/channels/${channels[0].id}`, { state: 'active' });
  }
}

/** `SAVE_HISTORIES=1 npm test -- histories`: writes them anew, after a change to the workflows that was meant. */
async function saveHistories(): Promise<void> {
  await mkdir(HISTORIES, { recursive: true });
  let number = 10;
  for (const [name, live] of Object.entries(JOURNEYS)) {
    const leadId = await live(`119855500${number++}`);
    const handle = product.client.workflow.getHandle(leadId);
    if (name !== 'asleep' && name !== 'known-contact') {
      await until(async () => (await handle.describe()).status.name !== 'RUNNING');
    }
    const { stdout } = await promisify(execFile)(
      process.env.LEAD_FLOW_TEMPORAL_CLI ?? 'temporal',
      [
        'workflow',
        'show',
        '--workflow-id',
        leadId,
        '--address',
        temporalAddress().address,
        '--output',
        'json',
      ],
      { maxBuffer: 32 * 1024 * 1024 },
    );
    const anonymous = stdout.replace(/"\d+@[^"]*"/g, '"worker"');
    await writeFile(join(HISTORIES, `${name}.json`), `${JSON.stringify(JSON.parse(anonymous))}\n`);
  }
}

const savedHistories = async () =>
  (await readdir(HISTORIES)).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : [])).sort();

async function replay(workflowsPath: string, name: string): Promise<void> {
  const history = JSON.parse(await readFile(join(HISTORIES, `${name}.json`), 'utf8'));
  await Worker.runReplayHistory({ workflowsPath }, history, name);
}
