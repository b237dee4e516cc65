import { phoneForms, phoneFromWaId } from '../domain/phone.ts';
import type { Query } from './database.ts';
import type { Sealing } from './sealing.ts';

/** One name under which a person may be known; `hash` is the same for every form of the same name. */
export type Identity = {
  kind: 'phone' | 'wa_id' | 'bsuid' | 'lid' | 'email' | 'chatwoot_contact';
  value: string;
  hash: string;
};

/** Makes identities of what the outside calls one person, hashed for one tenant. An e-mail is none: companies share them. */
export function identitiesOf(
  sealing: Sealing,
  tenantId: string,
  names: {
    phone?: string | null;
    waId?: string | null;
    bsuid?: string | null;
    lid?: string | null;
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
  if (names.lid) {
    identities.push({ kind: 'lid', value: names.lid, hash: hash(`lid:${names.lid}`) });
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
    // Name by name: a join of so few might read every name there is.
    `select i.person_id from unnest($1::text[], $2::text[]) as n(kind, value)
     cross join lateral (
       select person_id, created_at from person_identity where kind = n.kind and value = n.value limit 1) i
     order by i.created_at limit 1`,
    [identities.map((i) => i.kind), identities.map((i) => i.value)],
  );
  return found?.person_id ?? null;
}

/** The person of this id, or the one they were merged into in the end; null where there is nobody. */
export async function livingPerson(query: Query, personId: string): Promise<string | null> {
  const [person] = await query<{ id: string }>(
    `with recursive chain as (
       select id, merged_into from person where id = $1
       union all select p.* from chain c
       cross join lateral (select id, merged_into from person where id = c.merged_into limit 1) p)
     select id from chain where merged_into is null`,
    [personId],
  );
  return person?.id ?? null;
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
     ) h order by 2
     on conflict (tenant_id, hash) do nothing`,
    [identities.map((i) => i.hash), personId, source],
  );
}
