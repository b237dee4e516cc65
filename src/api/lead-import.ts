import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { ImportProgress, LeadImport } from '../contract/connection.ts';
import type { Database } from '../db/database.ts';
import { foreseeReferrals } from '../db/intake-foresight.ts';
import { PACED_PER_SECOND } from '../db/outbox.ts';
import type { Sealing } from '../db/sealing.ts';
import { settingsReader } from '../db/tenants.ts';
import { type Referral, referralSchema } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { readImportFile } from './import-file.ts';
import { asStored, hashOf, intake } from './intake.ts';
import { tellLines, wantsLines } from './json-lines.ts';
import { otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';

/** What `POST /v1/leads/import` takes besides the file. */
export const importQuery = z.strictObject({
  dry_run: z.stringbool({ error: 'Informe true ou false.' }).default(false),
});

/** As which a browser may send a CSV file: on Windows Excel claims the type for itself. */
const TYPES = ['text/csv', 'application/csv', 'application/vnd.ms-excel'];

const onlyCsv: RequestHandler = (request, _response, next) => {
  if (!request.is(TYPES)) throw new Problem('not_csv');
  next();
};

type Line = { line: number; key: string; referral: Referral };
type Counts = Pick<LeadImport, 'received' | 'joined' | 'opted_out' | 'known'>;

const NONE: Counts = { received: 0, joined: 0, opted_out: 0, known: 0 };

/** Leads by CSV. Stands before what lets in JSON alone. */
export function leadImportRoutes({ database, sealing }: { database: Database; sealing: Sealing }): Router {
  const settingsOf = settingsReader(database);
  const take = intake({ database, sealing });
  const router = Router();

  router
    .route('/leads/import')
    .post(onlyCsv, express.raw({ type: TYPES, limit: '2mb' }), async (request, response) => {
      const tenantId = tenantOf(response);
      const { dry_run } = check(importQuery, request.query, 'invalid_query');
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const file = readImportFile(bytes);
      const schema = referralSchema(await settingsOf(tenantId));
      const lines: Line[] = [];
      const refused: LeadImport['refused'] = [];
      for (const { line, fields } of file) {
        try {
          const referral = check(schema, fields);
          lines.push({ line, referral, key: keyOf(referral) });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          refused.push({ line, errors: error.fields ?? [] });
        }
      }
      const progress: ImportProgress = { done: refused.length, lines: file.length };
      const work = async (): Promise<LeadImport> => {
        const counts = dry_run ? await foresee(tenantId, lines) : await store(tenantId, lines, progress);
        return { dry_run, lines: file.length, ...counts, refused };
      };
      if (wantsLines(request)) await tellLines(response, () => progress, work);
      else response.json(await work());
    })
    .all(otherMethods);

  /**
   * One after the other, as the later of two that speak of one person is the newer referral. Counts each in
   * `progress`. Throws the problem `import_interrupted` where some were stored and the others could not be.
   */
  async function store(tenantId: string, lines: readonly Line[], progress: ImportProgress): Promise<Counts> {
    const counts = { ...NONE };
    for (const [before, { referral, key }] of lines.entries()) {
      const startsIn = counts.received / PACED_PER_SECOND;
      const taken = await take(tenantId, referral, key, startsIn).catch((error) => {
        throw before === 0 ? error : new Problem('import_interrupted', undefined, { cause: error });
      });
      if (taken.kind !== 'stored') counts.known++;
      else counts[taken.answer.optedOut ? 'opted_out' : taken.answer.joined ? 'joined' : 'received']++;
      progress.done++;
    }
    return counts;
  }

  async function foresee(tenantId: string, lines: readonly Line[]): Promise<Counts> {
    const counts = { ...NONE };
    const foreseen = await database.tenant(tenantId, (rows) =>
      foreseeReferrals(
        rows,
        sealing,
        lines.map(({ key, referral }) => ({ key, referral: asStored(referral) })),
      ),
    );
    for (const what of foreseen) counts[what]++;
    return counts;
  }

  return router;
}

/**
 * A line goes by what it says, and not by where it stands: a file of which somebody has corrected one line, and sends
 * all again, refers nobody twice.
 */
function keyOf(referral: Referral): string {
  return `import:${hashOf(referral).toString('hex')}`;
}
