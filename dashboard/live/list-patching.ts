import type { InfiniteData } from '@tanstack/react-query';
import type { LeadLine, LeadList } from '../../src/contract/lead.ts';
import type { LeadFilters } from '../api/lead-filters.ts';

/**
 * Brings a list that was read by `filters` up to what the stream tells. A lead that is in it is changed in its place,
 * also where the filters no longer mean it: rows do not jump away while they are read. A new one comes in at the
 * head where the filters mean it.
 *
 * @param today the day on the tenant's clocks: `2026-11-20`
 */
export function patchList(
  before: InfiniteData<LeadList>,
  leads: readonly LeadLine[],
  filters: LeadFilters,
  today: string,
): InfiniteData<LeadList> {
  const pages = before.pages.map((page) => patchPage(page, leads));
  const isChanged = pages.some((page, index) => page !== before.pages[index]);
  const [first, ...others] = pages;
  if (!first) return before;
  const newest = first.leads[0]?.created_at ?? '';
  const arrived = leads
    .filter((lead) => lead.created_at > newest && isMeant(lead, filters, today))
    .sort((a, b) => b.created_at.localeCompare(a.created_at));
  if (arrived.length === 0) return isChanged ? { ...before, pages } : before;
  return { ...before, pages: [{ ...first, leads: [...arrived, ...first.leads] }, ...others] };
}

/** Brings the lines of one page up to what the stream tells; a page that none of it is on is returned itself. */
export function patchPage(page: LeadList, leads: readonly LeadLine[]): LeadList {
  const told = new Map(leads.map((lead) => [lead.id, lead]));
  if (!page.leads.some(({ id }) => told.has(id))) return page;
  const lines = page.leads.map((line) => {
    const now = told.get(line.id);
    return now && now.updated_at >= line.updated_at ? now : line;
  });
  return { ...page, leads: lines };
}

/** Whether the filters mean a lead that has just come in. What is searched for only the server can tell. */
function isMeant(lead: LeadLine, filters: LeadFilters, today: string): boolean {
  const { text, consultant, column, outcome, attention, from, until } = filters;
  if (text || (from && from > today) || (until && until < today)) return false;
  return (
    (!column || lead.column === column) &&
    (!outcome || lead.outcome === outcome) &&
    (!consultant || lead.consultant === consultant) &&
    (!attention || lead.column === 'attention')
  );
}
