import { type Accounts, tellApart } from '../domain/one-person.ts';
import type { Query, TenantRows } from './database.ts';
import { type Identity, isSuppressed, livingPerson, suppress } from './identities.ts';
import { recordOptOut } from './journeys.ts';
import { mergePeople } from './merging.ts';
import { attach, columns, type Name, nameOf, noteIdentities, ownersOf, seenAt, unique } from './names.ts';

/** Names that were seen together: all of one WhatsApp account, or of one contact. */
export type Sighting = {
  identities: readonly Identity[];
  /** Whom it is about, where something else tells: the message answered, the lead whose contact it is. */
  personId?: string | null;
  /** The account itself said that its number changed: other ids than before are no sign of somebody else. */
  renamed?: boolean;
  /** When it was seen (ISO), where that may be long ago: what was learnt of a phone since is not undone. */
  at?: string | null;
  /** What a person is called who is first heard of by taking over somebody's phone. */
  name?: string | null;
};

export type Recognised = {
  /** Null where nobody of these names is known; nobody is made up then. */
  personId: string | null;
  /** The phone was somebody else's until now, whose leads it can no longer reach. */
  changedHands: boolean;
};

const NOBODY: Recognised = { personId: null, changedHands: false };

/**
 * The person of these names, who from now on has all of them. Every way in and out learns names here alone.
 *
 * Names of two people who can be one make them one (the older stays). A phone whose account is another than its
 * person's passes to whoever has that account, or to a new person. A name that is on the list of opt-outs is one for
 * all of the person's open leads. One statement where nothing is new, three for names that nobody had.
 *
 * Throws where others kept changing the same names; then roll back, and call it again.
 */
export async function recognise(rows: TenantRows, sighting: Sighting): Promise<Recognised> {
  const { query } = rows;
  const identities = unique(sighting.identities);
  if (identities.length === 0) {
    const personId = sighting.personId ? await livingPerson(query, sighting.personId) : null;
    return { personId, changedHands: false };
  }
  const owners = await ownersOf(query, identities);
  const whom = new Set([...owners, ...(sighting.personId ? [sighting.personId] : [])]);
  const [personId, another] = whom;
  if (personId === undefined) return NOBODY;
  if (another === undefined) {
    if (owners.length === identities.length) return { personId, changedHands: false };
    if (await noteIdentities(query, personId, identities, sighting.at ?? null))
      return { personId, changedHands: false };
  }
  return sortOut(rows, { ...sighting, identities });
}

/** Somebody whom the sighting may be about, with those of its names that are theirs, and since when (milliseconds). */
type Seen = {
  id: string;
  hinted: boolean;
  suppressed: boolean;
  accounts: Accounts;
  /** Since when they are known to have their account of the kind that was seen (milliseconds). */
  accountSince: number | null;
  names: { kind: Identity['kind']; value: string; since: number }[];
};

/** Others who learn the same names at the same moment are waited for; so often only if something is wrong. */
const MOST_TURNS = 8;

async function sortOut(rows: TenantRows, sighting: Sighting): Promise<Recognised> {
  let seen = await look(rows.query, sighting);
  let changedHands = false;
  const locked = new Set<string>();
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    if (seen.some(({ id }) => !locked.has(id))) {
      const ids = seen.map(({ id }) => id);
      for (const id of ids) locked.add(id);
      // Looked at again in a statement of its own, which then sees what was committed while it waited.
      [, seen] = await Promise.all([lockPeople(rows.query, ids), look(rows.query, sighting)]);
      continue;
    }
    const settled = await settle(rows, sighting, seen);
    changedHands ||= settled.changedHands;
    if (settled.whole) return { personId: settled.personId, changedHands };
    seen = await look(rows.query, sighting);
  }
  throw new Error('the names of a person kept changing');
}

/** In the order of their ids, as everybody locks people. Where two may become one, what refers to them waits too. */
async function lockPeople(query: Query, ids: readonly string[]): Promise<void> {
  const strength = ids.length > 1 ? 'update' : 'no key update';
  await query(`select from person where id = any ($1) order by id for ${strength}`, [ids]);
}

/** Decides who it is and writes it down; not `whole` where somebody was quicker with one of the names. */
async function settle(
  rows: TenantRows,
  sighting: Sighting,
  seen: readonly Seen[],
): Promise<Recognised & { whole: boolean }> {
  const { query } = rows;
  const at = sighting.at ? Date.parse(sighting.at) : Number.POSITIVE_INFINITY;
  const valuesOf = (kind: Identity['kind']) =>
    sighting.identities.filter((name) => name.kind === kind).map(({ value }) => value);
  const accounts = { bsuid: valuesOf('bsuid'), lid: valuesOf('lid') };
  const { one, others } = tellApart(accounts, seen, sighting.renamed ?? false);
  const lost = others.filter(
    ({ names, accountSince }) =>
      (accountSince ?? 0) <= at && names.some((name) => isPhone(name) && name.since <= at),
  );
  const [oldest, ...younger] = one;
  if (!oldest && lost.length === 0) return { ...NOBODY, whole: true };

  const personId = oldest?.id ?? (await addPerson(query, sighting));
  for (const { id } of younger) await mergePeople(rows, personId, id);
  if (lost.length > 0) await passPhone(query, sighting, lost, personId);
  const owned = new Set(seen.flatMap(({ names }) => names.map(nameOf)));
  const free = sighting.identities.filter((identity) => !owned.has(nameOf(identity)));
  const whole = await attach(query, personId, free, sighting.at ?? null);
  const passed = sighting.identities.filter(
    (name) => isPhone(name) && lost.some((whose) => has(whose, name)),
  );
  const news = free.filter(({ hash }) => !passed.some((phone) => phone.hash === hash));
  const merged = younger.length > 0 && one.some(({ suppressed }) => suppressed);
  if (merged || (whole && !oldest?.suppressed && (await anySuppressed(query, news)))) {
    await recordOptOut(rows, { identities: news, personId, source: 'same_person' });
  }
  return { personId, changedHands: lost.length > 0, whole };
}

