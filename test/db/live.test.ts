import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { ROWS_WRITTEN } from '../../src/db/database.ts';
import { changesSince, forgetSeen, liveCursor } from '../../src/db/live.ts';
import { hasWritten } from '../../src/db/writing.ts';
import { startForgetting } from '../../src/worker/forgetting.ts';
import { until } from '../harness/product.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

const kept = async () => {
  const [row] = await product.query<{ count: number }>('select count(*) as count from live_change');
  return row?.count ?? 0;
};
const since = (cursor: string) =>
  product.database.tenant(product.tenantId, (rows) => changesSince(rows, cursor));
const cursorNow = () => product.database.tenant(product.tenantId, liveCursor);
/** What a piece of work leaves for open pages. */
async function noted(work: () => Promise<unknown>) {
  const cursor = await cursorNow();
  const result = await work();
  const changes = await since(cursor);
  return { result, leads: changes?.leads.sort(), kinds: changes?.kinds.sort() };
}

describe('what is noted for open pages', () => {
  const one = async (sql: string, values: unknown[] = []) =>
    (await product.query<{ id: string }>(sql, values))[0]?.id;
  let leadId: string;
  let stranger: string;
  beforeAll(async () => {
    leadId = (await product.refer()).lead_id;
    stranger = (await product.refer()).lead_id;
  });

  test('a referral notes its lead, once, and nothing else', async () => {
    const { result, ...changes } = await noted(() => product.refer());
    expect(changes).toEqual({ leads: [(result as { lead_id: string }).lead_id], kinds: [] });
    const [{ rows } = { rows: 0 }] = await product.query<{ rows: number }>(
      `select count(*) as rows from live_change where lead_id = $1`,
      [(result as { lead_id: string }).lead_id],
    );
    expect(rows).toBe(1);
  });

  test.each<[string, string]>([
    [
      'its person is named anew',
      `update person set name = 'Outro nome' where id = (select person_id from lead where id = $1)`,
    ],
    [
      'its timeline grows',
      `insert into lead_event (tenant_id, lead_id, stage, kind, at) values (current_tenant(), $1, 'main', 'test', now())`,
    ],
    [
      'a step of it ends',
      `with begun as (select 1) update lead_event set at = clock_timestamp() where lead_id = $1 and kind = 'test'`,
    ],
    [
      'a message comes',
      `insert into message (tenant_id, lead_id, person_id, channel_id, direction, stage, kind, state)
       select l.tenant_id, l.id, l.person_id, c.id, 'in', 'main', 'text', 'received' from lead l, channel c where l.id = $1`,
    ],
    ['a message gets further', `update message set state = 'read' where lead_id = $1`],
    [
      'an attempt is found not to have left',
      `with m as (select * from message where lead_id = $1 limit 1),
       a as (select uuidv7() as id)
       insert into send_attempt (tenant_id, id, message_id, lead_id, referral_id, channel_id, stage, try)
       select m.tenant_id, a.id, m.id, m.lead_id, l.referral_id, m.channel_id, 'main', 1 from m, a, lead l where l.id = $1`,
    ],
  ])('%s', async (name, sql) => {
    const changes = await noted(async () => {
      await product.query(sql, [leadId]);
      if (name.startsWith('an attempt')) {
        await product.query(`update send_attempt set state = 'not_sent' where lead_id = $1`, [leadId]);
      }
    });
    expect(changes.leads).toEqual([leadId]);
    expect(changes.kinds).toEqual([]);
  });

  test.each<[string, string]>([
    [
      'a step that is only begun',
      `insert into lead_event (tenant_id, lead_id, stage, kind, step) values (current_tenant(), $1, 'main', 'test', 'x')`,
    ],
    [
      'a person who stays the same',
      `update person set name = name where id = (select person_id from lead where id = $1)`,
    ],
    [
      'an event that is stored and applied',
      `with stored as (insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload)
         values (current_tenant(), 'whatsapp', $1, 'noted', 'status', '{}'))
       update inbox_event set state = 'applied'`,
    ],
  ])('%s is nobody’s news', async (_, sql) => {
    const { leads, kinds } = await noted(() => product.query(sql, [leadId]));
    expect({ leads, kinds }).toEqual({ leads: [], kinds: [] });
  });

  test('what was rolled back, and another lead, are not noted', async () => {
    const { leads } = await noted(() =>
      product.database
        .tenant(product.tenantId, async ({ query }) => {
          await query(`update lead set attention = 'undone' where id = $1`, [stranger]);
          throw new Error('undone');
        })
        .catch(() => {}),
    );
    expect(leads).toEqual([]);
    expect(await one('select id from lead where attention is not null')).toBeUndefined();
  });
});

