import { z } from 'zod';
import { BOARD_COLUMNS } from '../contract/lead.ts';
import type { ListPlace } from '../db/lead-list.ts';
import { endIn, instantIn } from '../domain/business-calendar.ts';
import { OUTCOMES, STAGES } from '../domain/lead.ts';
import { phoneForms } from '../domain/phone.ts';
import { phoneField } from '../domain/referral.ts';

const text = z.string({ error: 'Informe um só texto.' }).max(200, { error: 'Use no máximo 200 caracteres.' });

const LIMIT = 'Informe um número inteiro de 1 a 200.';
/** Rows on a page. */
export const pageLimit = z.coerce
  .number({ error: LIMIT })
  .int({ error: LIMIT })
  .min(1, { error: LIMIT })
  .max(200, { error: LIMIT })
  .default(50);

/** Words for a cursor that is none. */
export const CURSOR = 'Use o valor de next_cursor da página anterior.';

/** What `GET /v1/leads.csv` takes: the filters, and all that they find. */
export const exportQuery = (zone: string) => leadQuery(zone).omit({ cursor: true, limit: true });

/**
 * What `GET /v1/leads` takes, and nothing else. A date without offset is one on the clocks of `zone`; a date
 * without time is its whole day, so that `until` includes it.
 */
export function leadQuery(zone: string) {
  return z.strictObject({
    column: z.enum(BOARD_COLUMNS, { error: `Valores aceitos: ${BOARD_COLUMNS.join(', ')}.` }).optional(),
    stage: z.enum(STAGES, { error: `Valores aceitos: ${STAGES.join(', ')}.` }).optional(),
    outcome: z.enum(OUTCOMES, { error: `Valores aceitos: ${OUTCOMES.join(', ')}.` }).optional(),
    open: z.stringbool({ error: 'Informe true ou false.' }).optional(),
    consultant: text.optional(),
    phone: phoneField.transform(phoneForms).optional(),
    owner_phone: phoneField.transform(phoneForms).optional(),
    from: moment((given) => instantIn(zone, given)).optional(),
    until: moment((given) => endIn(zone, given)).optional(),
    attention: z.stringbool({ error: 'Informe true ou false.' }).optional(),
    held: z.stringbool({ error: 'Informe true ou false.' }).optional(),
    text: text.optional(),
    cursor: z.string({ error: CURSOR }).transform(readCursor).optional(),
    limit: pageLimit,
  });
}

/** The cursor as callers carry it from one page to the next. */
export function writeCursor({ createdAt, id }: ListPlace): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

function readCursor(given: string, context: z.RefinementCtx): ListPlace {
  const [createdAt = '', id = ''] = Buffer.from(given, 'base64url').toString().split(' ');
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(createdAt);
  if (isTime && instantIn('UTC', createdAt) && z.uuid().safeParse(id).success) return { createdAt, id };
  context.addIssue({ code: 'custom', message: CURSOR, params: { code: 'cursor_invalid' } });
  return z.NEVER;
}

/** An instant in a query, as `read` understands it; null is no instant. */
export function moment(read: (given: string) => Date | null) {
  return z.string({ error: 'Informe uma só data.' }).transform((given, context) => {
    const at = read(given);
    if (at) return at;
    const message = 'Informe uma data ISO, por exemplo 2026-11-22 ou 2026-11-22T09:00.';
    context.addIssue({ code: 'custom', message, params: { code: 'date_invalid' } });
    return z.NEVER;
  });
}
