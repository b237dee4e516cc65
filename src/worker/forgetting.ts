import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { CURSOR_MINUTES, forgetSeen } from '../db/live.ts';
import { forgetSignIns } from '../db/sign-in-leftovers.ts';
import { type Loop, startLoop } from '../loop.ts';

const MINUTE_MS = 60_000;

/**
 * Forgets in the background, minute by minute, what open pages were to show and have seen for long, and what is left
 * of sign-ins that are over.
 */
export function startForgetting(database: Database, log: Logger, minuteMs = MINUTE_MS): Loop {
  /** The oldest first; each a minute, or more, older than the next. */
  const snapshots: string[] = [];
  return startLoop({
    idleMs: minuteMs,
    gatherMs: 0,
    onError: (error) => log.error({ err: error }, 'what nobody needs any more could not be forgotten'),
    async pass() {
      const old = snapshots.length > CURSOR_MINUTES ? snapshots[0] : undefined;
      snapshots.push(await forgetSeen(database, old ?? null));
      if (old !== undefined) snapshots.shift();
      await forgetSignIns(database);
      return 0;
    },
  });
}
