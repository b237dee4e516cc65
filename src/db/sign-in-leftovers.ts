import type { Database } from './database.ts';

/** Longer than any limit on tries looks back, in minutes. */
const TRIES_KEPT_MINUTES = 60;

/** Deletes what the sign-in library left behind: sessions and verifications that are over, and old tries. */
export async function forgetSignIns({ query }: Database): Promise<void> {
  await query(
    `with s as (delete from auth.session where expires_at < now()),
     v as (delete from auth.verification where expires_at < now())
     delete from auth.rate_limit where last_request < (extract(epoch from now()) - $1 * 60) * 1000`,
    [TRIES_KEPT_MINUTES],
  );
}
