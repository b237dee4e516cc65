import { cnpj as rules } from 'cpf-cnpj-validator';

/** A CNPJ as its 14 upper-case characters without mask, always text: leading zeros count. */
export type ParsedCnpj = { ok: true; cnpj: string } | { ok: false };

/**
 * Reads a CNPJ, numeric or alphanumeric (issued since July 2026), masked or not, in any case.
 * Anything besides the mask's own separators makes it invalid; nothing is guessed or dropped.
 */
export function parseCnpj(input: string): ParsedCnpj {
  const bare = input.replace(/[\s./\-\u2010-\u2015]/g, '');
  // Checked before upper-casing, which would turn a dotless ı into a valid I.
  if (!/^[0-9A-Za-z]{12}\d{2}$/.test(bare)) return { ok: false };
  const cnpj = bare.toUpperCase();
  return rules.isValid(cnpj, true) ? { ok: true, cnpj } : { ok: false };
}

/** `12ABC34501DE35` → `12.ABC.345/01DE-35`. */
export function formatCnpj(cnpj: string): string {
  return rules.format(cnpj);
}
