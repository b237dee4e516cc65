import { z } from 'zod';

// Apart from the other settings, as the extension's form checks a referral in the browser: those bring the
// holidays of the whole world and a calendar with them.

/** A text of 1 to 60 characters; `error` is said of every other. */
export const shortText = (error: string) => z.string({ error }).trim().min(1, { error }).max(60, { error });

/** A value that `status_indicacao` may take; only leads with a qualified one are reworked. */
export const referralStatus = z.object(
  {
    value: shortText('referralStatuses.value: informe o código do status, com 1 a 60 caracteres.'),
    label: shortText('referralStatuses.label: informe o nome do status, com 1 a 60 caracteres.'),
    qualified: z.boolean({ error: 'referralStatuses.qualified: informe true (qualificado) ou false.' }),
  },
  { error: 'referralStatuses: cada status precisa de value, label e qualified.' },
);
export type ReferralStatus = z.infer<typeof referralStatus>;

/**
 * The status meant by `input`, by value or label; case, accents, spaces, underscores and hyphens do not
 * count. Null if the tenant has no such status.
 */
export function findReferralStatus(
  settings: { referralStatuses: ReferralStatus[] },
  input: string,
): ReferralStatus | null {
  const name = foldedStatus(input);
  const { referralStatuses } = settings;
  return (
    referralStatuses.find(
      ({ value, label }) => foldedStatus(value) === name || foldedStatus(label) === name,
    ) ?? null
  );
}

/** A status's name without what does not count when names are compared. */
export function foldedStatus(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\s_-]/gu, '')
    .toLowerCase();
}
