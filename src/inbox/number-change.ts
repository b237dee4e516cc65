import { findPerson, type Identity, identitiesOf, suppress } from '../db/identities.ts';
import { recognise } from '../db/people.ts';
import type { NumberChangePayload } from '../domain/whatsapp-webhook.ts';
import type { ApplyContext } from './context.ts';

/**
 * A person has a new number: it is one more name of theirs, and the one they are written to from now on. A stop
 * holds under the new number, too, also for somebody we do not know otherwise.
 */
export async function applyNumberChange(context: ApplyContext, change: NumberChangePayload): Promise<string> {
  const { rows, sealing } = context;
  const former = identitiesOf(sealing, rows.tenantId, { waId: change.waId, bsuid: change.userId });
  const now = identitiesOf(sealing, rows.tenantId, { waId: change.newWaId, bsuid: change.newUserId });
  const formerly = await findPerson(rows.query, former);
  if (await hasStopped(context, formerly, former)) {
    await suppress(rows.query, now, null, 'whatsapp_number_change');
  }
  const { personId } = await recognise(rows, {
    // The new number is the newest then, which messages go to.
    identities: formerly ? now : [...former, ...now],
    personId: formerly,
    renamed: true,
    at: change.at,
  });
  if (!personId) return 'no_lead';
  await rows.query(
    `insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, at)
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'number_changed', now()
     from lead where person_id = $1 order by stage = 'closed', created_at desc limit 1`,
    [personId],
  );
  return 'number_changed';
}

async function hasStopped(
  { rows }: ApplyContext,
  personId: string | null,
  identities: readonly Identity[],
): Promise<boolean> {
  const [found] = await rows.query<{ stopped: boolean }>(
    `select exists (select from suppression where hash in (
       select decode(unnest($2::text[]), 'hex')
       union all select hash from person_identity where person_id = $1)) as stopped`,
    [personId, identities.map((identity) => identity.hash)],
  );
  return found?.stopped ?? false;
}
