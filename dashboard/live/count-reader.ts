const WHEN_DOUBTED_MS = 1_500;
const NOW_AND_THEN_MS = 20_000;
const LONGEST_PAUSE_MS = 30_000;

/** What a move did to the board's counts. */
export type Counts = 'untouched' | 'right' | 'doubtful';

/**
 * Reads the board's counts again after they moved: soon where they may be wrong, else now and then; however many
 * leads move, never more often. What failed is tried again after a pause, which doubles up to 30 s. Returns what is
 * told of each move, and what ends it.
 */
export function countReader(read: () => Promise<unknown>): {
  told: (counts: Counts) => void;
  end: () => void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;
  let failures = 0;
  let ended = false;

  function readWithin(ms: number): void {
    const at = Date.now() + ms;
    if (ended || at >= due) return;
    due = at;
    clearTimeout(timer);
    timer = setTimeout(() => {
      due = Number.POSITIVE_INFINITY;
      read().then(
        () => {
          failures = 0;
        },
        () => readWithin(Math.min(WHEN_DOUBTED_MS * 2 ** ++failures, LONGEST_PAUSE_MS)),
      );
    }, ms);
  }

  return {
    told(counts) {
      if (counts !== 'untouched') readWithin(counts === 'right' ? NOW_AND_THEN_MS : WHEN_DOUBTED_MS);
    },
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
