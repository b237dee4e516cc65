import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { LeadLine, LeadList, LeadPage } from '../../src/contract/lead.ts';
import type { StreamMessage } from '../../src/contract/stream.ts';
import type { LeadFilters } from '../api/lead-filters.ts';
import { boardQuery } from '../api/leads.ts';
import { keyOfChanged, keys } from '../api/query-keys.ts';
import { meQuery } from '../api/session.ts';
import { isoDay } from '../words/formatting.ts';
import { patchBoard } from './board-patching.ts';
import { patchList } from './list-patching.ts';
import { noteMoved } from './movements.ts';

/**
 * Brings what the page has read up to what the stream tells. `doubtCounts` is told whenever the board's counts moved,
 * and whether they may be wrong by it.
 */
export function applyMessage(
  client: QueryClient,
  message: StreamMessage,
  doubtCounts: (certain: boolean) => void,
): void {
  switch (message.type) {
    case 'ready':
      return;
    case 'resync':
      void client.invalidateQueries();
      return;
    case 'changed':
      for (const of of message.of) void client.invalidateQueries({ queryKey: keyOfChanged(of) });
      return;
    case 'lead_updated':
      applyLeads(client, message.leads, doubtCounts);
  }
}

function applyLeads(
  client: QueryClient,
  leads: readonly LeadLine[],
  doubtCounts: (certain: boolean) => void,
): void {
  const known = client.getQueryData(boardQuery.queryKey);
  if (known) {
    const { board, certain, moved } = patchBoard(known, leads);
    noteMoved(moved);
    client.setQueryData(boardQuery.queryKey, board);
    doubtCounts(certain);
  }
  const zone = client.getQueryData(meQuery.queryKey)?.zone ?? 'America/Sao_Paulo';
  const today = isoDay(new Date(), zone);
  for (const { queryKey } of client.getQueryCache().findAll({ queryKey: keys.leads })) {
    client.setQueryData<InfiniteData<LeadList>>(
      queryKey,
      (list) => list && patchList(list, leads, (queryKey[1] ?? {}) as LeadFilters, today),
    );
  }
  for (const lead of leads) {
    // What the list shows is there at once; messages and timeline are read again.
    client.setQueryData<LeadPage>(keys.lead(lead.id), (page) => page && { ...page, ...lead });
    void client.invalidateQueries({ queryKey: keys.lead(lead.id) });
  }
  void client.invalidateQueries({ queryKey: keys.testPhone });
  void client.invalidateQueries({ queryKey: keys.overview, refetchType: 'none' });
}
