import type { Query } from './database.ts';
import type { Identity } from './identities.ts';

export type Name = Pick<Identity, 'kind' | 'value'>;

/** Whose the names are that somebody has: a person once for each of them. */
export async function ownersOf(query: Query, identities: readonly Identity[]): Promise<string[]> {
  const owners = await query<{ id: string | null }>(
    `select ${ownerOf('n')} as id from unnest($1::text[], $2::text[]) as n(kind, value)`,
    columns(identities).slice(0, 2),
  );
  return owners.flatMap(({ id }) => id ?? []);
}

/**
 * Gives a person names that nobody has yet. Returns false, and gives none, where one of them is somebody else's, or
 * says that it may not be the same person, or is on the list of opt-outs, or the person was merged: then ask
 * `recognise`. It locks the person; its two statements may leave together with others.
 */
export async function noteIdentities(
  query: Query,
  personId: string,
  identities: readonly Identity[],
  at: string | null = null,
): Promise<boolean> {
  const [, noted] = await Promise.all([
    query(
      `select from person p where p.id = $1 and exists (
         select from unnest($2::text[], $3::text[]) as n(kind, value)
         where ${ownerOf('n')} is distinct from p.id)
       for no key update`,
      [personId, ...columns(identities).slice(0, 2)],
    ),
    noteForLocked(query, personId, identities, { at, evenStopped: false }),
  ]);
  return noted;
}

/**
 * The same in one statement, for whoever has locked the person.
 *
 * @param how `evenStopped`: names on the list of opt-outs too, of whose open leads the caller takes care
 */
export async function noteForLocked(
  query: Query,
  personId: string,
  identities: readonly Identity[],
  how: { at: string | null; evenStopped: boolean },
): Promise<boolean> {
  const [noted] = await query<{ done: boolean }>(
    `with n as materialized (
       select n.*, ${ownerOf('n')} as person_id
       from unnest($2::text[], $3::text[], $4::text[]) as n(kind, value, hash)),
     simple as (
       select from person p where p.id = $1 and p.merged_into is null
         and not exists (select from n where n.person_id <> p.id)
         and not exists (select from n where n.person_id is null and n.kind in (
           select i.kind from person_identity i where i.person_id = $1 and i.kind in ('bsuid', 'lid')))
         and ($6 or not exists (select from n where n.person_id is null
           and (select true from suppression s where s.hash = decode(n.hash, 'hex'))))),
     added as (
       insert into person_identity (tenant_id, kind, value, hash, person_id, created_at)
       select current_tenant(), n.kind, n.value, decode(n.hash, 'hex'), $1, ${seenAt('$5')}
       from n, simple where n.person_id is null order by n.kind, n.value
       on conflict (tenant_id, kind, value) do nothing returning 1)
     select exists (select from simple)
       and (select count(*) from added) = (select count(*) from n where person_id is null) as done`,
    [personId, ...columns(identities), how.at, how.evenStopped],
  );
  return noted?.done ?? false;
}

/** Of many sightings those that tell something new of the person they point at; one statement for all. */
export async function bringNews<Pointing extends { personId: string; identities: readonly Identity[] }>(
  query: Query,
  sightings: readonly Pointing[],
): Promise<Set<Pointing>> {
  if (sightings.length === 0) return new Set();
  const names = sightings.flatMap(({ personId, identities }, index) =>
    identities.map(({ kind, value }) => ({ index, personId, kind, value })),
  );
  const news = await query<{ index: number }>(
    `select distinct n.index from unnest($1::int[], $2::uuid[], $3::text[], $4::text[])
       as n(index, person_id, kind, value)
     where ${ownerOf('n')} is distinct from n.person_id`,
    [
      names.map(({ index }) => index),
      names.map(({ personId }) => personId),
      names.map(({ kind }) => kind),
      names.map(({ value }) => value),
    ],
  );
  return new Set(news.flatMap(({ index }) => sightings[index] ?? []));
}

/** Gives a person names that nobody has; false where somebody was quicker with one of them. */
export async function attach(
  query: Query,
  personId: string,
  free: readonly Identity[],
  at: string | null,
): Promise<boolean> {
  if (free.length === 0) return true;
  const added = await query(
    `insert into person_identity (tenant_id, kind, value, hash, person_id, created_at)
     select current_tenant(), n.kind, n.value, decode(n.hash, 'hex'), $1, ${seenAt('$5')}
     from unnest($2::text[], $3::text[], $4::text[]) as n(kind, value, hash) order by n.kind, n.value
     on conflict (tenant_id, kind, value) do nothing returning 1`,
    [personId, ...columns(free), at],
  );
  return added.length === free.length;
}

/** SQL for whose name `alias` is. Name by name: a join of so few might read every name there is. */
const ownerOf = (alias: string) =>
  `(select i.person_id from person_identity i where i.kind = ${alias}.kind and i.value = ${alias}.value)`;

/** SQL for when something was seen that may have been told late. */
export const seenAt = (placeholder: string) => `least(coalesce(${placeholder}::timestamptz, now()), now())`;

/** What tells names apart. */
export const nameOf = ({ kind, value }: Name) => `${kind} ${value}`;

/** Each name once. */
export const unique = (identities: readonly Identity[]): Identity[] => [
  ...new Map(identities.map((identity) => [nameOf(identity), identity])).values(),
];

/** The names as the columns of a statement: kinds, values, hashes. */
export const columns = (identities: readonly Identity[]): [string[], string[], string[]] => [
  identities.map(({ kind }) => kind),
  identities.map(({ value }) => value),
  identities.map(({ hash }) => hash),
];
