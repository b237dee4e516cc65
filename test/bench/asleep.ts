import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../../src/local/log-file.ts';
import type { Product } from './product.ts';
import { BenchFailure } from './report.ts';

/** Without any lead falling asleep for so long, the rest is taken not to. */
const STALLED_MS = 60_000;
const SAY_EVERY_MS = 10_000;

/** The leads that were referred since an instant, by where they stand. */
type Standing = { all: number; asleep: number; closed: number };

/** The database's own clock, as text with its microseconds. */
export async function databaseNow({ database, tenantId }: Product): Promise<string> {
  const [row] = await database.tenant(tenantId, ({ query }) =>
    query<{ now: string }>('select clock_timestamp()::text as now'),
  );
  return row?.now ?? '';
}

/** How many of the leads referred since `since` are where. */
export async function standing({ database, tenantId }: Product, since: string): Promise<Standing> {
  const [row] = await database.tenant(tenantId, ({ query }) =>
    query<Standing>(
      `select count(*) as all, count(*) filter (where stage = 'waiting') as asleep,
         count(*) filter (where stage = 'closed') as closed from lead where created_at >= $1::timestamptz`,
      [since],
    ),
  );
  return row ?? { all: 0, asleep: 0, closed: 0 };
}

/** Waits until all `count` leads referred since `since` are asleep. Throws, with what it saw, where they do not. */
export async function allAsleep(product: Product, since: string, count: number): Promise<void> {
  let best = 0;
  let changedAt = Date.now();
  let saidAt = Date.now();
  for (;;) {
    const { asleep, closed } = await standing(product, since);
    if (asleep === count) return;
    if (asleep > best) [best, changedAt] = [asleep, Date.now()];
    if (closed > 0 || Date.now() - changedAt > STALLED_MS) {
      throw new BenchFailure(
        `${count - asleep} of ${count} leads did not fall asleep`,
        await whatIsSeen(product, since),
      );
    }
    if (Date.now() - saidAt > SAY_EVERY_MS) {
      product.progress.line(`  ${asleep} of ${count} leads asleep`);
      saidAt = Date.now();
    }
    // As often as a bare round looks; a look takes a millisecond.
    await sleep(100, undefined, { signal: product.signal });
  }
}

/** Waits until nothing is on its way any more: every message read, every webhook applied, the engine told. */
export async function allQuiet(product: Product): Promise<void> {
  const { database, tenantId, signal } = product;
  let last = '';
  for (let changedAt = Date.now(); ; ) {
    const [left] = await database.tenant(tenantId, ({ query }) =>
      query<{ messages_unread: number; events_pending: number; words_untold: number }>(
        `select (select count(*) from message where direction = 'out' and state <> 'read') as messages_unread,
           (select count(*) from inbox_event where state = 'pending') as events_pending,
           (select count(*) from engine_outbox) as words_untold`,
      ),
    );
    if (left && Object.values(left).every((number) => number === 0)) return;
    const seen = JSON.stringify(left);
    if (seen !== last) changedAt = Date.now();
    last = seen;
    if (Date.now() - changedAt > STALLED_MS) {
      throw new BenchFailure('the leads are asleep, but not all that belongs to them is done', [seen]);
    }
    await sleep(250, undefined, { signal });
  }
}

/** Some of the leads that are not asleep, and the worker's last words. */
async function whatIsSeen(product: Product, since: string): Promise<string[]> {
  const leads = await product.database.tenant(product.tenantId, ({ query }) =>
    query<{ line: string }>(
      `select concat_ws(' ', l.id, l.stage, l.outcome, l.attention, 'after', e.kind, e.detail) as line
       from lead l left join lateral (
         select kind, detail from lead_event where lead_id = l.id order by id desc limit 1) e on true
       where l.created_at >= $1::timestamptz and l.stage <> 'waiting' order by l.created_at limit 10`,
      [since],
    ),
  );
  return [
    ...leads.map(({ line }) => `  lead ${line}`),
    ...lastLines(product.workerLog, 0).map((line) => `  worker | ${line}`),
  ];
}
