import { type Database, ROWS_WRITTEN, type TenantRows } from './database.ts';

/** Where it is announced that something may be new; the word is the tenant's id. */
export const LIVE_NEWS = ROWS_WRITTEN;

/** How old a cursor may be with which somebody goes on, in minutes; what changed since is kept a little longer. */
export const CURSOR_MINUTES = 10;

/** What of a tenant changed since a cursor. */
export type LiveChanges = {
  /** Where the next look goes on. */
  cursor: string;
  /** Each once. */
  leads: string[];
  /** What else, each once: `channels`, `templates`, `consultants`, `settings`, `events`. */
  kinds: string[];
  /** How long ago the oldest of it was written, in seconds; 0 where there is none. */
  age: number;
};

// What a cursor says is opaque to whoever keeps it: an epoch, seconds, and a snapshot. The SQL function makes it.
const CURSOR_FORM = /^(\d{1,19})\/(\d{1,12})\/(\d{1,20}:\d{1,20}:[\d,]*)$/;

/** Of the time between a crash of the database and whoever first asked for a cursor after it. */
const NO_EPOCH = '1';

/**
 * The cursor of this moment: read before, or in the statement that reads, what is shown (`live_cursor()`), nothing
 * that changes afterwards is missed.
 */
export async function liveCursor({ query }: Pick<TenantRows, 'query'>): Promise<string> {
  const [, [now]] = await Promise.all([
    query('select begin_live_epoch()'),
    query<{ cursor: string }>('select live_cursor() as cursor'),
  ]);
  if (!now) throw new Error('the database told no cursor');
  return now.cursor;
}

/**
 * What became visible since `cursor`, in whatever order it was committed; transactions still open hold up nothing.
 * Null where the cursor is none of ours, too old, or from before a crash of the database.
 */
export async function changesSince(
  { query }: Pick<TenantRows, 'query'>,
  cursor: string,
): Promise<LiveChanges | null> {
  const [, epoch, given, since] = CURSOR_FORM.exec(cursor) ?? [];
  if (!since || !isSnapshot(since) || epoch === NO_EPOCH) return null;
  if (Date.now() / 1000 - Number(given) > 60 * CURSOR_MINUTES) return null;
  const [changes] = await query<LiveChanges>(
    `select live_cursor() as cursor,
       coalesce(array_agg(distinct c.lead_id::text) filter (where c.kind = 'lead'), '{}') as leads,
       coalesce(array_agg(distinct c.kind) filter (where c.kind <> 'lead'), '{}') as kinds,
       coalesce(extract(epoch from clock_timestamp() - min(c.at)), 0)::float8 as age
     from live_change c
     where c.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(c.xid, $1::pg_snapshot)
       -- Of a copy of another database, rows may bear the numbers of transactions that are still to come.
       and c.xid < pg_snapshot_xmax(pg_current_snapshot())`,
    [since],
  );
  return changes?.cursor.startsWith(`${epoch}/`) ? changes : null;
}

/** Whether PostgreSQL would take it: a text that it refuses would fail the transaction. */
function isSnapshot(text: string): boolean {
  const [xmin = 0n, xmax = 0n, ...open] = text.split(/[:,]/).filter(Boolean).map(BigInt);
  const inOrder = open.every((xid, at) => xid >= (open[at - 1] ?? xmin) && xid < xmax);
  return xmin > 0n && xmin <= xmax && xmax < 2n ** 63n && inOrder && !/,($|,)|:,/.test(text);
}

/**
 * Forgets what was seen by a snapshot that this gave some time ago, over all tenants; gives the present one. With
 * null it forgets nothing. After a crash it begins a new epoch, so that cursors serve again.
 */
export async function forgetSeen(database: Database, snapshot: string | null): Promise<string> {
  const [now] = await database.query<{ snapshot: string }>(
    'select forget_live_changes($1) as snapshot, begin_live_epoch()',
    [snapshot],
  );
  if (!now) throw new Error('the database told no snapshot');
  return now.snapshot;
}
