import type { TenantRows } from '../db/database.ts';
import { identitiesOf } from '../db/identities.ts';
import { recordOptOut } from '../db/journeys.ts';
import type { Sealing } from '../db/sealing.ts';
import { Problem } from './problems.ts';

/** A person asked somebody of the company to be left alone: it holds for every number of theirs, for ever. */
export async function optOutLead(rows: TenantRows, sealing: Sealing, leadId: string): Promise<void> {
  const [lead] = await rows.query<{ person_id: string; phone: string }>(
    `select l.person_id, r.phone from lead l join referral r on r.id = l.referral_id where l.id = $1`,
    [leadId],
  );
  if (!lead) throw new Problem('lead_not_found');
  const identities = identitiesOf(sealing, rows.tenantId, { phone: lead.phone });
  await recordOptOut(rows, { identities, personId: lead.person_id, source: 'api' });
}
