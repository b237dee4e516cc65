import { z } from 'zod';
import { parseCnpj } from './cnpj.ts';
import { parsePhone } from './phone.ts';
import { findReferralStatus, type ReferralStatus } from './referral-status.ts';

/** What of a tenant's settings a referral is checked by. */
export type ReferralValues = { referralStatuses: ReferralStatus[] };

/** The fields of a referral, by their Portuguese names and the English ones that mean the same. */
const ENGLISH = {
  nome: 'name',
  telefone: 'phone',
  cnpj: 'cnpj',
  consultor: 'consultant',
  status_indicacao: 'referral_status',
  email: 'email',
  observacoes: 'notes',
} as const;

type Portuguese = keyof typeof ENGLISH;

/** A field of a referral by either of its names. */
export type ReferralField = Portuguese | (typeof ENGLISH)[Portuguese];

/** Every name that a field of a referral may come under, to its Portuguese one. */
export const FIELD_NAMES = Object.fromEntries(
  (Object.keys(ENGLISH) as Portuguese[]).flatMap((name) => [
    [name, name],
    [ENGLISH[name], name],
  ]),
) as Record<ReferralField, Portuguese>;

const PHONE_REASONS = {
  empty: 'Informe o telefone com DDD, por exemplo (11) 98765-4321.',
  too_many: 'Informe um só telefone.',
  not_a_phone: 'Isto não é um telefone. Informe DDD e número, por exemplo (11) 98765-4321.',
  invalid: 'Este telefone não existe. Confira o DDD e o número, por exemplo (11) 98765-4321.',
} as const;

/** A text of one line, without control characters: something, and at most `most` characters. */
export const lineField = (most: number, missing: string) =>
  z
    .string({ error: missing })
    .transform((text) => text.replace(/\p{Cc}/gu, ' ').trim())
    .refine((text) => text !== '', { error: missing, params: { code: 'required' } })
    .pipe(z.string().max(most, { error: `Use no máximo ${most} caracteres.` }));

/** A field that came under both of its names. */
class SaidTwice {
  readonly portuguese: unknown;
  readonly english: unknown;
  constructor(portuguese: unknown, english: unknown) {
    this.portuguese = portuguese;
    this.english = english;
  }
}

/** A field by either of its names; both may be there where they mean the same. */
const said = <Schema extends z.ZodType>(name: keyof typeof ENGLISH, schema: Schema) =>
  z.preprocess((value, context) => {
    if (!(value instanceof SaidTwice)) return value;
    const { portuguese, english } = value;
    const [ours, theirs] = [schema.safeParse(portuguese), schema.safeParse(english)];
    const same = ours.success && theirs.success ? ours.data === theirs.data : portuguese === english;
    if (same) return portuguese;
    context.addIssue({
      code: 'custom',
      message: `${name} e ${ENGLISH[name]} dizem coisas diferentes. Envie só um dos dois.`,
      params: { code: 'names_disagree' },
    });
    return z.NEVER;
  }, schema);

/** An absent, null or blank optional field is no field. */
export const optionalField = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.trim() || null : value),
    schema.nullish().transform((value) => value ?? null),
  );

/** An e-mail address. */
export const emailField = z
  .email({ error: 'Este e-mail não é válido.' })
  .max(254, { error: 'Use no máximo 254 caracteres.' });

const notes = z
  .string({ error: 'Informe um texto.' })
  .transform((text) => text.replace(/[^\P{Cc}\n\t]/gu, '').trim())
  .pipe(z.string().max(5_000, { error: 'Use no máximo 5.000 caracteres.' }));

/** A phone as text or as a JSON number, to E.164 with the ninth digit. */
export const phoneField = z
  .union([z.string(), z.int().nonnegative().transform(String)], { error: PHONE_REASONS.empty })
  .transform((input, context) => {
    const phone = parsePhone(input);
    if (phone.ok) return phone.e164;
    context.addIssue({
      code: 'custom',
      message: PHONE_REASONS[phone.reason],
      params: { code: phone.reason === 'empty' ? 'required' : `phone_${phone.reason}` },
    });
    return z.NEVER;
  });

