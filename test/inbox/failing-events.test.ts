import { randomUUID } from 'node:crypto';
import { openDatabase } from '../../src/db/database.ts';
import { MOST_ATTEMPTS } from '../../src/db/inbox.ts';
import { attemptAccepted } from '../../src/db/sends.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, postWhatsApp, status, text } from './webhooks.ts';

const product = suiteProduct({ worker: false });

type Event = {
  id: number;
  state: string;
  outcome: string | null;
  attempts: number;
  error: string | null;
  seconds: number;
};
const referred = async (telefone: string) => (await product.refer({ telefone })).lead_id as string;

describe('an event that cannot be applied', () => {
  /** Stores an event whose payload no table takes, in the middle of what is good. */
  const poison = async () =>
    (
      await product.query<{ id: number }>(
        `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload)
         values ($1, 'whatsapp', $1, $2, 'message', $3) returning id`,
        [
          product.tenantId,
          randomUUID(),
          JSON.stringify({
            wamid: randomUUID(),
            waId: '5511987657401',
            userId: null,
            type: 'text',
            text: 'oi',
            buttonPayload: null,
            contextWamid: null,
            at: 'some day',
          }),
        ],
      )
    )[0]!.id;
  const eventOf = async (id: number) =>
    (
      await product.query<Event>(
        `select state, outcome, attempts, error, extract(epoch from due_at - now())::float as seconds
         from inbox_event where id = $1`,
        [id],
      )
    )[0]!;

  test('holds up no other, comes again later each time, and ends where a person can read why', async () => {
    const leadId = await referred('11987657401');
    await postWhatsApp(product, text('5511987657401', 'antes'));
    const id = await poison();
    await postWhatsApp(product, text('5511987657401', 'depois'));
    expect(await applyEvents(product)).toBe(3);
    expect((await product.lead(leadId)).messages.map(({ body }: { body: string }) => body).sort()).toEqual([
      'antes',
      'depois',
    ]);
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
      const event = await eventOf(id);
      expect(event).toMatchObject({
        state: 'pending',
        outcome: null,
        attempts: attempt,
        error: expect.stringContaining('some day'),
      });
      const wait = Math.min(600, 2 ** (attempt - 1));
      expect(event.seconds).toBeGreaterThan(wait - 1);
      expect(event.seconds).toBeLessThanOrEqual(wait);
      if (wait > 1) expect(await applyEvents(product)).toBe(0);
      await product.query('update inbox_event set due_at = now() where id = $1', [id]);
      expect(await applyEvents(product)).toBe(1);
    }
    expect(await eventOf(id)).toMatchObject({
      state: 'dead',
      attempts: MOST_ATTEMPTS,
      error: expect.stringContaining('some day'),
    });
    await product.query('update inbox_event set due_at = now() where id = $1', [id]);
    expect(await applyEvents(product)).toBe(0);
    const [backlog] = await product.query('select dead_events from backlog()');
    expect(backlog).toEqual({ dead_events: 1 });
  });

  test('a status among good ones: the others move', async () => {
    const [good, bad] = [await referred('11987657402'), await referred('11987657403')];
    const sends = [await beginSend(product, good), await beginSend(product, bad)] as const;
    // No two messages have one wamid.
    await product.database.tenant(product.tenantId, (rows) =>
      attemptAccepted(rows, sends[0].attemptId, 'wamid.taken'),
    );
    const statuses = [
      status('wamid.taken', 'delivered', sends[0].attemptId),
      status('wamid.taken', 'sent', sends[1].attemptId),
      status('wamid.taken', 'read', sends[0].attemptId),
    ];
    await postWhatsApp(product, change({ statuses }));
    expect(await applyEvents(product)).toBe(3);
    expect((await product.lead(good)).messages).toMatchObject([{ state: 'read' }]);
    expect((await product.lead(bad)).messages).toMatchObject([
      { state: 'queued', attempts: [{ state: 'begun' }] },
    ]);
    const waiting = await product.query(`select attempts, error from inbox_event where state = 'pending'`);
    expect(waiting).toEqual([{ attempts: 1, error: expect.stringContaining('message_wamid') }]);
    await product.query(`delete from inbox_event where state = 'pending'`);
  });
});

test('several workers at once apply each event once', async () => {
  const leads = await Promise.all(Array.from({ length: 10 }, (_, i) => referred(`1198765750${i}`)));
  const messages = Array.from({ length: 700 }, (_, n) => ({
    from: `551198765750${n % 10}`,
    id: `wamid.crowd-${n}`,
    timestamp: '1790000000',
    type: 'text',
    text: { body: `${n}` },
  }));
  for (let n = 0; n < 700; n += 100)
    await postWhatsApp(product, change({ messages: messages.slice(n, n + 100) }));
  const workers = Array.from({ length: 3 }, () => openDatabase(product.databaseUrl, { connections: 2 }));
  const pending = async () =>
    (await product.query<{ n: number }>(`select count(*) as n from inbox_event where state = 'pending'`))[0]
      ?.n;
  try {
    // Bounded, as a pass that takes nothing must fail and not go on for ever.
    for (let pass = 0; pass < 40 && (await pending()); pass++)
      await Promise.all(workers.map((database) => applyEvents(product, database)));
  } finally {
    for (const database of workers) await database.close();
  }
  const [events] = await product.query(
    `select count(*) as n, min(attempts) as least, max(attempts) as most from inbox_event where dedupe_key like 'message:wamid.crowd-%'`,
  );
  expect(events).toEqual({ n: 700, least: 1, most: 1 });
  for (const leadId of leads) {
    const words = await product.query(`select from engine_outbox where lead_id = $1 and kind = 'signal'`, [
      leadId,
    ]);
    expect(words).toHaveLength(70);
    const { timeline } = await product.lead(leadId);
    expect(timeline.filter(({ kind }: { kind: string }) => kind === 'replied')).toHaveLength(70);
  }
});
