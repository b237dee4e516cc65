import type { TenantRows } from '../../src/db/database.ts';
import { identitiesOf } from '../../src/db/identities.ts';
import { type Recognised, recognise, type Sighting } from '../../src/db/people.ts';
import { createSealing } from '../../src/db/sealing.ts';
import type { Product } from '../harness/product.ts';

export type Names = Parameters<typeof identitiesOf>[2];

/** One account or contact as it is seen: by these names, and whatever else is told of it. */
export const sightingOf = (product: Product, names: Names, more: Omit<Sighting, 'identities'> = {}) => ({
  identities: identitiesOf(createSealing(product.secretKey), product.tenantId, names),
  ...more,
});

/** Has somebody seen in a transaction of its own, as the inbox would. */
export const see = (product: Product, names: Names, more: Omit<Sighting, 'identities'> = {}) =>
  product.database.tenant(product.tenantId, (rows) => recognise(rows, sightingOf(product, names, more)));

/** The same, with the number of statements it took. */
export const seeCounting = (product: Product, names: Names, more: Omit<Sighting, 'identities'> = {}) =>
  product.database.tenant(product.tenantId, async (rows): Promise<Recognised & { statements: number }> => {
    let statements = 0;
    const query: TenantRows['query'] = (sql, values) => {
      statements += 1;
      return rows.query(sql, values);
    };
    const known = await recognise({ ...rows, query }, sightingOf(product, names, more));
    return { ...known, statements };
  });

/** Makes a person who is known by nothing but these names, and returns their id. */
export async function somebody(product: Product, names: Names, name = 'Alguém'): Promise<string> {
  const [person] = await product.query<{ id: string }>(
    'insert into person (tenant_id, name) values (current_tenant(), $1) returning id',
    [name],
  );
  if (!person) throw new Error('nobody was made');
  await see(product, names, { personId: person.id });
  return person.id;
}

/** The person a lead is of. */
export async function personOf(product: Product, leadId: string): Promise<string> {
  const [lead] = await product.query<{ id: string }>('select person_id as id from lead where id = $1', [
    leadId,
  ]);
  return String(lead?.id);
}

/** What a person is known by, as `kind value`. */
export async function namesOf(product: Product, personId: string): Promise<string[]> {
  const names = await product.query<{ name: string }>(
    `select kind || ' ' || value as name from person_identity where person_id = $1`,
    [personId],
  );
  return names.map(({ name }) => name).sort();
}

/** What must hold whatever was seen: nothing belongs to somebody who was merged, and nobody's lead is open twice. */
export async function expectSound(product: Product): Promise<void> {
  const wrong = await product.query(
    `select 'name of a merged person' as what, i.value as which
       from person_identity i join person p on p.id = i.person_id where p.merged_into is not null
     union all
     select 'lead of a merged person', l.id::text
       from lead l join person p on p.id = l.person_id where p.merged_into is not null
     union all
     select 'referral of another person than its lead', r.id::text
       from referral r join lead l on l.id = r.lead_id where r.person_id <> l.person_id
     union all
     select 'message of another person than its lead', m.id::text
       from message m join lead l on l.id = m.lead_id where m.person_id <> l.person_id
     union all
     select 'merged into a lead that was merged', l.id::text
       from lead l join lead k on k.id = l.merged_into where k.merged_into is not null
     union all
     select 'merged into a lead of somebody else', l.id::text
       from lead l join lead k on k.id = l.merged_into where k.person_id <> l.person_id
     union all
     select 'referrals miscounted', l.id::text from lead l join (
         select coalesce(y.merged_into, y.id) as id, count(*) as n
         from referral r join lead y on y.id = r.lead_id group by 1) counted on counted.id = l.id
       where l.merged_into is null and l.referral_count <> counted.n
     union all
     select 'open twice', min(l.id::text) from lead l where l.stage <> 'closed'
       group by l.person_id, l.flow_id having count(*) > 1`,
  );
  expect(wrong).toEqual([]);
}
