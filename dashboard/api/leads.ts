import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import type { Board, BoardColumn, LeadList, LeadPage } from '../../src/contract/lead.ts';
import { patchBoard, withCounts, withMore } from '../live/board-patching.ts';
import { patchPage } from '../live/list-patching.ts';
import { toldSince } from '../live/told-leads.ts';
import { address, get, send } from './client.ts';
import { type LeadFilters, writeFilters } from './lead-filters.ts';
import { keys } from './query-keys.ts';

/** The board; from then on the stream keeps it up to date. */
export const boardQuery = queryOptions({
  queryKey: keys.board,
  queryFn: async ({ signal }) => {
    const askedAt = Date.now();
    const board = await get<Board>('/v1/board', { limit: 30 }, signal);
    return patchBoard(board, toldSince(askedAt)).board;
  },
  staleTime: 5 * 60_000,
});

/** Reads on down one of the board's columns. */
export async function readMore(client: QueryClient, column: BoardColumn, cursor: string): Promise<void> {
  const more = await get<LeadList>('/v1/leads', { column, cursor, limit: 50 });
  client.setQueryData(boardQuery.queryKey, (board) => board && withMore(board, column, more));
}

/** Reads again how many leads stand in each column. */
export async function readCounts(client: QueryClient): Promise<void> {
  const fresh = await get<Board>('/v1/board', { limit: 1 });
  client.setQueryData(boardQuery.queryKey, (board) => board && withCounts(board, fresh));
}

/** A list of leads, the newest first, page by page. */
export const leadListQuery = (filters: LeadFilters) =>
  infiniteQueryOptions({
    queryKey: [...keys.leads, filters] as const,
    queryFn: async ({ pageParam, signal }) => {
      const askedAt = Date.now();
      const page = await get<LeadList>('/v1/leads', { ...filters, cursor: pageParam, limit: 100 }, signal);
      return patchPage(page, toldSince(askedAt));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Where the same list is to be had as CSV. */
export const leadsCsv = (filters: LeadFilters): string =>
  address('/v1/leads.csv', Object.fromEntries(writeFilters(filters)));

/** One lead with all that belongs to it. */
export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: keys.lead(id),
    queryFn: ({ signal }) => get<LeadPage>(`/v1/leads/${encodeURIComponent(id)}`, {}, signal),
  });

/** Marks the sale. */
export const convert = (id: string): Promise<void> => send('POST', '/v1/conversions', { lead_id: id });

/** Asks for the rework before its time; `note` says when it comes. */
export const reworkNow = (id: string): Promise<{ note: string }> =>
  send('POST', `/v1/leads/${id}/rework-now`);

/** The person is to be left alone, for ever. */
export const optOut = (id: string): Promise<void> => send('POST', `/v1/leads/${id}/opt-out`);

/** Another referral status. */
export const changeStatus = (id: string, status: string): Promise<void> =>
  send('PATCH', `/v1/leads/${id}`, { status_indicacao: status });

/** Somebody has seen to what asked for attention. */
export const clearAttention = (id: string): Promise<void> => send('DELETE', `/v1/leads/${id}/attention`);

/** What became of a send of which nobody knew. */
export const decideSend = (attemptId: string, decision: 'arrived' | 'send_again'): Promise<void> =>
  send('POST', `/v1/send-attempts/${attemptId}/decision`, { decision });
