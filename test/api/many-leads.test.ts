import { BOARD_COLUMNS } from '../../src/contract/lead.ts';
import { readBoard } from '../../src/db/board.ts';
import type { Query, TenantRows } from '../../src/db/database.ts';
import { readLeadLines } from '../../src/db/lead-lines.ts';
import { type LeadFilter, listLeads } from '../../src/db/lead-list.ts';
import { readLeadPage } from '../../src/db/lead-page.ts';
import { makeManyLeads } from '../harness/many-leads.ts';
import { suiteProduct } from '../harness/suite-product.ts';

// A hundred thousand leads: how PostgreSQL looks for some of them, not how long it takes.

const product = suiteProduct({ worker: false });
beforeAll(async () => {
  await makeManyLeads(product.databaseUrl, product.tenantId, 100_000);
}, 120_000);

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Node[];
};
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** What `work` gives, and how each of its statements goes through the tables that grow. */
async function planned<Result>(work: (rows: TenantRows) => Promise<Result>) {
  const asked: [sql: string, values: readonly unknown[]][] = [];
  const result = await product.database.tenant(product.tenantId, (rows) => {
    const query: Query = (sql, values = []) => {
      asked.push([sql, values]);
      return rows.query(sql, values);
    };
    return work({ ...rows, query });
  });
  const nodes: Node[] = [];
  for (const [sql, values] of asked) {
    const [row] = await product.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
      `explain (format json) ${sql}`,
      values,
    );
    for (const { Plan } of row?.['QUERY PLAN'] ?? []) nodes.push(...nodesOf(Plan));
  }
  return {
    result,
    indexes: new Set(nodes.map((node) => node['Index Name']).filter((name) => name !== undefined)),
    scanned: nodes
      .filter((node) => node['Node Type'] === 'Seq Scan' && GROWING.includes(node['Relation Name'] ?? ''))
      .map((node) => node['Relation Name']),
  };
}
const GROWING = ['lead', 'person', 'person_identity', 'referral', 'message', 'send_attempt', 'lead_event'];

test('the board counts by its index, and reads no more leads than it shows', async () => {
  const { result, indexes, scanned } = await planned((rows) => readBoard(rows, BOARD_COLUMNS, 30));
  expect(scanned).toEqual([]);
  expect(indexes).toContain('lead_board');
  expect(result.columns.map(({ count }) => count)).toEqual([
    5_000, 10_000, 15_000, 5_000, 5_000, 10_000, 20_000, 15_000, 15_000,
  ]);
  expect(result.columns.every(({ leads }) => leads.length === 30)).toBe(true);
});

const LATER = { createdAt: '2026-06-01T00:00:00.000000Z', id: '01990000-0000-7000-8000-000000000000' };

test.each<[Omit<LeadFilter, 'limit'>, string, number]>([
  [{}, 'lead_newest', 50],
  [{ after: LATER }, 'lead_newest', 50],
  [{ column: 'rework' }, 'lead_board', 50],
  [{ column: 'not_converted', after: LATER }, 'lead_board', 50],
  [{ stage: 'rework' }, 'lead_newest_open', 50],
  [{ stage: 'closed' }, 'lead_newest', 50],
  [{ outcome: 'opted_out' }, 'lead_outcome', 50],
  [{ outcome: 'erased' }, 'lead_outcome', 0],
  [{ open: true }, 'lead_newest_open', 50],
  [{ open: false }, 'lead_newest', 50],
  [{ attention: true }, 'lead_board', 50],
  [{ attention: false }, 'lead_newest', 50],
  [{ consultant: 'consultor 7' }, 'lead_consultant', 50],
  [{ consultant: 'ninguém' }, 'lead_consultant', 0],
  [{ phones: ['+5511960005000', '+551160005000'] }, 'person_identity_pkey', 1],
  [{ phones: ['+5511960005000', '+551160005000'] }, 'referral_phone', 1],
  [{ phones: ['+5511960005000', '+551160005000'], column: 'new' }, 'lead_pkey', 1],
  [{ ownerPhones: ['+5511960005000', '+551160005000'] }, 'person_identity_pkey', 1],
  [{ phones: ['+5511960005010', '+551160005010'], open: true }, 'person_identity_pkey', 0],
  [{ from: new Date(Date.now() - 9e9), until: new Date(Date.now() - 8.9e9) }, 'lead_newest', 50],
  [{ text: 'João' }, 'lead_newest', 50],
  [{ text: 'joão conceição' }, 'lead_newest', 50],
  [{ text: 'nobody of this name' }, '', 0],
  [{ text: '11 96000-4321' }, 'lead_person', 1],
  [{ text: '10000000000070' }, 'lead_person', 1],
  [{ text: 'p500@exemplo' }, 'lead_person', 1],
  [{ text: 'zz' }, 'lead_newest', 0],
  [{ text: 'silva', column: 'waiting' }, 'lead_board', 50],
])('a list of %j', async (filter, index, found) => {
  const { result, indexes, scanned } = await planned((rows) => listLeads(rows, { ...filter, limit: 50 }));
  expect(scanned).toEqual([]);
  if (index) expect(indexes).toContain(index);
  expect(result.leads).toHaveLength(found);
});

test('people are searched by an index, which a policy would keep from them', async () => {
  const plan = async (role: string) => {
    const [row] = await product.database.tenant(product.tenantId, async ({ query }) => {
      await query(`set local role ${role}`);
      return query<{ 'QUERY PLAN': { Plan: Node }[] }>(
        `explain (format json) select id from person where tenant_id = current_tenant() and search like '%conceicao%'`,
      );
    });
    return nodesOf(row!['QUERY PLAN'][0]!.Plan).flatMap((node) => node['Index Name'] ?? []);
  };
  expect(await plan('leadflow_dispatch')).toContain('person_search');
  expect(await plan('leadflow_app')).not.toContain('person_search');
});

test("a lead's page, and lines by their ids", async () => {
  const ids = (await product.query<{ id: string }>('select id from lead order by created_at limit 3')).map(
    ({ id }) => id,
  );
  const page = await planned((rows) => readLeadPage(rows, ids[0] ?? ''));
  expect([page.scanned, page.result?.id]).toEqual([[], ids[0]]);
  const lines = await planned((rows) => readLeadLines(rows, [...ids].reverse()));
  expect([lines.scanned, lines.result.map(({ id }) => id)]).toEqual([[], [...ids].reverse()]);
});

test('what follows of itself from a message looks its lead up by key', async () => {
  const read = await product.database.tenant(product.tenantId, async ({ query }) => {
    const messages = await query<{ id: string }>(
      `select m.id from message m where m.direction = 'out' order by m.id limit 20`,
    );
    // The statistics that the server keeps are of whole transactions; these are of this one.
    const scans = async () => {
      const [row] = await query<{ scans: number }>(
        `select sum(seq_scan)::int as scans from pg_stat_xact_user_tables
         where relname = any (array['lead', 'message', 'person', 'referral', 'live_change'])`,
      );
      return row?.scans ?? 0;
    };
    const ids = messages.map(({ id }) => id);
    await query('update message set sent_at = null where id = any ($1)', [ids]);
    const before = await scans();
    await query('update message set sent_at = now() where id = any ($1)', [ids]);
    await query(
      `insert into message (tenant_id, lead_id, person_id, channel_id, direction, stage, kind, state)
       select tenant_id, lead_id, person_id, channel_id, 'in', stage, 'text', 'received'
       from message where id = any ($1)`,
      [ids],
    );
    return { messages: ids.length, scans: (await scans()) - before };
  });
  expect(read).toEqual({ messages: 20, scans: 0 });
});
