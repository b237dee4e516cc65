import dayjs from 'dayjs';

/** Days on the tenant's clocks, both included: `2026-11-20`. */
export type Range = { from: string; until: string };

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The last `days` days, today being the last of them. */
export function lastDays(days: number, today = dayjs()): Range {
  return { from: today.subtract(days - 1, 'day').format('YYYY-MM-DD'), until: today.format('YYYY-MM-DD') };
}

/** What the address says; the last 30 days where it says nothing that can be. */
export function readRange(query: URLSearchParams): Range {
  const [from, until] = [query.get('de') ?? '', query.get('ate') ?? ''];
  return DAY.test(from) && DAY.test(until) && from <= until ? { from, until } : lastDays(30);
}

/** The range as it stands in the address. */
export const writeRange = ({ from, until }: Range) => ({ de: from, ate: until });
