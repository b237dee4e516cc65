import { describeKinds, readHistory } from './engine-steps.ts';
import type { Product } from './product.ts';
import { percentile } from './report.ts';

/** A lead is left behind when it falls asleep so long after nearly all others of its round. */
const BEHIND_SECONDS = 5;
const NEARLY_ALL = 0.95;
const SHOWN = 3;

/**
 * Says which leads referred since `since` fell asleep long after the others, with their histories in a line:
 * these hold a timeout or a second try where there was one. One such lead halves the speed of a whole round.
 */
export async function describeStragglers(product: Product, since: string): Promise<string[]> {
  const leads = await product.database.tenant(product.tenantId, ({ query }) =>
    query<{ id: string; asleepAt: number }>(
      `select l.id, extract(epoch from max(e.at) - $1::timestamptz)::float8 as "asleepAt"
       from lead l join lead_event e on e.lead_id = l.id and e.kind = 'asleep'
       where l.created_at >= $1::timestamptz group by l.id order by 2 desc`,
      [since],
    ),
  );
  const usual = percentile(
    leads.map((lead) => lead.asleepAt),
    NEARLY_ALL,
  );
  const behind = leads.filter((lead) => lead.asleepAt - usual > BEHIND_SECONDS);
  const lines = behind.slice(0, SHOWN).map(async ({ id, asleepAt }) => {
    const history = await readHistory(product.temporal, id);
    return `lead ${id} fell asleep ${(asleepAt - usual).toFixed(1)} s after the others: ${describeKinds(history)}`;
  });
  const more = behind.length > SHOWN ? [`and ${behind.length - SHOWN} more`] : [];
  return [...(await Promise.all(lines)), ...more];
}
