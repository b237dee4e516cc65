import { BOARD_COLUMNS, type BoardColumn, board, leadList, leadPage } from '../../src/contract/lead.ts';
import { noteAgentWrote } from '../../src/db/conversations.ts';
import type { TenantRows } from '../../src/db/database.ts';
import { closeLead, enterStage, planWake } from '../../src/db/journeys.ts';
import { clearAttention } from '../../src/db/lead-actions.ts';
import { mergePeople } from '../../src/db/merging.ts';
import { attemptAccepted } from '../../src/db/sends.ts';
import { askForAttention } from '../../src/db/steps.ts';
import type { Outcome } from '../../src/domain/lead.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, postWhatsApp, status, text } from '../inbox/webhooks.ts';
import { asAgreed } from './agreed.ts';

const product = suiteProduct({ worker: false });

const readBoard = async (query = '') =>
  asAgreed(board, (await product.call('GET', `/v1/board${query}`)).body);
const columnOf = async (leadId: string) => asAgreed(leadPage, await product.lead(leadId)).column;
/** Does what the worker does with a lead's rows. */
const does = <Result>(work: (rows: TenantRows) => Promise<Result>) =>
  product.database.tenant(product.tenantId, work);

let people = 0;
async function lead(): Promise<{ id: string; from: string }> {
  const digits = `8764${String(1_000 + people++)}`;
  const { lead_id } = await product.refer({ telefone: `119${digits}` });
  return { id: lead_id, from: `55119${digits}` };
}
const now = () => ({ timestamp: String(Math.floor(Date.now() / 1000)) });
async function hear(body: unknown): Promise<void> {
  expect(await postWhatsApp(product, body)).toBe(200);
  await applyEvents(product);
}
async function leaves(leadId: string, stage: 'main' | 'rework' = 'main') {
  const { attemptId } = await beginSend(product, leadId, stage);
  const wamid = `wamid.${attemptId}`;
  await does((rows) => attemptAccepted(rows, attemptId, wamid));
  return { attemptId, wamid };
}

test('no lead: every column is there, in its order, and empty', async () => {
  const { columns, cursor } = await readBoard();
  expect(columns).toEqual(
    BOARD_COLUMNS.map((column) => ({ column, count: 0, leads: [], next_cursor: null })),
  );
  expect(cursor).toMatch(/^\d+\/\d+\/\d+:\d+:/);
});

