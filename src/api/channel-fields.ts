import { z } from 'zod';

/** A provider's token: visible ASCII. */
export const providerToken = z
  .string({ error: 'Informe o token.' })
  .trim()
  .regex(/^[\x21-\x7e]{1,2000}$/, { error: 'O token não pode ter espaços nem acentos.' });

const rate = 'Informe as mensagens por segundo, de 0,1 a 1000.';

/** How many messages a channel sends in a second. */
export const sendRate = z.number({ error: rate }).min(0.1, { error: rate }).max(1_000, { error: rate });

// Where machines in a cloud ask for their own secrets; no service of anybody's is there.
const LINK_LOCAL = /^(169\.254\.|\[fe[89ab]|\[::ffff:a9fe)/i;

/**
 * An http(s) address without user, password and fragment, and not one that a machine alone can reach of itself;
 * `wrong` are the words where it is none.
 */
export const providerAddress = (wrong: string) =>
  z
    .url({ protocol: /^https?$/, error: wrong })
    .max(2_000, { error: 'Use no máximo 2000 caracteres.' })
    .refine(
      (given) => {
        const url = URL.parse(given);
        return !url?.username && !url?.password && !url?.hash && !LINK_LOCAL.test(url?.hostname ?? '');
      },
      { error: wrong },
    );

/** The address below which a provider's API is: paths are appended to it, so it has no query. */
export const providerBase = (wrong: string) =>
  providerAddress(wrong).refine((given) => !URL.parse(given)?.search, { error: wrong });

/** How a gateway numbers its statuses. */
export const statusNumbering = z.enum(['documented', 'baileys'], {
  error: 'Informe documented (1 enviado, 2 entregue, 3 lido) ou baileys (2 enviado, 3 entregue, 4 lido).',
});

const secret = 'Informe um segredo de 16 a 200 caracteres, sem espaços nem acentos.';

/** What a channel's webhooks prove themselves with. */
export const webhookSecret = z
  .string({ error: secret })
  .trim()
  .regex(/^[\x21-\x7e]{16,200}$/, { error: secret });

/** An id that Chatwoot gives; `wrong` are the words where it is none. */
export const chatwootId = (wrong: string) =>
  z.int({ error: wrong }).min(1, { error: wrong }).max(2_147_483_647, { error: wrong });

/** The inbox in which a channel's conversations are. */
export const inboxId = chatwootId('Informe o id da caixa de entrada no Chatwoot.');
