// Compares openapi.json with what the schemas make; with `--write` writes it anew.
import { join } from 'node:path';
import { openApiDocument } from '../src/api/openapi/document.ts';
import { compareWithCommitted, different } from './committed.ts';

const MOST_LINES = 40;

await compareWithCommitted(
  join(import.meta.dirname, '../openapi.json'),
  `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  (compared) => {
    const lines = compared.filter(([which]) => which !== 0).map(different);
    const rest = lines.length - MOST_LINES;
    return rest > 0 ? [...lines.slice(0, MOST_LINES), `… and ${rest} more`] : lines;
  },
  'openapi.json is not what the schemas make. Run: npm run openapi',
);
