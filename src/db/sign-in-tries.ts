import type { Database } from './database.ts';

/** So many tries, then none until so many seconds after the last. */
export type Limit = { max: number; window: number };

/** Counts a try under a key, also where many come at once; the seconds to wait where there have been too many. */
export async function countTry({ query }: Database, key: string, limit: Limit): Promise<number | null> {
  const [tried] = await query<{ counted: boolean; wait: number | null }>(
    `with clock as (select (extract(epoch from now()) * 1000)::bigint as ms),
     counted as (
       insert into auth.rate_limit as t (key, count, last_request) select $1, 1, ms from clock
       on conflict (key) do update set
         count = case when t.last_request > excluded.last_request - $3 * 1000 then t.count + 1 else 1 end,
         last_request = excluded.last_request
       where t.count < $2 or t.last_request <= excluded.last_request - $3 * 1000
       returning 1)
     select exists (select from counted) as counted,
       (select ceil($3 - (ms - last_request) / 1000.0)::int from auth.rate_limit, clock where key = $1) as wait`,
    [key, limit.max, limit.window],
  );
  return tried?.counted ? null : Math.max(tried?.wait ?? limit.window, 1);
}

/** Forgets the tries under a key. */
export async function forgetTries({ query }: Database, key: string): Promise<void> {
  await query('delete from auth.rate_limit where key = $1', [key]);
}
