import { Client } from 'pg';
import { conversationSweepActivities } from '../../activities/conversation-sweep.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { createContact, createConversation } from '../../src/providers/chatwoot/client.ts';
import { until } from '../harness/product.ts';
import { inStage } from '../harness/sandbox-views.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents } from '../inbox/webhooks.ts';
import { activityDependencies } from './activity-dependencies.ts';

const product = suiteProduct();
beforeAll(async () => {
  product.sandbox.chatwoot.setWebhookFaults({ lose: 1 });
});

let people = 0;
/** A lead asleep, of whose conversation no webhook tells us anything. */
async function asleep() {
  people++;
  const telefone = `1197444${String(people).padStart(4, '0')}`;
  const { lead_id } = await product.refer({ telefone });
  const lead = await inStage(product, lead_id, 'waiting');
  return { leadId: lead_id as string, telefone, conversationId: lead.chatwoot.conversation_id as number };
}

/** Sweeps as the worker does, and says how each connection ended. */
async function sweep() {
  const ends: string[] = [];
  const { sweepConversations } = conversationSweepActivities({
    ...activityDependencies(product),
    onSwept: (source, end) => ends.push(`${source} ${end}`),
  });
  return { ...(await sweepConversations()), ends };
}
const sweptUntil = async () => {
  const [connection] = await product.query<{ at: Date | null }>(
    'select swept_until as at from chatwoot_connection',
  );
  return connection?.at ?? null;
};
const DONE = { connections: 1, failed: 0, ends: ['chatwoot done'] };

test('a label set while its webhook was lost converts the lead after the sweep', async () => {
  const { leadId, conversationId } = await asleep();
  product.sandbox.chatwoot.setLabels(conversationId, ['convertido']);
  await product.client.schedule.getHandle(`${product.taskQueue}-sweep`).trigger();
  const lead = await inStage(product, leadId, 'closed');
  expect(lead).toMatchObject({ outcome: 'converted' });
  expect(lead.timeline).toContainEqual(
    expect.objectContaining({ kind: 'converted', detail: { source: 'chatwoot_label' } }),
  );
  const metrics = () => fetch(`${product.workerUrl()}/metrics`).then((answer) => answer.text());
  await until(async () =>
    (await metrics()).includes('lead_flow_sweeps_total{source="chatwoot",end="done"} 1'),
  );
});

