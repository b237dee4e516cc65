import { z } from 'zod';
import { problem } from '../../src/contract/listings.ts';
import type { HoldReason, Receipt, Refusal } from './outgoing.ts';

/** An answer as it came; null: none came. */
export type Answer = { status: number; retryAfter: string | null; body: unknown } | null;

/** What an answer to `POST /v1/leads` means for the referral, or for the whole queue. */
export type Verdict =
  | { kind: 'sent'; receipt: Receipt | null }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'hold'; reason: HoldReason; retryAfterMs: number | null };

const receipt = z.object({ lead_id: z.uuid(), status: z.enum(['received', 'joined', 'opted_out']) });

/**
 * Reads an answer. Only what the product itself says counts: whatever else may answer under its address (a proxy, a
 * network's sign-in page) takes and refuses nothing, so the referral stays.
 */
export function verdictOf(answer: Answer): Verdict {
  if (answer === null) return hold('offline');
  if (answer.status === 202) {
    const taken = receipt.safeParse(answer.body);
    return taken.success ? { kind: 'sent', receipt: taken.data } : hold('wrong_server');
  }
  if (answer.status === 429) return hold('busy', secondsToMs(answer.retryAfter));
  if (answer.status >= 500) return hold('server_failing', secondsToMs(answer.retryAfter));
  const said = problem.safeParse(answer.body);
  if (!said.success) return hold(answer.status === 401 ? 'key_refused' : 'wrong_server');
  const { code, title, errors = [] } = said.data;
  // An earlier try was stored, and its answer lost: it is there, once.
  if (code === 'idempotency_key_reused') return { kind: 'sent', receipt: null };
  if (answer.status === 401 || answer.status === 403) return hold('key_refused');
  if (answer.status === 409) return hold('not_ready');
  // Nothing but other words can help, and those behind it need not wait.
  if ([400, 413, 415].includes(answer.status)) {
    return {
      kind: 'refused',
      refusal: { title, errors: errors.map(({ field, message }) => ({ field, message })) },
    };
  }
  return hold('wrong_server');
}

function hold(reason: HoldReason, retryAfterMs: number | null = null): Verdict {
  return { kind: 'hold', reason, retryAfterMs };
}

function secondsToMs(header: string | null): number | null {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
