import type { Product } from './product.ts';

/** Closes a lead in the table, as its workflow would. */
export const closeLead = ({ query }: Pick<Product, 'query'>, leadId: string, outcome = 'not_converted') =>
  query(`update lead set stage = 'closed', outcome = $2, closed_at = now() where id = $1`, [leadId, outcome]);

/** What the engine is to be told of a lead, besides its start, in order. */
export const wordsFor = ({ query }: Pick<Product, 'query'>, leadId: string) =>
  query<{ kind: string; payload: { type?: string; referralId?: string } & Record<string, unknown> }>(
    `select kind, payload from engine_outbox where lead_id = $1 and kind <> 'start' order by id`,
    [leadId],
  );

/** The kinds of a lead's timeline, in order, deliveries and all. */
export const timelineOf = async ({ lead }: Pick<Product, 'lead'>, leadId: string): Promise<string[]> =>
  (await lead(leadId)).timeline.map(({ kind }: { kind: string }) => kind);