describe('what was lost is found', () => {
  beforeAll(() => product.stopWorker());
  afterAll(() => product.startWorker());

  const outcomes = async () => {
    const events = await product.query<{ outcome: string }>(
      `select outcome from inbox_event where dedupe_key like 'sweep:%' order by id`,
    );
    return events.map(({ outcome }) => outcome);
  };

  test('once, however often it is looked for', async () => {
    await product.startWorker();
    const lead = await asleep();
    const stopped = await asleep();
    await product.stopWorker();
    await sweep();
    await applyEvents(product);
    const before = await outcomes();
    const { chatwoot } = product.sandbox;
    chatwoot.setLabels(lead.conversationId, ['vip', 'adiar-7d']);
    const post = (conversationId: number, content: string, over = {}) =>
      chatwoot.postMessage({ conversationId, content, ...over });
    for (let n = 0; n < 30; n++) post(lead.conversationId, `nota ${n}`, { private: true });
    post(lead.conversationId, 'Oi, sou a Ana', { agentId: 11 });
    post(lead.conversationId, 'Oi, Ana', { incoming: true });
    post(stopped.conversationId, 'SAIR', { incoming: true });
    post(stopped.conversationId, 'obrigado', { incoming: true });

    expect(await sweep()).toEqual({ ...DONE, stored: 3 });
    expect(await sweep()).toEqual({ ...DONE, stored: 0 });
    await applyEvents(product);
    expect((await outcomes()).slice(before.length)).toEqual(['labelled', 'opted_out', 'agent_wrote']);
    expect(await sweep()).toEqual({ ...DONE, stored: 0 });
    expect((await product.refer({ telefone: stopped.telefone })).status).toBe('opted_out');
    chatwoot.setLabels(lead.conversationId, ['vip', 'adiar-7d', 'x']);
    expect(await sweep()).toEqual({ ...DONE, stored: 1 });
  });

  test('in our inbox also of somebody who is no lead, by the last they wrote; nothing else is asked for', async () => {
    const { url: baseUrl, accountId, token, inboxId } = product.sandbox.chatwoot;
    const c = { baseUrl, accountId, token };
    const fields = { inboxId, name: 'Estranha', phone: '+5511974449999', identifier: 'crm:9' };
    const { id: contactId } = await createContact(c, fields);
    const { id: conversationId } = await createConversation(c, { inboxId, contactId });
    product.sandbox.chatwoot.postMessage({ conversationId, content: 'parar', incoming: true });
    product.sandbox.chatwoot.clearCalls();
    expect(await sweep()).toMatchObject({ stored: 1 });
    const calls = product.sandbox.chatwoot.calls().map(({ path }) => path);
    expect(calls.filter((path) => path.includes(`/conversations/${conversationId}`))).toEqual([]);
    await applyEvents(product);
    expect((await product.refer({ telefone: '11974449999' })).status).toBe('opted_out');
  });

  test('again when storing failed: only what is stored counts as seen', async () => {
    const before = await sweptUntil();
    expect(before).not.toBeNull();
    const [lead] = await product.query<{ id: number }>(
      `select chatwoot_conversation_id as id from lead where chatwoot_conversation_id is not null limit 1`,
    );
    product.sandbox.chatwoot.setLabels(Number(lead?.id), ['nao-retrabalhar']);
    const owner = new Client({ connectionString: product.databaseUrl });
    await owner.connect();
    try {
      await owner.query('alter function receive_events rename to receive_no_events');
      expect(await sweep()).toMatchObject({ failed: 1, stored: 0, ends: ['chatwoot failed'] });
      expect(await sweptUntil()).toEqual(before);
    } finally {
      await owner.query('alter function receive_no_events rename to receive_events');
      await owner.end();
    }
    expect(await sweep()).toEqual({ ...DONE, stored: 1 });
    expect(Number(await sweptUntil())).toBeGreaterThan(Number(before));
  });

  test('up to when it began to look: what comes while it looks is looked for the next time', async () => {
    product.sandbox.chatwoot.clearCalls();
    product.sandbox.chatwoot.addFault({ kind: 'latency', ms: 1_000 });
    expect(await sweep()).toMatchObject(DONE);
    const [first] = product.sandbox.chatwoot.calls();
    expect(Number(await sweptUntil())).toBeLessThanOrEqual(Date.parse(String(first?.at)));
  });

  test('when the token is right again; a connection that fails stops no other, nor moves on itself', async () => {
    const other = await addTenant(product);
    const before = await sweptUntil();
    const sealed = createSealing(product.secretKey).seal('wrong');
    const [right] = await product.query<{ token: Buffer }>(
      'select token_sealed as token from chatwoot_connection',
    );
    const use = (token: Buffer) => product.query('update chatwoot_connection set token_sealed = $1', [token]);
    await use(sealed);
    const refused = await sweep();
    expect(refused).toMatchObject({ connections: 2, failed: 2, stored: 0 });
    expect(refused.ends.sort()).toEqual(['chatwoot failed', 'chatwoot unauthorized']);
    expect(await sweptUntil()).toEqual(before);
    await use(right!.token);
    const mended = await sweep();
    expect(mended).toMatchObject({ connections: 2, failed: 1 });
    expect(Number(await sweptUntil())).toBeGreaterThan(Number(before));
    expect(await other.query('select swept_until from chatwoot_connection')).toEqual([{ swept_until: null }]);
  });

  test('from some minutes before it was last looked for, not from the beginning', async () => {
    product.sandbox.chatwoot.clearCalls();
    await product.query(`update chatwoot_connection set swept_until = now() - interval '1 hour'`);
    await sweep();
    const asked = product.sandbox.chatwoot.calls().map(({ path }) => new URL(path, 'http://x').searchParams);
    const within = asked.map((query) => query.get('updated_within')).filter((seconds) => seconds !== null);
    expect(Number(within[0])).toBeGreaterThanOrEqual(70 * 60);
    expect(Number(within[0])).toBeLessThan(71 * 60);
  });
});
