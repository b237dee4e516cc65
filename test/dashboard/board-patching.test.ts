import { patchBoard, withCounts, withMore } from '../../dashboard/live/board-patching.ts';
import type { Board } from '../../src/contract/lead.ts';
import { boardOf, lineOf } from './lead-lines.ts';

const standing = (board: Board) =>
  Object.fromEntries(
    board.columns.map(({ column, count, leads }) => [column, [count, ...leads.map(({ id }) => id)]]),
  );

const BEFORE = boardOf({
  new: { count: 1, leads: [lineOf('n', { column: 'new', message_state: null })] },
  contacted: { count: 40, leads: [lineOf('a'), lineOf('b')] },
  waiting: { count: 900, leads: [lineOf('w', { column: 'waiting', stage: 'waiting' })] },
});

describe('a board that the stream brings up to date', () => {
  test('a lead that moved leaves its column and heads the other, and both counts follow', () => {
    const { board, certain, moved } = patchBoard(BEFORE, [
      lineOf('b', { column: 'waiting', stage: 'waiting' }),
    ]);
    expect(standing(board)).toEqual({ new: [1, 'n'], contacted: [39, 'a'], waiting: [901, 'b', 'w'] });
    expect({ certain, moved }).toEqual({ certain: true, moved: ['b'] });
  });

  test('a lead that stays is changed in its place', () => {
    const { board, moved } = patchBoard(BEFORE, [lineOf('b', { message_state: 'read' })]);
    expect(standing(board)).toEqual(standing(BEFORE));
    expect(board.columns[1]?.leads[1]?.message_state).toBe('read');
    expect(moved).toEqual([]);
  });

  test('a lead that has just come in is counted once, however often it is told', () => {
    const arrived = lineOf('x', { column: 'new', message_state: null });
    const { board } = patchBoard(patchBoard(BEFORE, [arrived]).board, [arrived]);
    expect(standing(board).new).toEqual([2, 'x', 'n']);
  });

  test('an older lead than those that were read stays out of sight, and the counts are doubtful', () => {
    const far = lineOf('far', {
      column: 'waiting',
      stage: 'waiting',
      created_at: '2026-11-19T12:00:00.000Z',
    });
    const { board, certain } = patchBoard(BEFORE, [far]);
    expect(standing(board)).toEqual(standing(BEFORE));
    expect(certain).toBe(false);
  });

  test('a lead that had gone on before it was told of is there all the same, and the counts are doubtful', () => {
    const quick = lineOf('quick', {
      column: 'waiting',
      stage: 'waiting',
      created_at: '2026-11-20T12:00:01.000Z',
    });
    const { board, certain, moved } = patchBoard(BEFORE, [quick]);
    expect(standing(board).waiting).toEqual([901, 'quick', 'w']);
    expect({ certain, moved }).toEqual({ certain: false, moved: ['quick'] });
  });

  test('into a column that was read to its end any lead comes, from wherever it was', () => {
    const old = lineOf('old', { column: 'new', created_at: '2026-11-01T12:00:00.000Z' });
    expect(standing(patchBoard(BEFORE, [old]).board).new).toEqual([2, 'old', 'n']);
  });

  test('a lead that the board no longer shows is gone from it', () => {
    const { board } = patchBoard(BEFORE, [lineOf('a', { column: null, stage: 'closed', outcome: 'merged' })]);
    expect(standing(board).contacted).toEqual([39, 'b']);
  });

  test('what is told late takes nothing back', () => {
    const board = boardOf({
      contacted: { count: 0, leads: [] },
      waiting: {
        count: 1,
        leads: [lineOf('w', { column: 'waiting', updated_at: '2026-11-20T13:00:00.000Z' })],
      },
    });
    expect(standing(patchBoard(board, [lineOf('w')]).board)).toEqual(standing(board));
  });
});

test('counts that were read again replace the old ones and leave the leads', () => {
  const fresh = boardOf({
    new: { count: 7, leads: [] },
    contacted: { count: 8, leads: [] },
    waiting: { count: 9, leads: [] },
  });
  expect(standing(withCounts(BEFORE, fresh))).toEqual({
    new: [7, 'n'],
    contacted: [8, 'a', 'b'],
    waiting: [9, 'w'],
  });
});

test('what is read further down is added, without the leads that moved meanwhile', () => {
  const more = { leads: [lineOf('c'), lineOf('w')], next_cursor: null };
  const board = withMore(BEFORE, 'contacted', more);
  expect(standing(board).contacted).toEqual([40, 'a', 'b', 'c']);
  expect(board.columns[1]?.next_cursor).toBeNull();
});
