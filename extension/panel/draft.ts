import { nameKey } from '../../src/domain/consultant.ts';
import { referralSchema } from '../../src/domain/referral.ts';
import { findReferralStatus } from '../../src/domain/referral-status.ts';
import { type Field, FIELDS, isField } from '../fields.ts';
import type { ReferralBody } from '../outbox/outgoing.ts';
import { type Reading, shownCnpj, shownPhone } from '../reading/reading.ts';
import type { Directory } from '../server/server.ts';

/** What stands in the form. */
export type Draft = Record<Field, string>;

/** What is wrong with each field, in Portuguese. */
export type FieldErrors = Partial<Record<Field, string>>;

/** The form as the page fills it; the consultant of this browser and the usual status where it says nothing. */
export function draftOf(reading: Reading, directory: Directory, consultant: string): Draft {
  const status = findReferralStatus(directory, reading.status_indicacao?.value ?? '');
  const named = reading.consultor?.value ?? '';
  return {
    nome: reading.nome?.value ?? '',
    telefone: reading.telefone?.value ?? '',
    cnpj: reading.cnpj?.value ?? '',
    consultor:
      directory.consultants.find((known) => nameKey(known) === nameKey(named)) ?? (named || consultant),
    status_indicacao: status?.value ?? directory.defaultReferralStatus,
  };
}

/** A referral that was sent as it stands in the form again. */
export function draftFrom(body: ReferralBody): Draft {
  return {
    ...body,
    telefone: shownPhone(body.telefone),
    cnpj: body.cnpj === null ? '' : shownCnpj(body.cnpj),
  };
}

/** Checks a draft as the API would: the referral in its normal form, or what is wrong with which field. */
export function checkDraft(
  draft: Draft,
  directory: Directory,
): { ok: true; body: ReferralBody } | { ok: false; errors: FieldErrors } {
  const result = referralSchema(directory).safeParse(draft);
  if (result.success) {
    const { nome, telefone, cnpj, consultor, status_indicacao } = result.data;
    return { ok: true, body: { nome, telefone, cnpj, consultor, status_indicacao } };
  }
  const errors: FieldErrors = {};
  for (const { path, message } of result.error.issues) {
    const [field] = path;
    if (isField(field)) errors[field] ??= message;
  }
  return { ok: false, errors };
}

/** The first field in the form's order that has an error. */
export function firstWrong(errors: FieldErrors): Field | undefined {
  return FIELDS.find((field) => errors[field] !== undefined);
}
