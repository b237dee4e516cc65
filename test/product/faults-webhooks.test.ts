import { randomUUID } from 'node:crypto';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { historyOf } from '../harness/workflow-history.ts';
import { applyEvents, change, postChatwoot, postWhatsApp, status, text } from '../inbox/webhooks.ts';

/** Leads wake in three days, or as soon as a test wants it. */
let wakeIn = 3 * 86_400_000;

const product = suiteProduct({ wakeAt: () => new Date(Date.now() + wakeIn) });
afterEach(() => {
  wakeIn = 3 * 86_400_000;
  const { whatsapp, chatwoot } = product.sandbox;
  whatsapp.clearFaults();
  chatwoot.clearFaults();
  whatsapp.setBehaviour({ readRate: 1, delays: { sentMs: 30, deliveredMs: 60, readMs: 90 } });
});

const refer = async (telefone: string): Promise<string> => (await product.refer({ telefone })).lead_id;
const countOf = async (leadId: string, kind: string) =>
  kindsOf(await product.lead(leadId)).filter((one) => one === kind).length;
const notesOf = (phone: string, words: string) =>
  viewOf(product, phone)
    .conversations()
    .flatMap(({ messages }) => messages.filter(({ content }) => content.includes(words)));

const toldTo = async (leadId: string) => (await historyOf(product.client, leadId)).told;

test('failed, then delivered, while the worker is away: the lead goes on, and is reworked', async () => {
  const { whatsapp } = product.sandbox;
  whatsapp.setBehaviour({ readRate: 0, delays: { deliveredMs: 3_600_000 } });
  const person = viewOf(product, '11960010009');
  const leadId = await refer('11960010009');
  await inStage(product, leadId, 'waiting');
  await until(async () => (await product.lead(leadId)).messages[0]?.state === 'sent');
  await product.stopWorker();
  const { wamid } = person.sends()[0]!;
  const hear = async (reached: string, over = {}) => {
    expect(await postWhatsApp(product, change({ statuses: [status(wamid, reached, null, over)] }))).toBe(200);
    await applyEvents(product);
  };
  await hear('failed', { errors: [{ code: 131_026 }] });
  expect(await product.lead(leadId)).toMatchObject({ attention: 'send_failed' });
  await hear('delivered');
  await product.startWorker();
  expect(await product.call('POST', `/v1/leads/${leadId}/rework-now`)).toMatchObject({ status: 202 });
  await until(() => person.sends().length === 2);
  expect(await product.lead(leadId)).toMatchObject({ rework: { count: 1 }, attention: null });
});

describe('read, then delivered, then sent, all before the answer of the send itself', () => {
  test('the message is read, its attempt accepted, nothing sent twice, no step left out; at D+3 the same', async () => {
    wakeIn = 6_000;
    const { whatsapp } = product.sandbox;
    whatsapp.setBehaviour({ delays: { readMs: 0, deliveredMs: 100, sentMs: 200 } });
    whatsapp.addFault({ match: { path: '/messages' }, kind: 'latency', when: 'after', ms: 2_500, times: 2 });
    const person = viewOf(product, '11960010001');
    const leadId = await refer('11960010001');
    const readBeforeAnswer = (stage: string) =>
      until(
        async () => {
          const { messages } = await product.lead(leadId);
          const message = messages.find((one: { stage: string }) => one.stage === stage);
          // An answer that has not been given yet has no status in the sandbox's record.
          return message?.state === 'read' && person.sendCalls().at(-1)?.status === null && message;
        },
        { state: () => product.lead(leadId) },
      );
    const first = await readBeforeAnswer('main');
    expect(first.attempts).toMatchObject([{ try: 1, state: 'accepted', settled_by: 'status' }]);
    await until(() => person.sends()[0]?.statuses.length === 3);
    expect(person.sends()[0]?.statuses.map(({ status }) => status)).toEqual(['read', 'delivered', 'sent']);
    const asleep = await inStage(product, leadId, 'waiting');
    expect(kindsOf(asleep)).toEqual([
      'received',
      'contact_created',
      'conversation_created',
      'referral_noted',
      'template_sent',
      'asleep',
    ]);
    expect(asleep.messages).toMatchObject([{ state: 'read', attempts: [{ try: 1, state: 'accepted' }] }]);

    await readBeforeAnswer('rework');
    const lead = await inStage(product, leadId, 'closed');
    expect(lead).toMatchObject({ outcome: 'not_converted', attention: null, rework: { count: 1 } });
    expect(lead.messages).toMatchObject([
      { stage: 'main', state: 'read', attempts: [{ try: 1, state: 'accepted' }] },
      { stage: 'rework', state: 'read', attempts: [{ try: 1, state: 'accepted' }] },
    ]);
    expect(kindsOf(lead).slice(6)).toEqual([
      'checked',
      'conversation_created',
      'template_sent',
      'rework_labelled',
      'contact_updated',
      'closed',
    ]);
    expect(person.sendCalls().map(({ status, effect }) => [status, effect])).toEqual([
      [200, true],
      [200, true],
    ]);
    expect(person.sends()).toHaveLength(2);
    expect(person.conversations().map(({ labels }) => labels)).toEqual([[], ['retrabalho_api_oficial']]);
  });
});

