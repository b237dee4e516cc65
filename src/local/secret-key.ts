import { randomBytes } from 'node:crypto';
import { createSealing } from '../db/sealing.ts';
import { opens } from '../db/secret-key.ts';
import type { DataDir } from './data-dir.ts';
import { StartError } from './start-error.ts';

const FILE = 'secret-key';
const SEALED = 'the key that the secrets in the database were sealed with';

/**
 * The product's secret key: LEAD_FLOW_SECRET_KEY where it is `given`, else the one that is kept in the data
 * directory. Only where the database has no tenant yet, a key is made and kept.
 *
 * `sealed` is a stored secret of a tenant. Throws a StartError where the key does not open it, or is gone.
 */
export function secretKey(dataDir: DataDir, given: string | undefined, sealed: Buffer | undefined): string {
  const file = dataDir.at(FILE);
  const kept = dataDir.read(FILE)?.trim();
  if (!sealed) {
    if (given) return given;
    if (kept && isKey(kept)) return kept;
    const made = randomBytes(32).toString('base64');
    dataDir.keep(FILE, `${made}\n`);
    return made;
  }
  const fits = (key: string | undefined) =>
    key !== undefined && isKey(key) && opens(createSealing(key), sealed);
  if (given && fits(given)) return given;
  if (given) {
    throw new StartError(
      `LEAD_FLOW_SECRET_KEY is not ${SEALED}. ` +
        (fits(kept)
          ? `The one kept in ${file} is: unset the variable.`
          : 'Set it to the one that earlier starts had.'),
    );
  }
  if (kept && fits(kept)) return kept;
  throw new StartError(
    `${file} ${kept === undefined ? `is gone: ${SEALED}` : `is not ${SEALED}`}. ` +
      'Bring it back from a copy, or set LEAD_FLOW_SECRET_KEY to that key. ' +
      'To start from nothing instead, without the leads, set LEAD_FLOW_DATA_DIR to a new directory ' +
      'and DATABASE_URL, where it is set, to an empty database.',
  );
}

function isKey(text: string): boolean {
  return Buffer.from(text, 'base64').length === 32;
}
