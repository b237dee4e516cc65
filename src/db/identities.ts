import { phoneForms, phoneFromWaId } from '../domain/phone.ts';
import type { Query } from './database.ts';
import type { Sealing } from './sealing.ts';

/** One name under which a person may be known; `hash` is the same for every form of the same name. */
export type Identity = {
  kind: 'phone' | 'wa_id' | 'bsuid' | 'lid' | 'email' | 'chatwoot_contact';
  value: string;
  hash: string;
};

/** Makes identities of what the outside calls a person, hashed for one tenant. */
export function identitiesOf(
  sealing: Sealing,
  tenantId: string,
  names: {
    phone?: string | null;
    waId?: string | null;
    bsuid?: string | null;
    chatwootContact?: number | null;
  },
): Identity[] {
  const hash = (canonical: string) => sealing.identityHash(tenantId, canonical);
  const identities: Identity[] = [];
  if (names.phone) {
    const canonical = hash(`phone:${names.phone}`);
    for (const form of phoneForms(names.phone))
      identities.push({ kind: 'phone', value: form, hash: canonical });
  }
  if (names.waId) {
    const phone = phoneFromWaId(names.waId);
    const canonical = hash(phone ? `phone:${phone}` : `wa_id:${names.waId}`);
    identities.push({ kind: 'wa_id', value: names.waId, hash: canonical });
    if (phone && phone !== names.phone) {
      for (const form of phoneForms(phone)) identities.push({ kind: 'phone', value: form, hash: canonical });
    }
  }
  if (names.bsuid) {
    identities.push({ kind: 'bsuid', value: names.bsuid, hash: hash(`bsuid:${names.bsuid}`) });
  }
  if (names.chatwootContact) {
    const value = String(names.chatwootContact);
    identities.push({ kind: 'chatwoot_contact', value, hash: hash(`chatwoot_contact:${value}`) });
  }
  return identities;
}

/** The person whom any of `identities` names, or null. */
export async function findPerson(query: Query, identities: readonly Identity[]): Promise<string | null> {
  const [found] = await query<{ person_id: string }>(
    `select i.person_id from person_identity i
     join unnest($1::text[], $2::text[]) as n(kind, value) on n.kind = i.kind and n.value = i.value
     order by i.created_at limit 1`,
    [identities.map((i) => i.kind), identities.map((i) => i.value)],
  );
  return found?.person_id ?? null;
}

/** Adds to a person the identities that nobody has yet. */
export async function addIdentities(
  query: Query,
  personId: string,
  identities: readonly Identity[],
): Promise<void> {
  if (identities.length === 0) return;
  await query(
    `insert into person_identity (tenant_id, kind, value, hash, person_id)
     select current_tenant(), n.kind, n.value, decode(n.hash, 'hex'), $4
     from unnest($1::text[], $2::text[], $3::text[]) as n(kind, value, hash)
     on conflict (tenant_id, kind, value) do nothing`,
    [identities.map((i) => i.kind), identities.map((i) => i.value), identities.map((i) => i.hash), personId],
  );
}

/** SQL that is true where any identity of the person `alias.person_id` has opted out. */
export const isSuppressed = (alias: string) =>
  `exists (select from person_identity si join suppression s on s.hash = si.hash
           where si.person_id = ${alias}.person_id)`;

/** Puts the identities, and all that their person has besides, on the list that holds for ever. */
export async function suppress(
  query: Query,
  identities: readonly Identity[],
  personId: string | null,
  source: string,
): Promise<void> {
  await query(
    `insert into suppression (tenant_id, hash, source)
     select distinct current_tenant(), h.hash, $3 from (
       select decode(unnest($1::text[]), 'hex') as hash
       union select hash from person_identity where person_id = $2 and kind <> 'chatwoot_contact'
     ) h
     on conflict (tenant_id, hash) do nothing`,
    [identities.map((i) => i.hash), personId, source],
  );
}
