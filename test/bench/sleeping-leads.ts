import { allAsleep, allQuiet, databaseNow } from './asleep.ts';
import { byClients, postLead } from './leads.ts';
import type { Product } from './product.ts';

/** A lead whose workflow sleeps. */
export type SleepingLead = { leadId: string; waId: string };

/** Takes `count` leads through until they sleep and nothing of theirs is on its way any more. */
export async function sleepingLeads(product: Product, count: number): Promise<SleepingLead[]> {
  const since = await databaseNow(product);
  const ids: string[] = [];
  await byClients(count, async () => void ids.push(await postLead(product)));
  await allAsleep(product, since, count);
  await allQuiet(product);
  return product.database.tenant(product.tenantId, ({ query }) =>
    query<SleepingLead>(
      `select lead_id as "leadId", ltrim(phone, '+') as "waId" from referral where lead_id = any ($1)`,
      [ids],
    ),
  );
}
