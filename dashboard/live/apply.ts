import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { LeadLine, LeadList, LeadPage } from '../../src/contract/lead.ts';
import type { CHANGED } from '../../src/contract/stream.ts';
import type { LeadFilters } from '../api/lead-filters.ts';
import { boardQuery } from '../api/leads.ts';
import { keyOfChanged, keys } from '../api/query-keys.ts';
import { meQuery } from '../api/session.ts';
import { isoDay } from '../words/formatting.ts';
import { patchBoard } from './board-patching.ts';
import type { Counts } from './count-reader.ts';
import { patchList } from './list-patching.ts';
import { noteMoved, noteTold } from './told-leads.ts';

/** What is kept up to date by patching, and therefore is only as good as the moment at which it was read. */
const PATCHED: readonly unknown[] = ['board', 'leads', 'lead'];

/** The stream is live for the first time: what was read before it was may miss what happened in between. */
export function readAgainWhatCameBefore(client: QueryClient): void {
  const now = Date.now();
  void client.invalidateQueries({
    predicate: ({ queryKey, state }) => PATCHED.includes(queryKey[0]) && state.dataUpdatedAt <= now,
  });
}

/** Reads again what the stream says has changed. */
export function applyChanged(client: QueryClient, changed: readonly (typeof CHANGED)[number][]): void {
  for (const of of changed) void client.invalidateQueries({ queryKey: keyOfChanged(of) });
}

/**
 * Brings everything that the page has read of leads up to what the stream tells. Returns whether the board's counts
 * moved, and if so, whether they are surely right.
 */
export function applyLeads(client: QueryClient, leads: readonly LeadLine[]): Counts {
  noteTold(leads);
  const counts = applyToBoard(client, leads);
  applyToLists(client, leads);
  for (const lead of leads) {
    // What the list shows is there at once; messages and timeline are read again.
    client.setQueryData<LeadPage>(keys.lead(lead.id), (page) => page && { ...page, ...lead });
    void client.invalidateQueries({ queryKey: keys.lead(lead.id) });
  }
  void client.invalidateQueries({ queryKey: keys.testPhone });
  void client.invalidateQueries({ queryKey: keys.overview, refetchType: 'none' });
  return counts;
}

function applyToBoard(client: QueryClient, leads: readonly LeadLine[]): Counts {
  const known = client.getQueryData(boardQuery.queryKey);
  if (!known) return 'untouched';
  const { board, certain, moved } = patchBoard(known, leads);
  noteMoved(moved);
  client.setQueryData(boardQuery.queryKey, board);
  return certain ? 'right' : 'doubtful';
}

function applyToLists(client: QueryClient, leads: readonly LeadLine[]): void {
  const zone = client.getQueryData(meQuery.queryKey)?.zone ?? 'America/Sao_Paulo';
  const today = isoDay(new Date(), zone);
  for (const { queryKey } of client.getQueryCache().findAll({ queryKey: keys.leads })) {
    client.setQueryData<InfiniteData<LeadList>>(
      queryKey,
      (list) => list && patchList(list, leads, (queryKey[1] ?? {}) as LeadFilters, today),
    );
  }
}
