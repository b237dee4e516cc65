import type { TenantRows } from './database.ts';

/** So many of the newest leads are looked for on the sandbox's phones. */
const MOST_LEADS = 500;

/**
 * The numbers (digits, or business-scoped user ids) of people who have leads, as the sandbox at `sandboxUrl` may
 * know them, with the people's names; none where the tenant has no number of that sandbox.
 */
export async function numbersOfLeads(
  { query }: TenantRows,
  sandboxUrl: string,
): Promise<ReadonlyMap<string, string>> {
  const found = await query<{ value: string; name: string }>(
    `select distinct ltrim(i.value, '+') as value, p.name
     from (select person_id from lead order by created_at desc, id desc limit $2) l
     join person p on p.id = l.person_id
     join person_identity i on i.person_id = l.person_id
     where i.kind in ('phone', 'wa_id', 'bsuid') and exists (select from channel where base_url = $1)`,
    [sandboxUrl, MOST_LEADS],
  );
  return new Map(found.map(({ value, name }) => [value, name]));
}

/** Whether a number of the sandbox at `sandboxUrl` is that of somebody who has a lead here. */
export async function isNumberOfLead(
  { query }: TenantRows,
  sandboxUrl: string,
  waId: string,
): Promise<boolean> {
  const [found] = await query(
    `select from person_identity i
     where i.value in ($2, '+' || $2) and i.kind in ('phone', 'wa_id', 'bsuid')
       and exists (select from lead l where l.person_id = i.person_id)
       and exists (select from channel where base_url = $1) limit 1`,
    [sandboxUrl, waId],
  );
  return found !== undefined;
}
