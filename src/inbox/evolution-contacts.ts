import type { Query } from '../db/database.ts';
import { type Identity, identitiesOf } from '../db/identities.ts';
import { recognise } from '../db/people.ts';
import type { EvolutionContacts } from '../domain/evolution-webhook.ts';
import type { ApplyContext } from './context.ts';
import { namesHere } from './evolution-stored.ts';

/**
 * An address book tells which hidden number (LID) and phone are one person's. That counts for people we know; it
 * makes nobody known, and no phone change hands: whoever has it now will write from it.
 */
export async function linkContacts(
  { rows, sealing }: ApplyContext,
  { contacts }: EvolutionContacts,
): Promise<string> {
  const told = contacts.map(({ names }) => identitiesOf(sealing, rows.tenantId, namesHere(names)));
  const known = await whoIsKnown(rows.query, told);
  const news = known.filter((contact) => contact.news && !contact.otherwise);
  for (const { n } of news) await recognise(rows, { identities: told[n - 1] ?? [] });
  if (news.length > 0) return 'linked';
  return known.length > 0 ? 'known' : 'contact_not_found';
}

/**
 * Which of the contacts (counted from 1) are people we know, of which one is told something new, and for which we
 * know another hidden number than is told.
 */
async function whoIsKnown(
  query: Query,
  told: readonly (readonly Identity[])[],
): Promise<{ n: number; news: boolean; otherwise: boolean }[]> {
  const names = told.flatMap((identities, index) => identities.map((name) => ({ ...name, n: index + 1 })));
  return query(
    `with told as materialized (
       select * from unnest($1::int[], $2::text[], $3::text[]) as t(n, kind, value)),
     owned as materialized (
       select t.n, i.person_id from told t join person_identity i on i.kind = t.kind and i.value = t.value)
     select o.n,
       count(*) < (select count(*) from told t where t.n = o.n) or count(distinct o.person_id) > 1 as news,
       exists (select from told t join owned w on w.n = t.n
               join person_identity i on i.person_id = w.person_id and i.kind = 'lid'
               where t.n = o.n and t.kind = 'lid' and i.value <> t.value) as otherwise
     from owned o group by o.n order by o.n`,
    [names.map(({ n }) => n), names.map(({ kind }) => kind), names.map(({ value }) => value)],
  );
}
