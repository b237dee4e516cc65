import { nameKey } from '../domain/consultant.ts';
import type { Outcome, Stage } from '../domain/lead.ts';
import type { Query, TenantRows } from './database.ts';
import { HELD, LEAD_LINE, LEAD_TABLES, type LeadRow } from './lead-lines.ts';

/** A lead's place in a list, by which the next page goes on; the microseconds of `createdAt` count. */
export type ListPlace = { createdAt: string; id: string };

/** What `GET /v1/leads` can be narrowed by; all of it optional. */
export type LeadFilter = {
  /** A column of the board. */
  column?: string | undefined;
  stage?: Stage | undefined;
  outcome?: Outcome | undefined;
  open?: boolean | undefined;
  /** Consultant's name, or part of it. */
  consultant?: string | undefined;
  /** Every form of the phone that a referral has to be given under, or its person known by. */
  phones?: readonly string[] | undefined;
  /** Every form of the phone that the person has to be known by now: a former owner's leads are not meant. */
  ownerPhones?: readonly string[] | undefined;
  /** Those that came in at this instant or later, … */
  from?: Date | undefined;
  /** … and before this one. */
  until?: Date | undefined;
  attention?: boolean | undefined;
  /** Their message waits for something. */
  held?: boolean | undefined;
  /** Part of the name or e-mail, without regard to case and accents, or of a phone's digits, or of a CNPJ. */
  text?: string | undefined;
  after?: ListPlace | undefined;
  limit: number;
};

/** SQL for a lead's place in a list. Two leads may share a millisecond: a Date would drop what tells them apart. */
export const PLACE = `to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Leads from the newest on, one page; `next` is where the next one begins, null where there is none. */
export async function listLeads(
  { query }: TenantRows,
  filter: LeadFilter,
): Promise<{ leads: LeadRow[]; next: ListPlace | null }> {
  // Both give keys that the list's own statement then looks up.
  const search = filter.text ? patternsOf(filter.text) : null;
  const [consultants, people] = await Promise.all([
    filter.consultant ? consultantsLike(query, filter.consultant) : null,
    search ? peopleLike(query, search) : null,
  ]);
  if (consultants?.length === 0 || people?.length === 0) return { leads: [], next: null };

  const values: unknown[] = [];
  const where: string[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  if (filter.column) where.push(`l.board_column = ${value(filter.column)}`);
  if (filter.stage) where.push(`l.stage = ${value(filter.stage)}`);
  // Said whole, as the index of the open ones has it.
  if (filter.open || (filter.stage && filter.stage !== 'closed')) where.push(`l.stage <> 'closed'`);
  if (filter.open === false) where.push(`l.stage = 'closed'`);
  if (filter.outcome) where.push(`l.outcome = ${value(filter.outcome)}`);
  if (filter.attention) where.push(`l.board_column = 'attention'`);
  if (filter.attention === false) where.push(`l.board_column is distinct from 'attention'`);
  if (filter.held !== undefined) where.push(filter.held ? HELD : `not ${HELD}`);
  if (filter.from) where.push(`l.created_at >= ${value(filter.from)}`);
  if (filter.until) where.push(`l.created_at < ${value(filter.until)}`);
  if (consultants) where.push(`l.consultant_key = any (${value(consultants)})`);
  if (filter.phones) where.push(`l.id = any (array(${leadsWithPhone(value(filter.phones))}))`);
  if (filter.ownerPhones) {
    where.push(`l.person_id = any (array(${peopleWithPhone(value(filter.ownerPhones))}))`);
  }
  if (people) where.push(`l.person_id = any (${value(people)})`);
  else if (search) where.push(isLike(search, value));
  if (filter.after) {
    const { createdAt, id } = filter.after;
    where.push(`(l.created_at, l.id) < (${value(createdAt)}::timestamptz, ${value(id)}::uuid)`);
  }
  const found = await query<LeadRow & { place: string }>(
    `select line.*, listed.place from (
       select l.id, l.created_at, ${PLACE} as place from lead l
       ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
       order by l.created_at desc, l.id desc limit ${value(filter.limit + 1)}) listed
     cross join lateral (select ${LEAD_LINE} from ${LEAD_TABLES} where l.id = listed.id limit 1) line
     order by listed.created_at desc, listed.id desc`,
    values,
  );
  const page = found.slice(0, filter.limit);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    leads: page.map(({ place: _, ...lead }) => lead),
    next: last ? { createdAt: last.place, id: last.id } : null,
  };
}

/** A text as patterns: of words in what is searched of a person, of a CNPJ in it, of a phone's digits. */
type Patterns = { words: string; code: string | null; phone: string | null };

function patternsOf(text: string): Patterns {
  const digits = text.replace(/\D/g, '');
  const bare = text.replace(/[^\da-z]/gi, '').toLowerCase();
  return {
    words: likely(text),
    code: digits !== '' && bare.length >= 4 ? `%${bare}%` : null,
    phone: digits.length >= 4 ? `%${digits}%` : null,
  };
}

/** A text as a pattern that finds its words anywhere, in what is folded as `nameKey` folds. */
const likely = (text: string) =>
  `%${nameKey(text)
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll(' ', '%')}%`;

/** Where more people are found, reading the leads from the newest on comes upon a page of theirs soon enough. */
const MOST_PEOPLE = 2_000;

/**
 * Who is meant; null where that is no way to find their leads: they are too many, or no three letters stand together,
 * without which the index knows nobody.
 */
async function peopleLike(query: Query, { words, code, phone }: Patterns): Promise<string[] | null> {
  if (!/[\p{L}\p{N}]{3}/u.test(words)) return null;
  const people = await query<{ id: string }>('select id from find_people($1, $2, $3, $4) as id', [
    words,
    code,
    phone,
    MOST_PEOPLE + 1,
  ]);
  return people.length > MOST_PEOPLE ? null : people.map(({ id }) => id);
}

/** SQL that tells of a lead `l` what `find_people` looks up: of one lead after the other, not of everybody at once. */
function isLike({ words, code, phone }: Patterns, value: (given: unknown) => string): string {
  return `((select p.search like ${value(words)} or coalesce(p.search like ${value(code)}::text, false)
       from person p where p.id = l.person_id)
     or ${value(phone)}::text is not null and (select bool_or(i.value like ${value(phone)}::text)
       from person_identity i where i.person_id = l.person_id and i.kind = 'phone'))`;
}

/** SQL for the people who are known by any of these forms of a phone. */
const peopleWithPhone = (forms: string) =>
  `select i.person_id from person_identity i
   where (i.kind = 'phone' and i.value = any (${forms}::text[]))
      or (i.kind = 'wa_id' and i.value = any (array(select ltrim(form, '+') from unnest(${forms}::text[]) as form)))`;

/** SQL for the leads of those people, and for those that were referred with any of these forms. */
const leadsWithPhone = (forms: string) =>
  `select theirs.id from lead theirs where theirs.person_id = any (array(${peopleWithPhone(forms)}))
   union select r.lead_id from referral r where r.phone = any (${forms}::text[])`;

/** The consultants whose name has these words, as leads name them: each is looked up once, however many leads. */
async function consultantsLike(query: Query, name: string): Promise<string[]> {
  const found = await query<{ key: string }>(
    `with recursive each as (
       (select consultant_key as key from lead order by consultant_key limit 1)
       union all
       select (select consultant_key from lead where consultant_key > each.key order by consultant_key limit 1)
       from each where each.key is not null)
     select key from each where key like $1`,
    [likely(name)],
  );
  return found.map(({ key }) => key);
}
