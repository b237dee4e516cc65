import type { TenantRows } from './database.ts';
import { LEAD_LINE, LEAD_TABLES, type LeadRow } from './lead-lines.ts';
import { type ListPlace, PLACE } from './lead-list.ts';

/** One column of the board: how many leads stand in it, its newest, and after which of them the rest come. */
export type BoardColumnRows<Column> = {
  column: Column;
  count: number;
  leads: LeadRow[];
  next: ListPlace | null;
};

type Row<Column> = LeadRow & { board_column: Column; count: number; cursor: string; place: string };

/**
 * The board's columns in the order of `columns`, at most `limit` leads of each, and where the live stream
 * goes on for who has seen all of this. One statement, so that it is one moment's.
 */
export async function readBoard<Column extends string>(
  { query }: TenantRows,
  columns: readonly Column[],
  limit: number,
): Promise<{ columns: BoardColumnRows<Column>[]; cursor: string }> {
  const rows = await query<Row<Column>>(
    `select c.name as board_column, n.count, (select live_cursor()) as cursor,
       newest.place, line.*
     from unnest($1::text[]) with ordinality as c(name, position)
     cross join lateral (select count(*) from lead where board_column = c.name) n
     left join lateral (
       select l.id, l.created_at, ${PLACE} as place from lead l where l.board_column = c.name
       order by l.created_at desc, l.id desc limit $2) newest on true
     left join lateral (select ${LEAD_LINE} from ${LEAD_TABLES} where l.id = newest.id limit 1) line on true
     order by c.position, newest.created_at desc, newest.id desc`,
    [columns, limit + 1],
  );
  const byColumn = Map.groupBy(rows, (row) => row.board_column);
  return {
    cursor: rows[0]?.cursor ?? '',
    columns: columns.map((column) => {
      const found = (byColumn.get(column) ?? []).filter((row) => row.id !== null);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        column,
        count: byColumn.get(column)?.[0]?.count ?? 0,
        leads: shown.map(({ board_column: _c, count: _n, cursor: _s, place: _p, ...lead }) => lead),
        next: last ? { createdAt: last.place, id: last.id } : null,
      };
    }),
  };
}
