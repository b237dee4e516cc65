import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Vectors kept beside the repository; a checkout without them skips the tests that read them. */
const FOLDER = join(import.meta.dirname, '../../../shared/fixtures');

/** `describe`, or its skipping form where the shared vectors are not there. */
export const describeWithFixtures = existsSync(FOLDER) ? describe : describe.skip;

/** The rows of a shared CSV file as objects by column name; none where the file is not there. */
export function sharedCsv(name: string): Record<string, string>[] {
  if (!existsSync(FOLDER)) return [];
  const [head, ...rows] = csvRows(readFileSync(join(FOLDER, name), 'utf8'));
  return rows.map((row) => Object.fromEntries(head!.map((column, index) => [column, row[index] ?? ''])));
}

/** A shared JSON file, parsed. */
export function sharedJson(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
}

/** The names of the JSON files in a shared folder; none where it is not there. */
export function sharedJsonNames(folder: string): string[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(join(FOLDER, folder)).filter((name) => name.endsWith('.json'));
}

function csvRows(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
      ),
    );
}