describe('what was seen long ago is forgotten', () => {
  test('and nothing that was still open then, however old', async () => {
    const { lead_id: slow } = await product.refer();
    const finish = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const cursor = await cursorNow();
    const late = product.database.tenant(product.tenantId, async ({ query }) => {
      await query(`update lead set attention = 'late' where id = $1`, [slow]);
      begun.resolve();
      await finish.promise;
    });
    await begun.promise;
    await product.refer();
    const long = await forgetSeen(product.database, null);
    const { lead_id: fresh } = await product.refer();
    expect(await kept()).toBeGreaterThan(2);
    await forgetSeen(product.database, long);
    finish.resolve();
    await late;
    expect((await since(cursor))?.leads.sort()).toEqual([slow, fresh].sort());
    await forgetSeen(product.database, long);
    expect((await since(cursor))?.leads.sort()).toEqual([slow, fresh].sort());
    await forgetSeen(product.database, await forgetSeen(product.database, null));
    expect(await kept()).toBe(0);
  });

  test('by the worker, after as many of its rounds as a cursor may be minutes old', async () => {
    await product.refer();
    let rounds = 0;
    const counting = {
      ...product.database,
      query: ((sql, values) => {
        if (sql.includes('forget_live_changes')) rounds++;
        return product.database.query(sql, values);
      }) as typeof product.database.query,
    };
    let last = 0;
    const forgetting = startForgetting(counting, pino({ level: 'silent' }), 50);
    await until(async () => {
      last = rounds;
      return (await kept()) === 0;
    });
    await forgetting.stop();
    expect(last).toBeGreaterThan(10);
  });
});

describe('what was written is announced', () => {
  test.each<[string, string, string, number | null, boolean]>([
    ['a change', 'update lead set attention = null', 'UPDATE', 1, true],
    ['a change of nothing', 'update lead set attention = null', 'UPDATE', 0, false],
    ['a reading', 'select 1', 'SELECT', 1, false],
    [
      'a reading that locks',
      'with l as (select 1) select id from lead for no key update',
      'SELECT',
      1,
      false,
    ],
    [
      'a reading of such words',
      `with l as (select 1) select 'update' from lead_update u, settings`,
      'SELECT',
      1,
      false,
    ],
    ['a change in the midst', 'with l as (\n  insert into lead default values) select 1', 'SELECT', 1, true],
    [
      'a change before one of nothing',
      'with l as (update lead l set x = 1) update x set y = 1',
      'UPDATE',
      0,
      true,
    ],
    ['a removal in the midst', 'WITH l AS (DELETE FROM lead) SELECT 1', 'SELECT', 0, true],
    ['a commit', 'commit', 'COMMIT', null, false],
  ])('%s', (_, sql, command, rowCount, written) => {
    expect(hasWritten(sql, command, rowCount)).toBe(written);
  });

  test('once it has committed, under the tenant’s id; a reading and a failure are not', async () => {
    const heard: string[] = [];
    const ears = await product.database.listen([ROWS_WRITTEN], (channel, word) => {
      if (channel !== null) heard.push(word);
    });
    await sleep(200);
    heard.length = 0;
    const { tenant, together } = product.database;
    await tenant(product.tenantId, ({ query }) => query('select from lead'));
    await tenant(product.tenantId, async ({ query }) => {
      await query('update consultant set email = email');
      throw new Error('undone');
    }).catch(() => {});
    await sleep(300);
    expect(heard).toEqual([]);
    await together(product.tenantId, ({ query }) => query('update consultant set email = email'));
    await until(() => heard.length > 0);
    await tenant(product.tenantId, ({ query }) => query('update consultant set email = email'));
    await until(() => heard.length > 1);
    expect(heard).toEqual([product.tenantId, product.tenantId]);
    await ears.stop();
  });
});
