import { z } from 'zod';
import { parseCnpj } from './cnpj.ts';
import { parsePhone } from './phone.ts';
import { findReferralStatus, type TenantSettings } from './settings.ts';

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

const PHONE_REASONS = {
  empty: 'Informe o telefone com DDD, por exemplo (11) 98765-4321.',
  too_many: 'Informe um só telefone.',
  not_a_phone: 'Isto não é um telefone. Informe DDD e número, por exemplo (11) 98765-4321.',
  invalid: 'Este telefone não existe. Confira o DDD e o número, por exemplo (11) 98765-4321.',
} as const;

const line = (most: number, missing: string) =>
  z
    .string({ error: missing })
    .transform((text) => text.replace(/\p{Cc}/gu, ' ').trim())
    .refine((text) => text !== '', { error: missing, params: { code: 'required' } })
    .pipe(z.string().max(most, { error: `Use no máximo ${most} caracteres.` }));

/** An absent, null or blank optional field is no field. */
export const optionalField = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.trim() || null : value),
    schema.nullish().transform((value) => value ?? null),
  );

const email = z
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
export function referralSchema(settings: Pick<TenantSettings, 'referralStatuses'>) {
  const listed = settings.referralStatuses.map((status) => status.value).join(', ');
  const missingStatus = `Informe o status da indicação. Valores aceitos: ${listed}.`;
  return z.preprocess(
    inPortuguese,
    z.object(
      {
        nome: line(200, 'Informe o nome.'),
        telefone: phoneField,
        cnpj: optionalField(cnpjField),
        consultor: line(200, 'Informe o consultor, pelo nome ou pelo e-mail.'),
        status_indicacao: z.string({ error: missingStatus }).transform((input, context) => {
          const status = findReferralStatus(settings, input);
          if (status) return status.value;
          context.addIssue({
            code: 'custom',
            message: input.trim() === '' ? missingStatus : `Status desconhecido. Valores aceitos: ${listed}.`,
            params: { code: input.trim() === '' ? 'required' : 'status_unknown' },
          });
          return z.NEVER;
        }),
        email: optionalField(email),
        observacoes: optionalField(notes),
      },
      { error: 'Envie um objeto JSON com nome, telefone, consultor e status_indicacao.' },
    ),
  );
}

export type Referral = z.output<ReturnType<typeof referralSchema>>;

function inPortuguese(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const given = body as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(ENGLISH).map(([portuguese, english]) => [portuguese, given[portuguese] ?? given[english]]),
  );
}
