import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { surroundings } from '../harness/surroundings.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');
const BOARD = '0005_board.sql';

const name = `lead_flow_backfill_${randomBytes(5).toString('hex')}`;
let owner: Client;
beforeAll(async () => {
  await asAdmin(`create database ${name}`);
  owner = new Client({
    connectionString: Object.assign(new URL(surroundings().postgresUrl), { pathname: name }).href,
  });
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await asAdmin(`drop database ${name}`);
});

async function asAdmin(sql: string): Promise<void> {
  const admin = new Client({ connectionString: surroundings().postgresUrl });
  await admin.connect();
  await admin.query(sql).finally(() => admin.end());
}
const migrate = async (file: string) => owner.query(await readFile(join(MIGRATIONS, file), 'utf8'));

test('leads that are there when the board comes stand where they would have', async () => {
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql') && file < BOARD).sort();
  for (const file of files) await migrate(file);
  const tenant = randomUUID();
  await owner.query('begin');
  await owner.query('set local role leadflow_app');
  await owner.query(`select set_config('lead_flow.tenant', $1, true)`, [tenant]);
  for (const sql of ROWS) await owner.query(sql);
  await owner.query('commit');

  await migrate(BOARD);

  await owner.query('begin');
  await owner.query('set local role leadflow_app');
  await owner.query(`select set_config('lead_flow.tenant', $1, true)`, [tenant]);
  const { rows } = await owner.query(
    `select consultant_name as lead, board_column as column, messaged_at is not null as messaged,
       replied_at = '2026-11-20T13:00:00Z' as replied from lead order by 1`,
  );
  await owner.query('rollback');
  expect(rows).toEqual([
    { lead: 'asleep', column: 'waiting', messaged: true, replied: null },
    { lead: 'closed', column: 'not_converted', messaged: false, replied: null },
    { lead: 'fresh', column: 'new', messaged: false, replied: null },
    { lead: 'merged', column: null, messaged: false, replied: null },
    { lead: 'went on', column: 'contacted', messaged: true, replied: true },
  ]);
  const { rows: forced } = await owner.query(
    `select from pg_class where relname in ('lead', 'message') and relrowsecurity and relforcerowsecurity`,
  );
  expect(forced).toHaveLength(2);
});

const lead = (named: string, more = '', values = '') =>
  `with p as (insert into person (tenant_id, name) values (current_tenant(), 'Ana') returning id)
   insert into lead (tenant_id, person_id, flow_id, flow_version, origin, status_value, consultant_name, created_at${more})
   select current_tenant(), p.id, f.id, 1, 'api_oficial', 'qualificado', '${named}', '2026-11-20T12:00:00Z'${values}
   from p, flow f`;
const message = (of: string, direction: string, kind: string, at: string) =>
  `insert into message (tenant_id, lead_id, person_id, channel_id, direction, stage, kind, state, sent_at)
   select l.tenant_id, l.id, l.person_id, c.id, '${direction}', 'main', '${kind}', 'sent', '${at}'
   from lead l, channel c where l.consultant_name = '${of}'`;

const ROWS = [
  `insert into tenant (id, name) values (current_tenant(), 'x')`,
  `insert into chatwoot_connection (tenant_id, base_url, account_id, token_sealed, webhook_key_hash)
   values (current_tenant(), 'http://127.0.0.1:9', 1, 'x', 'x')`,
  `insert into channel (tenant_id, kind, name, base_url, instance, token_sealed, app_secrets_sealed, webhook_key_hash,
     chatwoot_inbox_id) values (current_tenant(), 'evolution', 'x', 'http://127.0.0.1:9', 'x', 'x', 'x', 'y', 1)`,
  `insert into flow (tenant_id, name, source) values (current_tenant(), 'x', 'api_oficial')`,
  `insert into flow_version (tenant_id, flow_id, version, channel_id, chatwoot_connection_id, definition)
   select f.tenant_id, f.id, 1, c.id, w.id, '{}' from flow f, channel c, chatwoot_connection w`,
  lead('fresh'),
  lead('asleep', ', stage', `, 'waiting'`),
  lead('closed', ', stage, outcome, closed_at', `, 'closed', 'not_converted', now()`),
  lead('went on'),
  lead(
    'merged',
    ', stage, outcome, closed_at, merged_into',
    `, 'closed', 'merged', now(),
    (select id from lead where consultant_name = 'went on')`,
  ),
  message('asleep', 'out', 'template', '2026-11-20T12:00:05Z'),
  message('asleep', 'in', 'reaction', '2026-11-20T13:00:00Z'),
  message('merged', 'out', 'template', '2026-11-20T12:00:05Z'),
  message('merged', 'in', 'text', '2026-11-20T13:00:00Z'),
];
