import { type RefObject, useEffect } from 'react';

/**
 * `j` and `k`, or the arrows, lead from row to row; Enter then opens the lead, as its link has the focus.
 *
 * @param scrollTo brings a row in sight, which may have to be drawn first
 */
export function useRowKeys(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  scrollTo: (index: number) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      const body = scroller.current;
      if (!step || !body || isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const row = document.activeElement?.closest<HTMLElement>('[data-index]');
      const from = row && body.contains(row) ? Number(row.dataset.index) : firstInSight(body) - step;
      const to = Math.min(count - 1, Math.max(0, from + step));
      event.preventDefault();
      scrollTo(to);
      focusRow(body, to);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}

function isWriting({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [role="listbox"], [role="dialog"], [role="menu"]') !== null
  );
}

function firstInSight(body: HTMLElement): number {
  const { top } = body.getBoundingClientRect();
  const rows = [...body.querySelectorAll<HTMLElement>('[data-index]')];
  const inSight = rows.filter((row) => row.getBoundingClientRect().bottom > top + 1);
  return Math.min(...inSight.map((row) => Number(row.dataset.index)), Number.MAX_SAFE_INTEGER);
}

/** The row may be drawn only in the next frames. */
function focusRow(body: HTMLElement, index: number, tries = 5): void {
  const link = body.querySelector<HTMLElement>(`[data-index="${index}"] [data-row-link]`);
  if (link) link.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(body, index, tries - 1));
}
