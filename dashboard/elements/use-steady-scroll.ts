import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Keeps what somebody is reading where it is while lines come and go above it; at the very top new lines come in
 * sight by themselves.
 *
 * @param lines what the list shows, in its order; another array whenever it changed
 */
export function useSteadyScroll(
  virtual: Virtualizer<HTMLDivElement, Element>,
  scroller: RefObject<HTMLDivElement | null>,
  lines: readonly { id: string }[],
): void {
  const anchor = useRef<{ id: string; start: number } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only where the lines changed something may have moved
  useLayoutEffect(() => {
    const box = scroller.current;
    const known = anchor.current;
    if (!box || !known || box.scrollTop === 0) return;
    const index = lines.findIndex(({ id }) => id === known.id);
    const start = virtual.measurementsCache[index]?.start;
    if (start !== undefined) box.scrollTop += start - known.start;
  }, [lines]);

  useLayoutEffect(() => {
    const offset = virtual.scrollOffset ?? 0;
    const first = virtual.getVirtualItems().find(({ end }) => end > offset);
    const line = first && lines[first.index];
    anchor.current = first && line ? { id: line.id, start: first.start } : null;
  });
}