describe('the same webhook 100 times at once', () => {
  /** All 100 are told 200. */
  const hundredfold = async (send: (copy: number) => Promise<number>) => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, copy) => send(copy)));
    expect(answers).toEqual(Array(100).fill(200));
  };
  const everythingApplied = () =>
    until(async () => {
      const [left] = await product.query<{ count: number }>(
        `select count(*) from inbox_event where state <> 'applied'`,
      );
      return left?.count === 0;
    });

  test('a reply to a rework: kept once, told once, the lead closed once', async () => {
    product.sandbox.whatsapp.setBehaviour({ readRate: 0 });
    const leadId = await refer('11960020001');
    await inStage(product, leadId, 'waiting');
    await product.call('POST', `/v1/leads/${leadId}/rework-now`);
    await until(async () => (await countOf(leadId, 'contact_updated')) > 0);
    const reply = text('5511960020001', 'Pode me ligar?');
    await hundredfold(() => postWhatsApp(product, reply));
    const lead = await inStage(product, leadId, 'closed');
    await everythingApplied();
    expect(lead.outcome).toBe('not_converted');
    const incoming = lead.messages.filter((m: { direction: string }) => m.direction === 'in');
    expect(incoming).toMatchObject([{ body: 'Pode me ligar?' }]);
    expect([await countOf(leadId, 'replied'), await countOf(leadId, 'closed')]).toEqual([1, 1]);
    expect((await toldTo(leadId)).filter((word) => word === 'reply')).toHaveLength(1);
    expect(viewOf(product, '11960020001').sendCalls()).toHaveLength(2);
  });

  test('an opt-out: cancelled once, labelled once, noted once', async () => {
    const phone = '11960020002';
    const leadId = await refer(phone);
    await inStage(product, leadId, 'waiting');
    const { id } = viewOf(product, phone).conversations()[0]!;
    product.sandbox.chatwoot.clearCalls();
    const stop = text('5511960020002', 'SAIR');
    await hundredfold(() => postWhatsApp(product, stop));
    expect(await inStage(product, leadId, 'closed')).toMatchObject({ outcome: 'opted_out' });
    await until(() => notesOf(phone, 'pediu descadastro').length > 0);
    await everythingApplied();
    const writes = product.sandbox.chatwoot
      .calls()
      .filter(({ method, path }) => method === 'POST' && path.includes(`/conversations/${id}/`));
    expect(writes.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(['labels', 'messages']);
    expect(viewOf(product, phone).conversations()).toMatchObject([{ labels: ['descadastrado'] }]);
    expect([await countOf(leadId, 'opted_out'), await countOf(leadId, 'closed')]).toEqual([1, 1]);
    expect((await historyOf(product.client, leadId)).cancels).toBe(1);
    expect(viewOf(product, phone).sendCalls()).toHaveLength(1);
  });

  test('a number without WhatsApp: one note, and no rework', async () => {
    const phone = '11960020003';
    // It has not arrived yet: what has arrived cannot fail any more.
    product.sandbox.whatsapp.setBehaviour({ readRate: 0, delays: { deliveredMs: 3_600_000 } });
    const leadId = await refer(phone);
    await inStage(product, leadId, 'waiting');
    const [sent] = viewOf(product, phone).sends();
    const failure = {
      id: sent?.wamid,
      status: 'failed',
      timestamp: String(Math.floor(Date.now() / 1_000)),
      recipient_id: '5511960020003',
      biz_opaque_callback_data: sent?.attemptId,
      errors: [{ code: 131026, title: 'Message undeliverable' }],
    };
    await hundredfold(() => postWhatsApp(product, change({ statuses: [failure] })));
    await until(() => notesOf(phone, 'não tem WhatsApp').length > 0);
    await everythingApplied();
    expect(await product.lead(leadId)).toMatchObject({ stage: 'closed', outcome: 'no_whatsapp' });
    expect(notesOf(phone, 'não tem WhatsApp')).toHaveLength(1);
    expect(await toldTo(leadId)).toEqual(['failed']);
    expect(viewOf(product, phone).sendCalls()).toHaveLength(1);
  });

  test('a sale told by Chatwoot, under one delivery id and under many: converted once', async () => {
    const leadId = await refer('11960020004');
    const { chatwoot } = await inStage(product, leadId, 'waiting');
    const labelled = { event: 'conversation_updated', id: chatwoot.conversation_id, labels: ['convertido'] };
    const delivery = randomUUID();
    await hundredfold((copy) =>
      postChatwoot(product, labelled, { delivery: copy < 50 ? delivery : randomUUID() }),
    );
    expect(await inStage(product, leadId, 'closed')).toMatchObject({ outcome: 'converted' });
    await everythingApplied();
    expect([await countOf(leadId, 'converted'), await countOf(leadId, 'closed')]).toEqual([1, 1]);
    expect(await toldTo(leadId)).toEqual(['conversion']);
  });
});