describe('where a lead stands', () => {
  test('from its coming to its end', async () => {
    const { id, from } = await lead();
    const seen = [await columnOf(id)];
    const then = async (work: Promise<unknown>) => {
      await work;
      seen.push(await columnOf(id));
    };
    await then(beginSend(product, id));
    await product.query('update send_attempt set state = $2 where lead_id = $1', [id, 'not_sent']);
    await then(leaves(id));
    await then(does((rows) => planWake(rows, id, new Date('2030-01-01'))));
    await then(hear(text(from, 'Oi', now())));
    await then(does((rows) => askForAttention(rows, id, 'send_failed')));
    await then(does((rows) => clearAttention(rows, id)));
    await then(does((rows) => enterStage(rows, id, 'rework')));
    await then(does((rows) => askForAttention(rows, id, 'send_failed')));
    await then(does((rows) => closeLead(rows, id, 'not_converted', null)));
    await then(product.call('POST', '/v1/conversions', { lead_id: id }));
    expect(seen).toEqual([
      'new',
      'new',
      'contacted',
      'waiting',
      'contacted',
      'attention',
      'contacted',
      'rework',
      'attention',
      'not_converted',
      'converted',
    ]);
  });

  test.each<[Outcome, BoardColumn | null]>([
    ['converted', 'converted'],
    ['not_converted', 'not_converted'],
    ['opted_out', 'opted_out'],
    ['no_whatsapp', 'no_whatsapp'],
    ['erased', null],
  ])('closed as %s: %s, whatever asked for attention', async (outcome, column) => {
    const { id } = await lead();
    await does((rows) => askForAttention(rows, id, 'send_failed'));
    await does((rows) => closeLead(rows, id, outcome, null));
    expect(await columnOf(id)).toBe(column);
  });

  test.each<[Outcome, BoardColumn | null]>([
    ['not_converted', 'attention'],
    ['converted', 'converted'],
    ['opted_out', 'opted_out'],
    ['erased', null],
  ])('of who asked for a talk, closed as %s: %s', async (outcome, column) => {
    const { id } = await lead();
    await does((rows) => askForAttention(rows, id, 'wants_to_talk'));
    await does((rows) => closeLead(rows, id, outcome, null));
    expect(await columnOf(id)).toBe(column);
  });

  test('whoever asks for a talk once their lead is closed is seen, and listed, until somebody has seen to it', async () => {
    const { id, from } = await lead();
    const { wamid } = await leaves(id);
    await does((rows) => closeLead(rows, id, 'converted', null));
    const button = {
      type: 'button',
      text: undefined,
      button: { payload: `talk:${id}`, text: 'Quero falar' },
    };
    await hear(text(from, '', { ...now(), ...button, context: { id: wamid } }));
    const listed = async (filter: string) =>
      (await product.call('GET', `/v1/leads?${filter}`)).body.leads.some(
        (one: { id: string }) => one.id === id,
      );
    const seen = async () => [
      await columnOf(id),
      await listed('attention=true'),
      await listed('attention=false'),
      await listed('outcome=converted'),
    ];
    expect(await seen()).toEqual(['attention', true, false, true]);
    await does((rows) => clearAttention(rows, id));
    expect(await seen()).toEqual(['converted', false, true, true]);
  });

  test('a message left also where only its status says so', async () => {
    const { id } = await lead();
    const { attemptId } = await beginSend(product, id);
    await hear(change({ statuses: [status('wamid.by-status', 'delivered', attemptId, now())] }));
    expect(await columnOf(id)).toBe('contacted');
  });

  test('a reaction is no reply, nor is what was said before the lead came', async () => {
    const { id, from } = await lead();
    const { wamid } = await leaves(id);
    await does((rows) => planWake(rows, id, new Date('2030-01-01')));
    await hear(
      text(from, '', {
        ...now(),
        type: 'reaction',
        text: undefined,
        reaction: { message_id: wamid, emoji: '👍' },
      }),
    );
    await hear(text(from, 'Oi', { timestamp: '1700000000' }));
    const page = await product.lead(id);
    expect([page.column, page.replied_at, page.messages.length]).toEqual(['waiting', null, 3]);
    await hear(text(from, 'Oi', now()));
    expect(await columnOf(id)).toBe('contacted');
  });

  test('a reply that is told late takes nothing back', async () => {
    const { id, from } = await lead();
    await product.query(`update lead set created_at = now() - interval '1 hour' where id = $1`, [id]);
    const said = async (secondsAgo: number) => {
      await hear(text(from, 'Oi', { timestamp: String(Math.floor(Date.now() / 1_000) - secondsAgo) }));
      return (await product.lead(id)).replied_at;
    };
    const last = await said(60);
    expect(Date.now() - Date.parse(last)).toBeLessThan(120_000);
    expect(await said(600)).toBe(last);
  });

  test.each([
    ['since', 1_000, 'contacted'],
    ['before', -60_000, 'waiting'],
  ])('an agent who wrote %s the lead came', async (_, afterMs, column) => {
    const { id } = await lead();
    await does((rows) => planWake(rows, id, new Date('2030-01-01')));
    await product.query(`update lead set created_at = now() - interval '5 minutes' where id = $1`, [id]);
    const [{ at } = { at: 0 }] = await product.query<{ at: number }>(
      'select extract(epoch from created_at)::float8 as at from lead where id = $1',
      [id],
    );
    const wrote = { at: new Date(at * 1000 + afterMs).toISOString(), agentId: 1, zone: 'America/Sao_Paulo' };
    await does((rows) => noteAgentWrote(rows, [id], wrote));
    expect(await columnOf(id)).toBe(column);
  });

  test('of two leads that become one, the one that goes on has been replied to, too', async () => {
    const [older, younger] = [await lead(), await lead()];
    await leaves(younger.id);
    await hear(text(younger.from, 'Oi', now()));
    const personOf = async (id: string) =>
      (await product.query<{ id: string }>('select person_id as id from lead where id = $1', [id]))[0]?.id ??
      '';
    const [kept, gone] = [await personOf(older.id), await personOf(younger.id)];
    await does((rows) => mergePeople(rows, kept, gone));
    expect([await columnOf(older.id), await columnOf(younger.id)]).toEqual(['contacted', null]);
    const [dates] = await product.query<{ both: boolean }>(
      'select messaged_at is not null and replied_at is not null as both from lead where id = $1',
      [older.id],
    );
    expect(dates).toEqual({ both: true });
  });
});

