import { sharedReads } from '../../src/api/shared-reads.ts';

/** A thing that is counted up, and read with a delay; the reads under way, by their keys. */
function counted(everyMs: number) {
  const state = { value: 0, reads: [] as string[], fail: false };
  const read = sharedReads(async (key) => {
    state.reads.push(key);
    const { value, fail } = state;
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (fail) throw new Error('away');
    return value;
  }, everyMs);
  return { state, read };
}

test('whoever asks gets what was true when they asked, or later', async () => {
  const { state, read } = counted(20);
  const first = read('a');
  await new Promise((resolve) => setTimeout(resolve, 10));
  state.value = 1;
  // The first has begun already: joining it would give what was true before.
  const second = read('a');
  expect([await first, await second]).toEqual([0, 1]);
});

test('many who ask at once share a read, and the next waits its time', async () => {
  const { state, read } = counted(200);
  const begun = performance.now();
  await Promise.all(Array.from({ length: 50 }, () => read('a')));
  expect(state.reads).toEqual(['a']);
  await Promise.all(Array.from({ length: 50 }, () => read('a')));
  expect(state.reads).toEqual(['a', 'a']);
  expect(performance.now() - begun).toBeGreaterThan(199);
});

test('what is read under another key is another read', async () => {
  const { state, read } = counted(10_000);
  await Promise.all([read('a'), read('b')]);
  expect(state.reads).toEqual(['a', 'b']);
});

test('a read that fails is told to all who wait, and the next one is made anew', async () => {
  const { state, read } = counted(10);
  state.fail = true;
  const both = [read('a'), read('a')];
  for (const one of both) await expect(one).rejects.toThrow('away');
  state.fail = false;
  expect(await read('a')).toBe(0);
});
