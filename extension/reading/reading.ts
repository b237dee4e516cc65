import { formatCnpj, parseCnpj } from '../../src/domain/cnpj.ts';
import { formatPhone, parsePhone } from '../../src/domain/phone.ts';
import { FIELD_NAMES, FIELDS, type Field } from '../fields.ts';
import { guessCnpj, guessName, guessPhone } from './guesses.ts';
import type { PageText } from './page-text.ts';

/** A field's value as the page has it, and whether a selector of the site or a guess found it. */
export type Found = { value: string; by: 'selector' | 'guess' };

/** What a page says of the person on the line; a field it says nothing of is absent. */
export type Reading = Partial<Record<Field, Found>>;

/** Reads a referral's fields from a page: where the site's selectors point, else by what looks like one. */
export function readReferral({ fields, text, links, names }: PageText): Reading {
  const reading: Reading = {};
  for (const field of FIELDS) {
    const value = tidy(field, fields[field] ?? '');
    if (value !== '') reading[field] = { value, by: 'selector' };
  }
  const name = fields.nome === undefined ? guessName(names) : null;
  if (name) reading.nome = { value: name, by: 'guess' };
  const phone = fields.telefone === undefined ? guessPhone(text, links) : null;
  if (phone) reading.telefone = { value: shownPhone(phone), by: 'guess' };
  const cnpj = fields.cnpj === undefined ? guessCnpj(text) : null;
  if (cnpj) reading.cnpj = { value: shownCnpj(cnpj), by: 'guess' };
  return reading;
}

/** Whom a reading is about: the same text for the same person, '' for nobody. */
export function personOf(reading: Reading): string {
  return [reading.telefone, reading.cnpj, reading.nome]
    .map((found) => found?.value ?? '')
    .join('|')
    .replace(/^\|\|$/, '');
}

/** A phone as people write it, where it is one. */
export function shownPhone(written: string): string {
  const phone = parsePhone(written);
  return phone.ok ? formatPhone(phone.e164) : written;
}

/** A CNPJ with its mask, where it is one. */
export function shownCnpj(written: string): string {
  const cnpj = parseCnpj(written);
  return cnpj.ok ? formatCnpj(cnpj.cnpj) : written;
}

function tidy(field: Field, text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  // What was picked may hold its label, too: "Telefone: (11) …".
  const bare = line.replace(LABELS[field], '');
  if (field === 'telefone') return shownPhone(parsePhone(bare).ok ? bare : (guessPhone(bare) ?? bare));
  if (field === 'cnpj') return shownCnpj(parseCnpj(bare).ok ? bare : (guessCnpj(bare) ?? bare));
  return bare;
}

const LABELS = Object.fromEntries(
  FIELDS.map((field) => [
    field,
    new RegExp(`^(?:${FIELD_NAMES[field]}|Cliente|Contato|Status)\\s*:\\s*`, 'i'),
  ]),
) as Record<Field, RegExp>;
