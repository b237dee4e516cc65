import type { LeadLine } from '../../src/contract/lead.ts';

const KEPT_MS = 15_000;
const LIT_MS = 4_000;

let told: { at: number; leads: readonly LeadLine[] }[] = [];
const moved = new Map<string, number>();

/** Remembers what the stream told just now. */
export function noteTold(leads: readonly LeadLine[]): void {
  const now = Date.now();
  told = [...told.filter(({ at }) => now - at < KEPT_MS), { at: now, leads }];
}

/**
 * What the stream told since `since` (milliseconds): an answer that was asked for then may be older than that, and
 * has to be brought up to it.
 */
export function toldSince(since: number): LeadLine[] {
  const leads = told.filter(({ at }) => at >= since).flatMap((message) => message.leads);
  return [...new Map(leads.map((lead) => [lead.id, lead])).values()];
}

/** Remembers that leads moved to another column of the board just now. */
export function noteMoved(ids: readonly string[]): void {
  const now = Date.now();
  for (const [id, at] of moved) if (now - at > LIT_MS) moved.delete(id);
  for (const id of ids) moved.set(id, now);
}

/** Whether a lead moved just now: its card is to be noticed. */
export function hasMoved(id: string): boolean {
  const at = moved.get(id);
  return at !== undefined && Date.now() - at < LIT_MS;
}
