import type { Board, LeadLine } from '../../src/contract/lead.ts';

/** A board brought up to date. `certain`: every lead's former column was known, so the counts are right. */
export type PatchedBoard = { board: Board; certain: boolean; moved: string[] };

/**
 * Brings a board up to what the stream tells of `leads`: a lead that stands in another column now leaves the one and
 * comes in at the head of the other, with their counts; one that stands where it did is changed in its place. One that
 * was not there yet comes in where it would have been read: it may have gone on before the stream first told of it.
 */
export function patchBoard(before: Board, leads: readonly LeadLine[]): PatchedBoard {
  let board = before;
  let certain = true;
  const moved: string[] = [];
  for (const lead of leads) {
    const from = board.columns.find((column) => column.leads.some(({ id }) => id === lead.id));
    const known = from?.leads.find(({ id }) => id === lead.id);
    // A message that was under way while the board was read tells what the board knows already.
    if (known && known.updated_at > lead.updated_at) continue;
    if (from && from.column === lead.column) {
      board = withColumn(board, lead.column, (column) => ({
        ...column,
        leads: column.leads.map((line) => (line.id === lead.id ? lead : line)),
      }));
      continue;
    }
    if (from) {
      board = withColumn(board, from.column, (column) => ({
        ...column,
        count: Math.max(0, column.count - 1),
        leads: column.leads.filter(({ id }) => id !== lead.id),
      }));
    } else if (!isNew(lead)) {
      // Whether another column has counted it nobody knows.
      certain = false;
      const into = board.columns.find((column) => column.column === lead.column);
      if (!into || !isWithinRead(into, lead)) continue;
    }
    if (lead.column === null) continue;
    moved.push(lead.id);
    board = withColumn(board, lead.column, (column) => ({
      ...column,
      count: column.count + 1,
      leads: [lead, ...column.leads],
    }));
  }
  return { board, certain, moved };
}

/** Puts the counts of a board that was read just now into one that has gone on by the stream. */
export function withCounts(board: Board, fresh: Board): Board {
  const counts = new Map(fresh.columns.map(({ column, count }) => [column, count]));
  return {
    ...board,
    columns: board.columns.map((column) => ({ ...column, count: counts.get(column.column) ?? column.count })),
  };
}

/** Adds what was read further down a column; what the stream brought into it meanwhile stays once. */
export function withMore(
  board: Board,
  name: Board['columns'][number]['column'],
  more: { leads: readonly LeadLine[]; next_cursor: string | null },
): Board {
  const shown = new Set(board.columns.flatMap((column) => column.leads.map(({ id }) => id)));
  return withColumn(board, name, (column) => ({
    ...column,
    leads: [...column.leads, ...more.leads.filter(({ id }) => !shown.has(id))],
    next_cursor: more.next_cursor,
  }));
}

function withColumn(
  board: Board,
  name: Board['columns'][number]['column'],
  change: (column: Board['columns'][number]) => Board['columns'][number],
): Board {
  return {
    ...board,
    columns: board.columns.map((column) => (column.column === name ? change(column) : column)),
  };
}

/** Whether a lead would have been among those that were read of the column, which are its newest. */
function isWithinRead({ leads, next_cursor }: Board['columns'][number], lead: LeadLine): boolean {
  if (next_cursor === null) return true;
  const last = leads.at(-1);
  if (!last) return false;
  return lead.created_at > last.created_at || (lead.created_at === last.created_at && lead.id > last.id);
}

/** A lead that nothing has happened to yet: it was in no column before. */
const isNew = (lead: LeadLine) => lead.column === 'new' && lead.message_state === null;
