const WHEN_DOUBTED_MS = 1_500;
const NOW_AND_THEN_MS = 20_000;

/** What a move did to the board's counts. */
export type Counts = 'untouched' | 'right' | 'doubtful';

/**
 * Reads the board's counts again after they moved: soon where they may be wrong, else now and then; however many
 * leads move, never more often. Returns what is told of each move, and what ends it.
 */
export function countReader(read: () => Promise<unknown>): {
  told: (counts: Counts) => void;
  end: () => void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;
  const end = () => clearTimeout(timer);
  const told = (counts: Counts) => {
    if (counts === 'untouched') return;
    const at = Date.now() + (counts === 'right' ? NOW_AND_THEN_MS : WHEN_DOUBTED_MS);
    if (at >= due) return;
    due = at;
    clearTimeout(timer);
    timer = setTimeout(() => {
      due = Number.POSITIVE_INFINITY;
      // The next move asks again.
      void read().catch(() => undefined);
    }, at - Date.now());
  };
  return { told, end };
}
