import { readFile, writeFile } from 'node:fs/promises';
import { diff } from 'node:util';

/** One line of two texts that are compared: 0 where both have it, positive where only the committed one does. */
type Compared = [which: number, line: string];

/**
 * Compares a committed file with what is made now, and fails the process where they differ, with the differences that
 * `tell` makes of all lines and with the remedy; with `--write` among the arguments writes the file anew instead.
 */
export async function compareWithCommitted(
  file: string,
  now: string,
  tell: (lines: readonly Compared[]) => string[],
  remedy: string,
): Promise<void> {
  if (process.argv.includes('--write')) {
    await writeFile(file, now);
    console.log(`${file} written`);
    return;
  }
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === now) return;
  for (const line of tell(diff(committed.split('\n'), now.split('\n')) as Compared[])) console.log(line);
  console.error(remedy);
  process.exitCode = 1;
}

/** A line that only one of the texts has, as it is shown. */
export const different = ([which, line]: Compared): string => `${which > 0 ? '-' : '+'} ${line}`;