describe('the answer', () => {
  test('counts all, shows the newest, and the list goes on from there', async () => {
    const other = await addTenant(product);
    const all: string[] = [];
    for (let i = 0; i < 5; i++) {
      const phone = `1198763400${i}`;
      const { body } = await other.call('POST', '/v1/leads', {
        nome: 'Ana',
        telefone: phone,
        consultor: 'Zé',
        status_indicacao: 'qualificado',
      });
      all.unshift(body.lead_id);
    }
    await other.query('update lead set attention = null');
    const { body } = await other.call('GET', '/v1/board?limit=2');
    const fresh = asAgreed(board, body).columns[0];
    expect(fresh).toMatchObject({ column: 'new', count: 5 });
    expect(fresh?.leads.map(({ id }) => id)).toEqual(all.slice(0, 2));
    const query = new URLSearchParams({ column: 'new', cursor: fresh?.next_cursor ?? '' });
    const rest = asAgreed(leadList, (await other.call('GET', `/v1/leads?${query}`)).body);
    expect(rest.leads.map(({ id }) => id)).toEqual(all.slice(2));
    const whole = asAgreed(board, (await other.call('GET', '/v1/board?limit=5')).body).columns[0];
    expect([whole?.leads.length, whole?.next_cursor]).toEqual([5, null]);
    await other.query(`update lead set stage = 'rework' where id = $1`, [all[0]]);
    const counts = (await other.call('GET', '/v1/board?limit=2')).body.columns.map(
      ({ count }: { count: number }) => count,
    );
    expect(counts).toEqual([4, 0, 0, 1, 0, 0, 0, 0, 0]);
  });

  test('a line has the state of the newest message, the reply, and where the conversation is', async () => {
    const { id, from } = await lead();
    const { attemptId, wamid } = await leaves(id);
    await product.query(
      'update lead set chatwoot_contact_id = 7, chatwoot_conversation_id = 70 where id = $1',
      [id],
    );
    await hear(change({ statuses: [status(wamid, 'read', attemptId, now())] }));
    const said = now();
    await hear(text(from, 'Oi', said));
    const { columns } = await readBoard();
    const line = columns.flatMap(({ leads }) => leads).find((one) => one.id === id);
    const { url, accountId } = product.sandbox.chatwoot;
    expect(line).toMatchObject({
      column: 'contacted',
      message_state: 'read',
      chatwoot: { contact_id: 7, conversation_id: 70 },
      links: { conversation: `${url}/app/accounts/${accountId}/conversations/70` },
    });
    const late = Date.parse(line?.replied_at ?? '') - Number(said.timestamp) * 1000;
    expect(late >= 0 && late < 60_000).toBe(true);
    await leaves(id, 'rework');
    expect((await product.lead(id)).message_state).toBe('sent');
  });

  test('the cursor is the moment of the rows: what was committed by then it has seen, the rest not', async () => {
    const { id } = await lead();
    const { columns, cursor } = await readBoard('?limit=100');
    const snapshot = cursor.split('/')[2];
    expect(columns.flatMap(({ leads }) => leads).some((line) => line.id === id)).toBe(true);
    const [before] = await product.query<{ seen: boolean }>(
      'select pg_visible_in_snapshot(xmin::text::xid8, $2::pg_snapshot) as seen from lead where id = $1',
      [id, snapshot],
    );
    const [after] = await product.query<{ seen: boolean }>(
      'select pg_visible_in_snapshot(pg_current_xact_id(), $1::pg_snapshot) as seen',
      [snapshot],
    );
    expect([before?.seen, after?.seen]).toEqual([true, false]);
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'limits=3', 'column=new'])('%s: 400', async (query) => {
    const { status: code, body } = await product.call('GET', `/v1/board?${query}`);
    expect([code, body.code]).toEqual([400, 'invalid_query']);
  });

  test('another tenant sees none of it', async () => {
    const other = await addTenant(product);
    const { columns } = asAgreed(board, (await other.call('GET', '/v1/board')).body);
    expect(columns.every(({ count }) => count === 0)).toBe(true);
  });
});
