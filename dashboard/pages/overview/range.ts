import { isoDaysBefore } from '../../elements/date-range.tsx';

/** Days on the tenant's clocks, both included: `2026-11-20`. */
export type Range = { from: string; until: string };

const DAY = /^\d{4}-\d\d-\d\d$/;

/** What the address says; the last 30 days where it says nothing that can be. */
export function readRange(query: URLSearchParams, today: string): Range {
  const [from, until] = [query.get('from') ?? '', query.get('until') ?? ''];
  const isRange = DAY.test(from) && DAY.test(until) && from <= until;
  return isRange ? { from, until } : { from: isoDaysBefore(today, 29), until: today };
}
