import fc from 'fast-check';
import { attemptAccepted, decideAttempt } from '../../src/db/sends.ts';
import { advance, type DeliveryState } from '../../src/domain/delivery.ts';
import { closeLead } from '../harness/leads.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, postWhatsApp, status } from './webhooks.ts';

const product = suiteProduct({ worker: false });
let count = 0;

/** A message whose call has been begun, under a wamid of its own. */
async function sending(stage: 'main' | 'rework' = 'main') {
  const { lead_id: leadId } = await product.refer();
  const send = await beginSend(product, leadId, stage);
  await product.query('delete from engine_outbox where lead_id = $1', [leadId]);
  return { ...send, leadId, stage, wamid: `wamid.s-${count++}` };
}
type Sending = Awaited<ReturnType<typeof sending>>;
const accepted = ({ attemptId, wamid }: Sending) =>
  product.database.tenant(product.tenantId, (rows) => attemptAccepted(rows, attemptId, wamid));
const said = ({ wamid, attemptId }: Sending, reached: string, over: Record<string, unknown> = {}) =>
  status(
    wamid,
    reached,
    attemptId,
    reached === 'failed' ? { errors: [{ code: 131026, title: 'Undeliverable' }], ...over } : over,
  );
/** Posts statuses in one webhook and applies them. */
async function hear(...statuses: Record<string, unknown>[]) {
  expect(await postWhatsApp(product, change({ statuses }))).toBe(200);
  await applyEvents(product);
}
const messageOf = async ({ leadId, messageId }: Sending) =>
  (await product.lead(leadId)).messages.find((message: { id: string }) => message.id === messageId);
const words = ({ leadId }: Sending) =>
  product.query('select kind, payload from engine_outbox where lead_id = $1 order by id', [leadId]);
const outcomes = async (wamid: string) =>
  (
    await product.query<{ outcome: string }>(
      `select outcome from inbox_event where payload ->> 'wamid' = $1 order by id`,
      [wamid],
    )
  ).map(({ outcome }) => outcome);

