import { randomUUID } from 'node:crypto';
import { identitiesOf } from '../../src/db/identities.ts';
import { noteIdentities } from '../../src/db/names.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { beginSend } from '../harness/sends.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import {
  applyEvents,
  change,
  conversation,
  postChatwoot,
  postWhatsApp,
  status,
  text,
} from '../inbox/webhooks.ts';

const product = suiteProduct({ worker: false });

const get = (path: string) => product.call('GET', path);
const list = async (query: Record<string, string> = {}) => {
  const { status, body } = await get(`/v1/events?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body as {
    events: { id: number; kind: string; outcome: string | null }[];
    next_cursor: string | null;
  };
};
const replay = (id: number | string) => product.call('POST', `/v1/events/${id}/replay`);
const applyAll = async () => {
  while ((await applyEvents(product)) > 0);
};

describe('the list', () => {
  /** Events by a name for the test, oldest first; stored as they are, without a webhook. */
  const ids: Record<string, number> = {};
  beforeAll(async () => {
    const rows: [string, string, string, string, string | null, string | null, string][] = [
      ['old', 'whatsapp', 'status', 'applied', 'updated', null, '2026-03-01T02:59:59Z'],
      ['said', 'whatsapp', 'message', 'applied', 'replied', null, '2026-03-01T03:00:00Z'],
      ['label', 'chatwoot', 'conversation_updated', 'applied', 'converted', null, '2026-03-01T12:00:00Z'],
      ['broken', 'whatsapp', 'message', 'dead', null, 'no such day', '2026-03-02T02:59:59Z'],
      ['later', 'evolution', 'messages.upsert', 'pending', null, null, '2026-03-02T03:00:00Z'],
    ];
    for (const [name, source, kind, state, outcome, error, at] of rows) {
      const [row] = await product.query<{ id: number }>(
        `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload, state, outcome, error,
           received_at, due_at, applied_at, attempts)
         values ($1, $2, $1, $3, $4, '{"name":"x"}', $5, $6, $7, $8, now() + interval '1 day',
           case when $5 = 'applied' then $8::timestamptz end, 1) returning id`,
        [product.tenantId, source, name, kind, state, outcome, error, at],
      );
      ids[name] = Number(row?.id);
    }
  });
  const names = async (query: Record<string, string>) =>
    (await list(query)).events.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id));

  test.each<[Record<string, string>, string[]]>([
    [{}, ['later', 'broken', 'label', 'said', 'old']],
    [{ source: 'whatsapp' }, ['broken', 'said', 'old']],
    [{ source: 'chatwoot' }, ['label']],
    [{ source: 'evolution' }, ['later']],
    [{ state: 'pending' }, ['later']],
    [{ state: 'dead' }, ['broken']],
    [{ state: 'applied', source: 'whatsapp' }, ['said', 'old']],
    [{ outcome: 'converted' }, ['label']],
    [{ outcome: '', kind: '' }, ['later', 'broken', 'label', 'said', 'old']],
    [{ kind: 'message' }, ['broken', 'said']],
    [{ kind: `'; drop table lead; --` }, []],
    // A day is one of the tenant's, in São Paulo.
    [{ from: '2026-03-01', until: '2026-03-01' }, ['broken', 'label', 'said']],
    [{ until: '2026-03-01T00:00' }, ['old']],
    [{ from: '2026-03-02T03:00:00Z' }, ['later']],
  ])('%j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('a line, and the event with what it brought', async () => {
    const line = {
      id: ids.broken,
      source: 'whatsapp',
      kind: 'message',
      state: 'dead',
      outcome: null,
      attempts: 1,
      error: 'no such day',
      received_at: '2026-03-02T02:59:59.000Z',
      applied_at: null,
      due_at: expect.stringMatching(/^\d{4}-.*Z$/),
    };
    expect((await list({ state: 'dead' })).events).toEqual([line]);
    const { status, body } = await get(`/v1/events/${ids.broken}`);
    expect([status, body]).toEqual([200, { ...line, payload: { name: 'x' } }]);
  });

  test('in pages, while others come in', async () => {
    const first = await list({ limit: '2' });
    await product.query(
      `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload, due_at)
       values ($1, 'whatsapp', $1, 'newer', 'status', '{}', now() + interval '1 day')`,
      [product.tenantId],
    );
    const second = await list({ limit: '2', cursor: String(first.next_cursor) });
    const third = await list({ limit: '2', cursor: String(second.next_cursor) });
    expect([first, second, third].flatMap(({ events }) => events.map(({ id }) => id))).toEqual(
      ['later', 'broken', 'label', 'said', 'old'].map((name) => ids[name]),
    );
    expect(third.next_cursor).toBeNull();
    await product.query(`delete from inbox_event where dedupe_key = 'newer'`);
  });

  test.each([
    ['source=meta', 'source'],
    ['state=failed', 'state'],
    ['from=yesterday', 'from'],
    ['until=2026-02-30', 'until'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['cursor=x', 'cursor'],
    [`cursor=${Buffer.from('event -1').toString('base64url')}`, 'cursor'],
    [`kind=${'x'.repeat(201)}`, 'kind'],
    ['outcome=a&outcome=b', 'outcome'],
    ['stage=main', 'stage'],
  ])('%s: 400 that names it, in Portuguese', async (query, field) => {
    const { status, headers, body } = await get(`/v1/events?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_query']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.errors).toEqual([
      { field, code: expect.any(String), message: expect.not.stringMatching(/invalid|expected|too/i) },
    ]);
  });

  test.each(['0', '-1', '1.5', 'x', '99999999', '9'.repeat(30), '%20'])('no event %s: 404', async (id) => {
    for (const answer of [await get(`/v1/events/${id}`), await replay(id)]) {
      expect([answer.status, answer.body.code, answer.body.title]).toEqual([
        404,
        'event_not_found',
        'Não há evento com este id.',
      ]);
    }
  });

  test('each tenant sees its own', async () => {
    const other = await addTenant(product);
    expect((await other.call('GET', '/v1/events')).body).toEqual({ events: [], next_cursor: null });
    expect((await other.call('GET', `/v1/events/${ids.broken}`)).status).toBe(404);
    expect((await other.call('POST', `/v1/events/${ids.broken}/replay`)).status).toBe(404);
    expect((await get(`/v1/events/${ids.broken}`)).body.state).toBe('dead');
    expect((await product.call('GET', '/v1/events', undefined, { authorization: '' })).status).toBe(401);
  });
});

describe('replay', () => {
  const newest = async () => (await list({ limit: '1' })).events[0]!;

  test('a dead event is due at once, with all its attempts before it, and is applied when its cause is gone', async () => {
    const { lead_id } = await product.refer({ telefone: '11987656001' });
    await postWhatsApp(product, text('5511987656001', 'quero'));
    const { id } = await newest();
    await product.query(
      `update inbox_event set state = 'dead', attempts = 12, error = 'x', due_at = now() + interval '1 day' where id = $1`,
      [id],
    );
    expect(await applyEvents(product)).toBe(0);
    const { status, body } = await replay(id);
    expect([status, body]).toMatchObject([202, { id, state: 'pending', attempts: 0, error: null }]);
    expect(Date.parse(body.due_at)).toBeLessThanOrEqual(Date.now() + 1_000);
    const again = await replay(id);
    expect([again.status, again.body.code]).toEqual([409, 'event_pending']);
    expect(await applyEvents(product)).toBe(1);
    expect((await get(`/v1/events/${id}`)).body).toMatchObject({
      state: 'applied',
      outcome: 'replied',
      attempts: 1,
      payload: { text: 'quero' },
    });
    expect((await product.lead(lead_id)).messages).toHaveLength(1);
  });

  test('of all that was ever applied: no effect twice', async () => {
    const from = new Date().toISOString();
    const phone = '11987656002';
    const waId = '5511987656002';
    const { lead_id: leadId } = await product.refer({ telefone: phone });
    const { attemptId } = await beginSend(product, leadId);
    await product.database.tenant(product.tenantId, async (rows) => {
      const [lead] = await rows.query<{ person_id: string }>(
        'update lead set chatwoot_contact_id = 7, chatwoot_conversation_id = 70 where id = $1 returning person_id',
        [leadId],
      );
      const contact = identitiesOf(createSealing(product.secretKey), rows.tenantId, { chatwootContact: 7 });
      await noteIdentities(rows.query, String(lead?.person_id), contact);
    });
    const wamid = `wamid.${randomUUID()}`;
    for (const reached of ['sent', 'delivered', 'read']) {
      await postWhatsApp(product, change({ statuses: [status(wamid, reached, attemptId)] }));
    }
    await postWhatsApp(product, text(waId, 'quero saber'));
    await postWhatsApp(product, text(waId, 'botão', { context: { id: wamid } }));
    await postChatwoot(product, { ...conversation(70), labels: ['convertido'], meta: { sender: { id: 7 } } });
    const other = await product.refer({ telefone: '11987656003' });
    const failing = await beginSend(product, other.lead_id);
    const errors = [{ code: 131026 }];
    await postWhatsApp(
      product,
      change({ statuses: [status('wamid.failing', 'failed', failing.attemptId, { errors })] }),
    );
    const third = await product.refer({ telefone: '11987656004' });
    await postWhatsApp(product, text('5511987656004', 'SAIR'));
    await applyAll();

    const state = async () => ({
      rows: { ...(await countRows(product.query)), engine_outbox: null },
      leads: await Promise.all([leadId, other.lead_id, third.lead_id].map((id) => product.lead(id))),
      // A journey that is cancelled twice is cancelled: that word alone may be left again.
      words: await product.query(
        `select lead_id, kind, payload, count(*) filter (where kind <> 'cancel') as times
         from engine_outbox group by 1, 2, 3 order by 1, 2, 3`,
      ),
    });
    const before = await state();
    const events = (await list({ from, limit: '200' })).events;
    expect(events.length).toBeGreaterThanOrEqual(8);
    for (const { id } of events) expect((await replay(id)).status).toBe(202);
    await applyAll();
    const replayed = (await list({ limit: '200' })).events.filter(({ id }) =>
      events.some((e) => e.id === id),
    );
    expect(replayed).toMatchObject(events.map(() => ({ state: 'applied', attempts: 1 })));
    expect(await state()).toEqual(before);
  });

  test('the worker hears of it', async () => {
    await postWhatsApp(product, change({ anything: 1 }, 'some_field'));
    const { id } = await newest();
    await applyAll();
    await product.startWorker();
    const appliedAt = async () =>
      (await get(`/v1/events/${id}`)).body as { state: string; applied_at: string };
    const first = await appliedAt();
    expect((await replay(id)).status).toBe(202);
    await until(async () => {
      const now = await appliedAt();
      return now.state === 'applied' && now.applied_at > first.applied_at;
    });
    const [poison] = await product.query<{ id: number }>(
      `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload)
       values ($1, 'whatsapp', $1, 'poison', 'message', '{"wamid":"x","at":"some day"}') returning id`,
      [product.tenantId],
    );
    const failing = await until(async () => {
      const { body } = await get(`/v1/events/${poison?.id}`);
      return body.error ? body : null;
    });
    expect(failing).toMatchObject({ state: 'pending', attempts: expect.any(Number), outcome: null });
    const metrics = await (await fetch(`${product.workerUrl()}/metrics`)).text();
    expect(metrics).toMatch(/^lead_flow_events_failed_total\{source="whatsapp"\} [1-9]/m);
  });
});
