import { identitiesOf } from '../../src/db/identities.ts';
import { createSealing } from '../../src/db/sealing.ts';
import type { Product } from './product.ts';

/** A message of a lead that is closed by now; its statuses, and what the person writes, still come in. */
export type ClosedLead = { waId: string; wamid: string; attemptId: string };

let made = 0;

/** Stores `count` closed leads, each with a person, a referral and a message that WhatsApp took. */
export async function makeClosedLeads(product: Product, count: number): Promise<ClosedLead[]> {
  const sealing = createSealing(product.services.secretKey);
  const first = made;
  made += count;
  const waIdOf = (number: number) => `5521${960_000_000 + number}`;
  return product.database.tenant(product.tenantId, async ({ tenantId, query }) => {
    const rows = await query<{ n: number; person_id: string; attempt_id: string }>(MAKE, [first, count]);
    const identities = rows.flatMap((row) =>
      identitiesOf(sealing, tenantId, { waId: waIdOf(row.n) }).map((identity) => ({ ...identity, ...row })),
    );
    await query(
      `insert into person_identity (tenant_id, kind, value, hash, person_id)
       select current_tenant(), kind, value, decode(hash, 'hex'), person_id
       from unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) as i(kind, value, hash, person_id)`,
      [
        identities.map((i) => i.kind),
        identities.map((i) => i.value),
        identities.map((i) => i.hash),
        identities.map((i) => i.person_id),
      ],
    );
    return rows.map((row) => ({
      waId: waIdOf(row.n),
      wamid: `wamid.bench.${row.n}`,
      attemptId: row.attempt_id,
    }));
  });
}

const MAKE = `
  with made as materialized (
    select n, uuidv7() as person_id, uuidv7() as lead_id, uuidv7() as referral_id, uuidv7() as message_id,
      uuidv7() as attempt_id
    from generate_series($1::int, $1::int + $2::int - 1) as n),
  flow_used as (select f.id, f.version, v.channel_id from flow f
    join flow_version v on v.flow_id = f.id and v.version = f.version limit 1),
  people as (insert into person (tenant_id, id, name)
    select current_tenant(), person_id, 'Cliente ' || n from made),
  leads as (
    insert into lead (tenant_id, id, person_id, flow_id, flow_version, origin, stage, outcome, status_value,
      consultant_name, referral_id, referral_count, closed_at)
    select current_tenant(), lead_id, person_id, f.id, f.version, 'api_oficial', 'closed', 'not_converted',
      'qualificado', '', referral_id, 1, now() from made, flow_used f),
  referrals as (
    insert into referral (tenant_id, id, lead_id, person_id, number, origin, name, phone, status_value, consultant_name)
    select current_tenant(), referral_id, lead_id, person_id, 1, 'api_oficial', 'Cliente ' || n,
      '+5521' || (960000000 + n), 'qualificado', '' from made),
  messages as (
    insert into message (tenant_id, id, lead_id, referral_id, person_id, channel_id, direction, stage, kind, wamid, state)
    select current_tenant(), message_id, lead_id, referral_id, person_id, f.channel_id, 'out', 'main', 'template',
      'wamid.bench.' || n, 'queued' from made, flow_used f),
  attempts as (
    insert into send_attempt (tenant_id, id, message_id, lead_id, referral_id, channel_id, stage, try, state, wamid)
    select current_tenant(), attempt_id, message_id, lead_id, referral_id, f.channel_id, 'main', 1, 'accepted',
      'wamid.bench.' || n from made, flow_used f)
  select n, person_id, attempt_id from made order by n`;
