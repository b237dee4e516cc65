import type { Answer, Product } from '../harness/product.ts';
import { countRows } from '../harness/stored.ts';

/** Closes a lead in the table, as its workflow would. */
export const closeLead = ({ query }: Product, leadId: string, outcome = 'not_converted') =>
  query(`update lead set stage = 'closed', outcome = $2, closed_at = now() where id = $1`, [leadId, outcome]);

/** What the engine is to be told about a lead, but for its start. */
export const wordsTo = ({ query }: Product, leadId: string) =>
  query(`select kind, payload from engine_outbox where lead_id = $1 and kind <> 'start' order by id`, [
    leadId,
  ]);

/** Expects a problem that leaves every table as long as it was; returns its status and code. */
export async function refusedUnchanged({ query }: Product, send: () => Promise<Answer>) {
  const before = await countRows(query);
  const answer = await send();
  expect(await countRows(query)).toEqual(before);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return [answer.status, answer.body.code];
}
