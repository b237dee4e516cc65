import { Refusal } from '../endpoint.ts';
import type { ContactBook } from './contact-book.ts';
import type { ContactRecord } from './records.ts';

/** One line of `POST /contacts/filter`; its `query_operator` joins it to the next. */
export type Condition = {
  attribute_key: string;
  filter_operator: string;
  values: unknown[];
  query_operator?: string | null;
};

const KEYS = ['name', 'email', 'phone_number', 'identifier'];
const OPERATORS = ['equal_to', 'not_equal_to', 'contains', 'does_not_contain'];

/**
 * The contacts that fit, by id. Chatwoot puts a `+` before a phone itself, so one that has it already finds nothing.
 *
 * @throws Refusal 422 for an unknown key or operator, or no value
 */
export function filterContacts(book: ContactBook, conditions: Condition[]): ContactRecord[] {
  let found: Set<ContactRecord> | null = null;
  let join = 'AND';
  for (const condition of conditions) {
    const fits = new Set(fitting(book, condition));
    if (found === null) found = fits;
    else if (join === 'OR') for (const contact of fits) found.add(contact);
    else for (const contact of found) if (!fits.has(contact)) found.delete(contact);
    join = condition.query_operator?.toUpperCase() ?? 'AND';
  }
  return [...(found ?? [])].sort((a, b) => a.id - b.id);
}

function fitting(book: ContactBook, condition: Condition): Iterable<ContactRecord> {
  const { attribute_key: key, filter_operator: operator } = condition;
  if (!KEYS.includes(key)) {
    throw new Refusal(422, {
      error: `Invalid attribute key - [${key}]. The key should be one of [${KEYS}].`,
    });
  }
  if (!OPERATORS.includes(operator)) throw new Refusal(422, { error: 'Invalid operator' });
  const value = condition.values[0];
  if (value === undefined || value === '') {
    throw new Refusal(422, { error: `Invalid value. The values provided for ${key} are invalid` });
  }
  const wanted = key === 'phone_number' ? `+${value}` : String(value).toLowerCase();
  if (operator === 'equal_to') {
    const exact = equalTo(book, key, wanted);
    if (exact !== null) return exact;
  }
  return [...book.all()].filter((contact) => compare(operator, textOf(contact, key), wanted));
}

function equalTo(book: ContactBook, key: string, wanted: string): ContactRecord[] | null {
  if (key === 'phone_number') return book.byPhone(wanted);
  if (key === 'identifier') return book.byIdentifier(wanted);
  if (key !== 'email') return null;
  const one = book.byEmail(wanted);
  return one === null ? [] : [one];
}

function compare(operator: string, has: string, wanted: string): boolean {
  if (operator === 'equal_to') return has === wanted;
  if (operator === 'not_equal_to') return has !== wanted;
  return has.includes(wanted) === (operator === 'contains');
}

function textOf(contact: ContactRecord, key: string): string {
  if (key === 'phone_number') return contact.phone ?? '';
  if (key === 'email') return contact.email?.toLowerCase() ?? '';
  return (key === 'name' ? contact.name : (contact.identifier ?? '')).toLowerCase();
}
