/**
 * A reason why the product cannot start, as one line that names what is wrong and the remedy. It is printed
 * without a stack. `details` are lines from the log of the process that failed.
 */
export class StartError extends Error {
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'StartError';
    this.details = details;
  }
}

/**
 * What the system or the database said, where that is a reason that a person can remove, as one line; undefined
 * for a fault of our own, whose stack is wanted.
 */
export function startErrorOf(error: unknown): StartError | undefined {
  const { code, path, message, severity } = error as NodeJS.ErrnoException & { severity?: string };
  const where = path ? ` (${path})` : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StartError(`The disk is full${where}. ${DISK_REMEDY}`);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StartError(
      `A file cannot be written or read (${code})${where}. ` +
        'Give this user the right to it, or set LEAD_FLOW_DATA_DIR to a directory of his own.',
    );
  }
  // PostgreSQL's own words, which come with their severity.
  if (severity)
    return new StartError(`PostgreSQL refuses: ${message} (${code}). Check DATABASE_URL and its login.`);
  return undefined;
}

/** What to do where a program's `words` say that its disk is full, after a space; else nothing. */
export function diskRemedy(words: string): string {
  return /no space left on device|disk (is )?full|disk quota exceeded/i.test(words) ? ` ${DISK_REMEDY}` : '';
}

const DISK_REMEDY = 'Free some space, or set LEAD_FLOW_DATA_DIR to a directory on another disk.';
