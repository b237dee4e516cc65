const SHOWN_MS = 4_000;

const moved = new Map<string, number>();

/** Remembers that leads moved to another column of the board just now. */
export function noteMoved(ids: readonly string[]): void {
  const now = Date.now();
  for (const [id, at] of moved) if (now - at > SHOWN_MS) moved.delete(id);
  for (const id of ids) moved.set(id, now);
}

/** Whether a lead moved just now: its card is to be noticed. */
export function hasMoved(id: string): boolean {
  const at = moved.get(id);
  return at !== undefined && Date.now() - at < SHOWN_MS;
}
