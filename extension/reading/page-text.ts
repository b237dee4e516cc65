import type { Field } from '../fields.ts';

/** Where a site shows each field: CSS selectors. */
export type Selectors = Partial<Record<Field, string>>;

/** What a content script read on a page; all of it is text of somebody else's, and nothing more. */
export type PageText = {
  /** What stands where the site's selectors point; absent where they point at nothing. */
  fields: Partial<Record<Field, string>>;
  /** The page's visible text and what its fields hold, up to a limit. */
  text: string;
  /** Numbers of its `tel:` links. */
  links: string[];
  /** What its makers call the customer's name, by an id or the like. */
  names: string[];
};

/** No field is longer, and no page's text of interest. */
export const LONGEST_FIELD = 300;
export const LONGEST_TEXT = 50_000;
const MOST_LISTED = 20;

/** What came from a content script in the shape above, whatever it was. */
export function pageText(said: unknown): PageText {
  const { fields, text, links, names } = (typeof said === 'object' && said !== null ? said : {}) as Record<
    string,
    unknown
  >;
  const given = (typeof fields === 'object' && fields !== null ? fields : {}) as Record<string, unknown>;
  const kept = Object.entries(given).filter(
    (entry): entry is [Field, string] => typeof entry[1] === 'string',
  );
  return {
    fields: Object.fromEntries(kept.map(([field, value]) => [field, value.slice(0, LONGEST_FIELD)])),
    text: typeof text === 'string' ? text.slice(0, LONGEST_TEXT) : '',
    links: texts(links),
    names: texts(names),
  };
}

function texts(said: unknown): string[] {
  const all = (Array.isArray(said) ? said : []).filter((one) => typeof one === 'string');
  return all.slice(0, MOST_LISTED).map((one) => one.slice(0, LONGEST_FIELD));
}