describe('whatever the order', () => {
  const STATUSES = ['sent', 'delivered', 'read', 'failed'] as const;
  const rank = (...heard: DeliveryState[]) => heard.reduce(advance, 'queued');
  const inOrder = (message: Record<string, string | null>) => {
    const times = ['sent_at', 'delivered_at', 'read_at'].map((name) => message[name]).filter(Boolean);
    expect(times).toEqual([...times].sort());
  };

  test('three messages, any statuses, in any batches, the own answer anywhere among them', async () => {
    const reached = fc.record({
      of: fc.nat({ max: 2 }),
      what: fc.constantFrom(...STATUSES, 'answer' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(reached, { maxLength: 4 }), { maxLength: 5 }), async (batches) => {
        const messages = [await sending(), await sending('rework'), await sending()];
        for (const batch of batches) {
          for (const { of } of batch.filter(({ what }) => what === 'answer')) await accepted(messages[of]!);
          const statuses = batch.filter(({ what }) => what !== 'answer');
          if (statuses.length > 0) await hear(...statuses.map(({ of, what }) => said(messages[of]!, what)));
        }
        for (const [n, message] of messages.entries()) {
          const heard = batches
            .flat()
            .filter(({ of }) => of === n)
            .map(({ what }) => what);
          const expected = rank(...heard.map((what) => (what === 'answer' ? 'sent' : what)));
          const found = await messageOf(message);
          expect([heard, found.state]).toEqual([heard, expected]);
          expect(found.attempts).toMatchObject([{ state: heard.length === 0 ? 'begun' : 'accepted' }]);
          expect(found.read_at !== null).toBe(heard.includes('read'));
          expect(found.delivered_at !== null).toBe(heard.includes('read') || heard.includes('delivered'));
          expect(found.failed_at !== null).toBe(heard.includes('failed'));
          inOrder(found);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('all orders of all four, each told alone, as told at once', async () => {
    const orders = STATUSES.flatMap((a) =>
      STATUSES.flatMap((b) => STATUSES.flatMap((c) => STATUSES.map((d) => [a, b, c, d]))),
    ).filter((order) => new Set(order).size === 4);
    expect(orders).toHaveLength(24);
    const alone = await Promise.all(orders.map(() => sending()));
    const atOnce = await Promise.all(orders.map(() => sending()));
    for (let step = 0; step < 4; step++) {
      await hear(...alone.map((message, n) => said(message, orders[n]![step]!)));
      for (const [n, message] of alone.entries()) {
        expect((await messageOf(message)).state).toBe(rank(...orders[n]!.slice(0, step + 1)));
      }
    }
    await hear(...atOnce.flatMap((message, n) => orders[n]!.map((reached) => said(message, reached))));
    for (const message of atOnce) expect(await messageOf(message)).toMatchObject({ state: 'read' });
  });

  test('read before delivered: delivered as well; a later one changes no time', async () => {
    const message = await sending();
    await hear(said(message, 'read', { timestamp: '1790000300' }));
    const found = await messageOf(message);
    expect(found).toMatchObject({
      state: 'read',
      read_at: '2026-09-21T14:18:20.000Z',
      delivered_at: '2026-09-21T14:18:20.000Z',
    });
    await hear(
      said(message, 'delivered', { timestamp: '1790000200' }),
      said(message, 'sent', { timestamp: '1790000100' }),
    );
    await accepted(message);
    expect(await messageOf(message)).toEqual(found);
  });

  test('failed after sent: the reason is kept and the workflow told, once', async () => {
    const message = await sending();
    await accepted(message);
    const errors = [
      { code: 131026, title: 'Message undeliverable', error_data: { details: 'Sem WhatsApp.' } },
    ];
    await hear(said(message, 'failed', { errors }));
    expect(await messageOf(message)).toMatchObject({
      state: 'failed',
      error_code: 131026,
      error_text: 'Sem WhatsApp.',
    });
    await hear(said(message, 'sent'));
    expect(await words(message)).toEqual([
      {
        kind: 'signal',
        payload: { type: 'failed', referralId: message.referralId, stage: 'main', errorClass: 'no_whatsapp' },
      },
    ]);
  });

  test('failed, and delivered after all: nobody has to look any more, and the workflow hears of both', async () => {
    const message = await sending();
    await accepted(message);
    await hear(said(message, 'failed'));
    expect(await product.lead(message.leadId)).toMatchObject({ attention: 'send_failed' });
    await hear(said(message, 'delivered'));
    const lead = await product.lead(message.leadId);
    expect(lead).toMatchObject({ attention: null, messages: [{ state: 'delivered', error_code: 131026 }] });
    expect(lead.timeline).toContainEqual(expect.objectContaining({ kind: 'arrived_after_all', detail: {} }));
    expect(await words(message)).toMatchObject([
      { payload: { type: 'failed' } },
      { payload: { type: 'delivery', stage: 'main', state: 'delivered', recovered: true } },
    ]);
    await hear(said(message, 'read'));
    expect(await words(message)).toHaveLength(2);
  });

  test('of two that failed one arrived: somebody still has to look', async () => {
    const first = await sending();
    const rework = { ...first, ...(await beginSend(product, first.leadId, 'rework')), wamid: 'wamid.two' };
    await hear(said(first, 'failed'), said(rework, 'failed'));
    await hear(said(first, 'read'));
    expect(await product.lead(first.leadId)).toMatchObject({ attention: 'send_failed' });
    await hear(said(rework, 'read'));
    expect(await product.lead(first.leadId)).toMatchObject({ attention: null });
  });

  test('closed as without WhatsApp, and delivered after all: it stays closed, and says so', async () => {
    const message = await sending();
    await hear(said(message, 'failed'));
    await product.query(
      `update lead set stage = 'closed', outcome = 'no_whatsapp', closed_at = now(), attention = null where id = $1`,
      [message.leadId],
    );
    const told = (await words(message)).length;
    await hear(said(message, 'delivered'));
    const lead = await product.lead(message.leadId);
    expect(lead).toMatchObject({ stage: 'closed', outcome: 'not_converted' });
    expect(lead.timeline).toContainEqual(
      expect.objectContaining({ kind: 'arrived_after_all', detail: { closed_as: 'no_whatsapp' } }),
    );
    expect(await words(message)).toHaveLength(told);
  });

  test('a rework message that arrives is told to the workflow, a first one is not', async () => {
    const [main, rework] = [await sending(), await sending('rework')];
    for (const message of [main, rework]) await accepted(message);
    await hear(said(main, 'delivered'), said(rework, 'delivered'));
    await hear(said(main, 'sent'), said(rework, 'sent'));
    await hear(said(main, 'read'), said(rework, 'read'));
    expect(await words(main)).toEqual([]);
    const told = { type: 'delivery', referralId: rework.referralId, stage: 'rework' };
    expect(await words(rework)).toEqual([
      { kind: 'signal', payload: { ...told, state: 'delivered' } },
      { kind: 'signal', payload: { ...told, state: 'read' } },
    ]);
  });
});

describe('a status and the attempt it names', () => {
  test('before the answer of the send was recorded: the attempt is settled, the workflow told', async () => {
    const message = await sending();
    await hear(said(message, 'delivered'));
    expect(await messageOf(message)).toMatchObject({
      state: 'delivered',
      wamid: message.wamid,
      attempts: [{ state: 'accepted', settled_by: 'status', ended_at: expect.any(String) }],
    });
    expect(await words(message)).toEqual([
      { kind: 'signal', payload: { type: 'settled', attemptId: message.attemptId } },
    ]);
    await accepted(message);
    expect(await messageOf(message)).toMatchObject({ state: 'delivered', wamid: message.wamid });
    await hear(said(message, 'read'));
    expect(await words(message)).toHaveLength(1);
  });

  test('two tries of one message, in one webhook: each attempt learns of its own', async () => {
    const first = await sending();
    await product.database.tenant(product.tenantId, (rows) =>
      decideAttempt(rows, first.attemptId, 'not_sent', 'silence'),
    );
    const second = { ...first, ...(await beginSend(product, first.leadId)), wamid: `${first.wamid}-again` };
    expect(second.messageId).toBe(first.messageId);
    await hear(said(first, 'sent'), said(second, 'delivered'));
    expect(await messageOf(first)).toMatchObject({
      state: 'delivered',
      attempts: [
        { try: 1, state: 'accepted', settled_by: 'status' },
        { try: 2, state: 'accepted', settled_by: 'status' },
      ],
    });
    expect(await words(first)).toEqual([
      { kind: 'signal', payload: { type: 'settled', attemptId: second.attemptId } },
    ]);
  });

  test('without naming it: found by the wamid', async () => {
    const message = await sending();
    await accepted(message);
    await hear(status(message.wamid, 'read', null));
    expect(await messageOf(message)).toMatchObject({ state: 'read' });
  });

  test('of a message nobody knows, of an attempt nobody made: kept as such, and nothing else', async () => {
    await hear(
      status('wamid.nobody', 'read', null),
      status('wamid.elsewhere', 'read', '0198c1e8-0000-7000-8000-000000000000'),
    );
    expect([await outcomes('wamid.nobody'), await outcomes('wamid.elsewhere')]).toEqual([
      ['unknown_message'],
      ['unknown_message'],
    ]);
  });

  test('of a closed lead: the message moves, no workflow is told', async () => {
    const message = await sending();
    await closeLead(product, message.leadId);
    await hear(said(message, 'failed'));
    expect(await messageOf(message)).toMatchObject({ state: 'failed' });
    expect(await words(message)).toEqual([]);
  });

  test('131050: the person has stopped such messages, under all their names', async () => {
    const message = await sending();
    const over = { errors: [{ code: 131050 }], recipient_user_id: 'BR.4242', recipient_id: '5511900000000' };
    await hear(said(message, 'failed', over));
    expect(await words(message)).toContainEqual({ kind: 'cancel', payload: {} });
    const { person_id } = (
      await product.query<{ person_id: string }>('select person_id from lead where id = $1', [message.leadId])
    )[0]!;
    const [names] = await product.query(
      `select count(*) filter (where i.kind = 'bsuid') as bsuid, bool_and(s.hash is not null) as all_stopped
       from person_identity i left join suppression s on s.hash = i.hash where i.person_id = $1`,
      [person_id],
    );
    expect(names).toEqual({ bsuid: 1, all_stopped: true });
  });
});
