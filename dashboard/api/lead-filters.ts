import type { BoardColumn } from '../../src/contract/lead.ts';
import { COLUMNS } from '../words/columns.ts';

/** What a list of leads is narrowed by: the parameters of `GET /v1/leads`, and those of the page's own address. */
export type LeadFilters = {
  text?: string;
  column?: BoardColumn;
  /** Those that the board does not show. */
  outcome?: 'merged' | 'erased';
  consultant?: string;
  /** Days, both included: `2026-11-20`. */
  from?: string;
  until?: string;
  attention?: 'true';
};

/** Reads the filters of an address; what is none is left out. */
export function readFilters(search: URLSearchParams): LeadFilters {
  const text = (name: string) => search.get(name)?.slice(0, 200) || undefined;
  const day = (name: string) => (/^\d{4}-\d\d-\d\d$/.test(search.get(name) ?? '') ? text(name) : undefined);
  const column = text('column');
  const outcome = text('outcome');
  return given({
    text: text('text'),
    column: column !== undefined && Object.hasOwn(COLUMNS, column) ? (column as BoardColumn) : undefined,
    outcome: outcome === 'merged' || outcome === 'erased' ? outcome : undefined,
    consultant: text('consultant'),
    from: day('from'),
    until: day('until'),
    attention: search.get('attention') === 'true' ? 'true' : undefined,
  });
}

/** The filters as an address holds them. */
export function writeFilters(filters: LeadFilters): URLSearchParams {
  return new URLSearchParams(given(filters) as Record<string, string>);
}

function given(filters: LeadFilters): LeadFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value)) as LeadFilters;
}
