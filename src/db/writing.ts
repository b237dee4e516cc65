const BEGINS_WITH = /^\s*with\b/i;

/** What writes in the midst of a statement that begins with `with`. */
const WRITES =
  /\b(insert\s+into|delete\s+from|merge\s+into|update\s+(only\s+)?\w+\s+((as\s+)?\w+\s+)?set)\b/i;

/**
 * Whether a statement that has ended may have written rows. `command` is the server's word for it, which like
 * `rowCount` speaks of its end alone, and not of what it began with.
 */
export function hasWritten(sql: string, command: string, rowCount: number | null): boolean {
  if (/^(INSERT|UPDATE|DELETE|MERGE)$/.test(command) && rowCount !== 0) return true;
  return BEGINS_WITH.test(sql) && WRITES.test(sql);
}
