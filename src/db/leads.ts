import type { Stage } from '../domain/lead.ts';
import type { TenantRows } from './database.ts';

/** The lead that goes on for this one where it was merged; else the same. */
export async function leadInPlaceOf({ query }: TenantRows, leadId: string): Promise<string> {
  const [lead] = await query<{ id: string }>('select merged_into as id from lead where id = $1', [leadId]);
  return lead?.id ?? leadId;
}

/** The person's open lead, or else their newest one, by CNPJ or by person; empty where there is none. */
export async function leadsOf(
  { query }: TenantRows,
  whose: { personId?: string | null; cnpj?: string | null },
): Promise<string[]> {
  const leads = await query<{ id: string; stage: Stage }>(
    `select l.id, l.stage from lead l join person p on p.id = l.person_id
     where (l.person_id = $1 or p.cnpj = $2) and l.merged_into is null order by l.stage = 'closed', l.created_at desc`,
    [whose.personId ?? null, whose.cnpj ?? null],
  );
  const open = leads.filter((lead) => lead.stage !== 'closed');
  return (open.length > 0 ? open : leads.slice(0, 1)).map((lead) => lead.id);
}

/**
 * Whose a lead is, and which of what is said of the person besides does not fit: a phone by which another person or
 * nobody is known, a CNPJ where the person's referrals name others. Null where there is no such lead.
 */
export async function leadAgrees(
  { query }: TenantRows,
  leadId: string,
  said: { phones: readonly string[] | null; cnpj: string | null },
): Promise<{ phone: boolean; cnpj: boolean } | null> {
  const [lead] = await query<{ phone: boolean; cnpj: boolean }>(
    `select $2::text[] is null or exists (select from person_identity i
         where i.person_id = l.person_id and i.kind = 'phone' and i.value = any ($2)) as phone,
       $3::text is null or p.cnpj is null or p.cnpj = $3
         or exists (select from referral r where r.person_id = l.person_id and r.cnpj = $3) as cnpj
     from lead l join person p on p.id = l.person_id where l.id = $1`,
    [leadId, said.phones, said.cnpj],
  );
  return lead ?? null;
}