/** Everybody whom one of the names or the hint means, the oldest first. */
async function look(query: Query, { identities, personId }: Sighting): Promise<Seen[]> {
  const people = await query<
    Omit<Seen, 'accounts'> & { accounts: { kind: 'bsuid' | 'lid'; value: string }[] }
  >(
    `with recursive n as materialized (
       select * from unnest($1::text[], $2::text[]) as n(kind, value)),
     chain as (
       select id, merged_into from person where id = $3
       union all select p.* from chain c
       cross join lateral (select id, merged_into from person where id = c.merged_into limit 1) p),
     owned as materialized (
       select n.kind, n.value, i.person_id, i.created_at from n cross join lateral (
         select * from person_identity where kind = n.kind and value = n.value limit 1) i),
     who as (
       select person_id from owned union select id from chain where merged_into is null)
     select p.id, exists (select from chain where id = p.id) as hinted, ${isSuppressed('who')} as suppressed,
       coalesce((select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value)) from person_identity i
         where i.person_id = p.id and i.kind in ('bsuid', 'lid')), '[]') as accounts,
       (select ${milliseconds('max(i.created_at)')}::float8 from person_identity i
         where i.person_id = p.id and i.kind in ('bsuid', 'lid') and i.kind = any ($1)) as "accountSince",
       coalesce((select jsonb_agg(jsonb_build_object('kind', o.kind, 'value', o.value,
         'since', ${milliseconds('o.created_at')})) from owned o where o.person_id = p.id), '[]') as names
     from who cross join lateral (select * from person where id = who.person_id limit 1) p
     order by p.created_at, p.id`,
    [...columns(identities).slice(0, 2), personId ?? null],
  );
  return people.map(({ accounts, ...seen }) => {
    const of = (kind: string) => accounts.filter((name) => name.kind === kind).map(({ value }) => value);
    return { ...seen, accounts: { bsuid: of('bsuid'), lid: of('lid') } };
  });
}

async function addPerson(query: Query, { name, identities }: Sighting): Promise<string> {
  const called = name?.trim() || (identities.find(isPhone)?.value ?? '');
  const [person] = await query<{ id: string }>(
    'insert into person (tenant_id, name) values (current_tenant(), $1) returning id',
    [called],
  );
  if (!person) throw new Error('the person was not added');
  return person.id;
}

/**
 * The phone, in all its forms, is somebody else's from now on. Whoever lost it keeps everything besides, an opt-out
 * also; people are told of their open leads that were referred by this phone.
 */
async function passPhone(
  query: Query,
  sighting: Sighting,
  losers: readonly Seen[],
  personId: string,
): Promise<void> {
  for (const loser of losers)
    if (loser.suppressed) await suppress(query, [], loser.id, 'phone_changed_hands');
  const hashes = sighting.identities.filter(isPhone).map(({ hash }) => hash);
  await query(
    `with passed as (
       update person_identity set person_id = $1, created_at = ${seenAt('$4')}
       where person_id = any ($2) and kind in ('phone', 'wa_id')
         and hash in (select decode(unnest($3::text[]), 'hex'))
       returning value),
     unreachable as (
       update lead l set attention = 'phone_changed_hands', attention_at = now() from referral r
       where l.person_id = any ($2) and l.stage <> 'closed' and r.id = l.referral_id
         and r.phone in (select value from passed) returning l.id, l.referral_id, l.rework_count)
     insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, at)
     select current_tenant(), id, referral_id, case when rework_count > 0 then 'rework' else 'main' end,
       'phone_changed_hands', now() from unreachable`,
    [personId, losers.map(({ id }) => id), hashes, sighting.at ?? null],
  );
}

async function anySuppressed(query: Query, identities: readonly Identity[]): Promise<boolean> {
  if (identities.length === 0) return false;
  const found = await query(
    `select from suppression where hash = any (array(select decode(unnest($1::text[]), 'hex'))) limit 1`,
    [identities.map(({ hash }) => hash)],
  );
  return found.length > 0;
}

const milliseconds = (instant: string) => `extract(epoch from ${instant}) * 1000`;

const isPhone = ({ kind }: Name) => kind === 'phone' || kind === 'wa_id';
const has = ({ names }: Seen, name: Name) => names.some((own) => nameOf(own) === nameOf(name));
