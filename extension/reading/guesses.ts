import { parseCnpj } from '../../src/domain/cnpj.ts';
import { parsePhone } from '../../src/domain/phone.ts';

// Not within a longer row of digits, nor as a part of a CNPJ, a CPF or a price.
const PHONE =
  /(?<![\d.,/-])(?:\+\s?\d{1,3}[\s.-]?)?(?:\(?0?\d{2}\)?[\s.-]{0,2})?(?:9[\s.-]?)?\d{4,5}[\s.-]?\d{4}(?![\d/]|[.-]\d)/g;
const CNPJ = /(?<![\p{L}\d])[\dA-Z]{2}\.?[\dA-Z]{3}\.?[\dA-Z]{3}\/?[\dA-Z]{4}-?\d{2}(?![\p{L}\d])/giu;

const PHONE_LABEL = /(?:telefone|celular|fone|whats\s?app|contato|tel)[^\p{L}\d]{0,20}$/iu;
const CNPJ_LABEL = /cnpj[^\p{L}\d]{0,20}$/iu;

const E164_MOBILE = /^\+55\d{2}9/;

/** Letters with what stands between names: no numbers, no addresses, no sentences. */
const NAME = /^\p{L}[\p{L}\p{M}.'’\- ]{1,79}$/u;

type Candidate = { written: string; meant: string; labelled: boolean };

/**
 * The phone of the person that a page is about, as it stands there, or null. One that stands behind its label goes
 * before others, and mobiles before landlines; among several alike none is guessed: it might be somebody else's.
 */
export function guessPhone(text: string, links: readonly string[] = []): string | null {
  const found = [...candidates(text, PHONE, PHONE_LABEL, phoneMeant), ...links.flatMap(linked)];
  const mobiles = found.filter(({ meant }) => E164_MOBILE.test(meant));
  return theOne(mobiles.length > 0 ? mobiles : found);
}

/** The CNPJ that a page is about, as it stands there, or null: the same rules, and its check digits must be right. */
export function guessCnpj(text: string): string | null {
  return theOne(candidates(text, CNPJ, CNPJ_LABEL, cnpjMeant));
}

/** The person's name, of what the page's makers call so; none where they call several people so, or it is no name. */
export function guessName(names: readonly string[]): string | null {
  const found = new Set(
    names.map((name) => name.replace(/\s+/g, ' ').trim()).filter((name) => NAME.test(name)),
  );
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}

function theOne(found: Candidate[]): string | null {
  const labelled = found.filter((candidate) => candidate.labelled);
  if (labelled[0]) return labelled[0].written;
  return new Set(found.map(({ meant }) => meant)).size === 1 ? (found[0]?.written ?? null) : null;
}

function candidates(
  text: string,
  pattern: RegExp,
  label: RegExp,
  read: (written: string) => string | null,
): Candidate[] {
  return Array.from(text.matchAll(pattern)).flatMap((match) => {
    const written = match[0].trim();
    const meant = read(written);
    if (meant === null) return [];
    return { written, meant, labelled: label.test(text.slice(Math.max(0, match.index - 40), match.index)) };
  });
}

function linked(written: string): Candidate[] {
  const meant = phoneMeant(written);
  return meant === null ? [] : [{ written, meant, labelled: false }];
}

function phoneMeant(written: string): string | null {
  const phone = parsePhone(written);
  return phone.ok ? phone.e164 : null;
}

function cnpjMeant(written: string): string | null {
  const cnpj = parseCnpj(written);
  return cnpj.ok ? cnpj.cnpj : null;
}
