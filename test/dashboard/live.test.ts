import { QueryClient } from '@tanstack/react-query';
import { boardQuery } from '../../dashboard/api/leads.ts';
import { keys } from '../../dashboard/api/query-keys.ts';
import { applyChanged, applyLeads, readAgainWhatCameBefore } from '../../dashboard/live/apply.ts';
import { countReader } from '../../dashboard/live/count-reader.ts';
import { hasMoved, noteTold, toldSince } from '../../dashboard/live/told-leads.ts';
import { CHANGED } from '../../src/contract/stream.ts';
import { boardOf, lineOf } from './lead-lines.ts';

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
});
afterEach(() => {
  client.clear();
  jest.useRealTimers();
});

const isStale = (queryKey: readonly unknown[]) => client.getQueryState(queryKey)?.isInvalidated;
const columns = () =>
  client
    .getQueryData(boardQuery.queryKey)
    ?.columns.map(({ column, count, leads }) => [column, count, leads.map(({ id }) => id)]);

describe('what the stream tells of leads', () => {
  test('moves them on the board, which says whether its counts are surely right', () => {
    expect(applyLeads(client, [lineOf('a')])).toBe('untouched');
    const contacted = { count: 2, leads: [lineOf('a')] };
    client.setQueryData(boardQuery.queryKey, boardOf({ contacted, rework: { count: 0, leads: [] } }));
    expect(applyLeads(client, [lineOf('a', { column: 'rework' })])).toBe('right');
    expect(columns()).toEqual([
      ['contacted', 1, []],
      ['rework', 1, ['a']],
    ]);
    expect([hasMoved('a'), hasMoved('b')]).toEqual([true, false]);
    expect(applyLeads(client, [lineOf('b', { column: 'rework' })])).toBe('doubtful');
  });

  test('shows on the page of the lead at once, which then reads its messages again', () => {
    for (const id of ['a', 'b']) client.setQueryData(keys.lead(id), { ...lineOf(id), messages: [] });
    applyLeads(client, [lineOf('a', { stage: 'waiting' })]);
    expect(client.getQueryData(keys.lead('a'))).toMatchObject({ stage: 'waiting', messages: [] });
    expect([isStale(keys.lead('a')), isStale(keys.lead('b'))]).toEqual([true, false]);
  });

  test('makes what was counted from them old', () => {
    client.setQueryData([...keys.overview, {}], {});
    client.setQueryData(keys.consultants, {});
    applyLeads(client, [lineOf('a')]);
    expect([isStale([...keys.overview, {}]), isStale(keys.consultants)]).toEqual([true, false]);
  });
});

test.each(CHANGED)('%s changed: that is read again, and nothing else', (of) => {
  for (const other of CHANGED) client.setQueryData([other, 'part'], {});
  applyChanged(client, [of]);
  expect(CHANGED.filter((one) => isStale([one, 'part']))).toEqual([of]);
});

test('once the stream is live, leads that were read before it was are read again', () => {
  const patched = [keys.board, [...keys.leads, {}], keys.lead('a')];
  for (const queryKey of [...patched, keys.settings]) client.setQueryData(queryKey, {});
  readAgainWhatCameBefore(client);
  expect(patched.map(isStale)).toEqual([true, true, true]);
  expect(isStale(keys.settings)).toBe(false);
});

test('an answer is brought up to what was told while it was under way, and not before', () => {
  const askedAt = Date.now() + 60_000;
  jest.useFakeTimers({ now: askedAt - 1_000 });
  noteTold([lineOf('a')]);
  jest.setSystemTime(askedAt);
  noteTold([lineOf('b')]);
  jest.setSystemTime(askedAt + 1_000);
  noteTold([lineOf('b', { stage: 'rework' })]);
  expect(toldSince(askedAt)).toEqual([lineOf('b', { stage: 'rework' })]);
  jest.setSystemTime(askedAt + 60_000);
  noteTold([]);
  expect(toldSince(0)).toEqual([]);
});

describe('the counts of the board are read again', () => {
  let read: jest.Mock<Promise<void>>;
  let counts: ReturnType<typeof countReader>;
  beforeEach(() => {
    jest.useFakeTimers();
    read = jest.fn(async () => undefined);
    counts = countReader(read);
  });
  const readsAfter = async (ms: number) => {
    await jest.advanceTimersByTimeAsync(ms);
    return read.mock.calls.length;
  };
  const away = () => read.mockRejectedValue(new Error('the server is away'));

  test('soon where they may be wrong, once for all that moved', async () => {
    for (let n = 0; n < 5; n++) counts.told('doubtful');
    expect([await readsAfter(1_400), await readsAfter(200), await readsAfter(60_000)]).toEqual([0, 1, 1]);
    counts.told('doubtful');
    expect(await readsAfter(1_600)).toBe(2);
  });

  test('now and then where they are right, and sooner once they may not be', async () => {
    counts.told('untouched');
    expect(await readsAfter(60_000)).toBe(0);
    counts.told('right');
    expect(await readsAfter(19_000)).toBe(0);
    expect(await readsAfter(2_000)).toBe(1);
    counts.told('right');
    counts.told('doubtful');
    expect(await readsAfter(1_600)).toBe(2);
  });

  test('until it succeeds, in pauses that grow to half a minute; then the pauses are short again', async () => {
    away();
    counts.told('doubtful');
    expect(await readsAfter(1_500)).toBe(1);
    const pauses = [3_000, 6_000, 12_000, 24_000, 30_000, 30_000];
    for (const [n, pause] of pauses.entries()) {
      expect([await readsAfter(pause - 100), await readsAfter(100)]).toEqual([n + 1, n + 2]);
    }
    read.mockResolvedValue();
    expect([await readsAfter(30_000), await readsAfter(120_000)]).toEqual([8, 8]);
    away();
    counts.told('doubtful');
    expect([await readsAfter(1_500), await readsAfter(3_000)]).toEqual([9, 10]);
  });

  test('soon after a move, also in a pause after a failure', async () => {
    away();
    counts.told('doubtful');
    await readsAfter(1_500 + 3_000 + 6_000);
    counts.told('doubtful');
    expect([await readsAfter(1_400), await readsAfter(100)]).toEqual([3, 4]);
  });

  test('no more once the page is gone, nor after a reading that fails then', async () => {
    counts.told('doubtful');
    counts.end();
    expect(await readsAfter(60_000)).toBe(0);

    let fail = (_: Error) => {};
    read.mockReturnValue(new Promise((_, reject) => (fail = reject)));
    counts = countReader(read);
    counts.told('doubtful');
    expect(await readsAfter(1_500)).toBe(1);
    counts.end();
    fail(new Error('the server is away'));
    expect(await readsAfter(60_000)).toBe(1);
  });
});