/** A CNPJ as text or as a JSON number (which has lost its leading zeros), to its 14 characters. */
export const cnpjField = z
  .union(
    [
      z.string(),
      z
        .int()
        .nonnegative()
        .transform((n) => String(n).padStart(14, '0')),
    ],
    {
      error: 'Informe o CNPJ como texto, com 14 caracteres.',
    },
  )
  .transform((input, context) => {
    const cnpj = parseCnpj(input);
    if (cnpj.ok) return cnpj.cnpj;
    context.addIssue({
      code: 'custom',
      message: 'Este CNPJ não é válido. Confira os 14 caracteres, por exemplo 12.ABC.345/01DE-35.',
      params: { code: 'cnpj_invalid' },
    });
    return z.NEVER;
  });

/**
 * What `POST /v1/leads` takes, as the tenant's settings have it. Accepts Portuguese and English names; gives
 * phone (E.164, ninth digit) and CNPJ in their normal form and the referral status as the tenant's value.
 * Issues carry messages in Portuguese; `params.code` names each.
 */
export function referralSchema(settings: ReferralValues) {
  return z.preprocess(
    inPortuguese,
    z.object(
      {
        nome: said('nome', lineField(200, 'Informe o nome.')),
        telefone: said('telefone', phoneField),
        cnpj: optionalField(cnpjField),
        consultor: said('consultor', lineField(200, 'Informe o consultor, pelo nome ou pelo e-mail.')),
        status_indicacao: statusField(settings),
        email: optionalField(emailField),
        observacoes: said('observacoes', optionalField(notes)),
      },
      { error: 'Envie um objeto JSON com nome, telefone, consultor e status_indicacao.' },
    ),
  );
}

export type Referral = z.output<ReturnType<typeof referralSchema>>;

/** The fields of a body of `POST /v1/leads` that say nothing here: whoever refers may have fields of their own. */
export function ignoredFields(body: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(body).filter((name) => !Object.hasOwn(FIELD_NAMES, name));
}

/** What `PATCH /v1/leads/:id` takes, and nothing else. */
export function statusChangeSchema(settings: ReferralValues) {
  return z.preprocess(
    inPortuguese,
    z.strictObject(
      { status_indicacao: statusField(settings) },
      { error: 'Envie um objeto JSON com status_indicacao.' },
    ),
  );
}

/** One of the tenant's values of the referral status, by value or label. */
function statusField(settings: ReferralValues) {
  const listed = settings.referralStatuses.map((status) => status.value).join(', ');
  const missing = `Informe o status da indicação. Valores aceitos: ${listed}.`;
  return said(
    'status_indicacao',
    z.string({ error: missing }).transform((input, context) => {
      const status = findReferralStatus(settings, input);
      if (status) return status.value;
      const blank = input.trim() === '';
      context.addIssue({
        code: 'custom',
        message: blank ? missing : `Status desconhecido. Valores aceitos: ${listed}.`,
        params: { code: blank ? 'required' : 'status_unknown' },
      });
      return z.NEVER;
    }),
  );
}

function inPortuguese(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const given = body as Record<string, unknown>;
  const known = (Object.keys(ENGLISH) as Portuguese[])
    .filter((name) => Object.hasOwn(given, name) || Object.hasOwn(given, ENGLISH[name]))
    .map((name) => {
      const [ours, theirs] = [given[name], given[ENGLISH[name]]];
      if (name === ENGLISH[name] || isNothing(theirs)) return [name, ours ?? theirs];
      return [name, isNothing(ours) ? theirs : new SaidTwice(ours, theirs)];
    });
  const others = ignoredFields(given).map((name) => [name, given[name]]);
  return Object.fromEntries([...known, ...others]);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
