import { z } from 'zod';
import { type FirstTenant, SAMPLE_BUTTONS } from '../db/first-tenant.ts';
import type { NewUser } from '../db/users.ts';
import { BUTTON_MEANINGS } from '../domain/button.ts';
import { PASSWORD_LENGTH } from '../domain/password.ts';

/** The real Chatwoot and WhatsApp that the first tenant is connected to. */
export type ProviderCredentials = Pick<FirstTenant, 'chatwoot' | 'whatsapp'>;

/** What variables say of the first tenant; they fill it once, afterwards its settings live in the database. */
export type TenantVariables = {
  name: string;
  zone: string;
  /** Where Chatwoot and Meta reach the API. */
  publicUrl: string | undefined;
  /** Who signs in first; what is not said is undefined. */
  admin: Pick<NewUser, 'name'> & { [Part in 'email' | 'password']: NewUser[Part] | undefined };
  /** Undefined where neither service is given. */
  credentials: ProviderCredentials | undefined;
  /** Where real credentials are given in part only: what is missing, for a word about it. */
  missing: string[];
};

const number = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, {
    error: ({ input }) => `is "${input}"; it must be a number, as Chatwoot shows it in its addresses.`,
  })
  .transform(Number);

const address = z
  .url({
    protocol: /^https?$/,
    error: ({ input }) => `is "${input}"; it must be an address such as https://host.example.`,
  })
  .transform((url) => url.replace(/\/+$/, ''));

const buttons = z
  .string()
  .transform((list) => (list.trim() === 'none' ? [] : list.split(',').map((meaning) => meaning.trim())))
  .pipe(
    z.array(
      z.enum(BUTTON_MEANINGS, {
        error: ({ input }) =>
          `has "${input}"; it must list ${BUTTON_MEANINGS.join(', ')}, with commas, or be none.`,
      }),
    ),
  );

const password = {
  error: `must have from ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters.`,
};

const tenant = z.object({
  TENANT_NAME: z.string().default('Empresa Exemplo'),
  TENANT_ZONE: z
    .string()
    .default('America/Sao_Paulo')
    .refine(isZone, {
      error: ({ input }) => `is "${input}"; it must be an IANA time zone, e.g. America/Sao_Paulo.`,
    }),
  LEAD_FLOW_PUBLIC_URL: address.optional(),
  ADMIN_EMAIL: z
    .email({ error: ({ input }) => `is "${input}"; it must be an e-mail address.` })
    .transform((email) => email.toLowerCase())
    .optional(),
  ADMIN_NAME: z.string().trim().min(1).max(200).default('Administração'),
  // Its value is not shown.
  ADMIN_PASSWORD: z
    .string()
    .min(PASSWORD_LENGTH.least, password)
    .max(PASSWORD_LENGTH.most, password)
    .optional(),
});

// What decides whether real services are meant at all.
const ALWAYS = ['CHATWOOT_URL', 'WHATSAPP_TOKEN'];

const providers = z.object({
  CHATWOOT_URL: address,
  CHATWOOT_ACCOUNT_ID: number,
  CHATWOOT_TOKEN: z.string(),
  CHATWOOT_INBOX_ID: number,
  CHATWOOT_TEAM_ID: number.optional(),
  CHATWOOT_WEBHOOK_SECRET: z.string().optional(),
  WHATSAPP_URL: address.default('https://graph.facebook.com'),
  WHATSAPP_VERSION: z.string().default('v23.0'),
  WHATSAPP_PHONE_NUMBER_ID: z.string(),
  WHATSAPP_WABA_ID: z.string(),
  WHATSAPP_TOKEN: z.string(),
  WHATSAPP_APP_SECRET: z.string(),
  WHATSAPP_VERIFY_TOKEN: z.string(),
  WHATSAPP_TEMPLATE: z.string(),
  WHATSAPP_REWORK_TEMPLATE: z.string().optional(),
  WHATSAPP_LANGUAGE: z.string().default('pt_BR'),
  WHATSAPP_BUTTONS: buttons.default([...SAMPLE_BUTTONS]),
});

const REQUIRED = Object.entries(providers.shape)
  .filter(([, schema]) => !schema.safeParse(undefined).success)
  .map(([name]) => name);

/** Reads and checks them; an empty one counts as unset. Throws an error whose message names what is wrong. */
export function readTenantVariables(environment: NodeJS.ProcessEnv): TenantVariables {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const {
    TENANT_NAME: name,
    TENANT_ZONE: zone,
    LEAD_FLOW_PUBLIC_URL: publicUrl,
    ...who
  } = parse(tenant, set);
  const admin = { email: who.ADMIN_EMAIL, name: who.ADMIN_NAME, password: who.ADMIN_PASSWORD };
  const absent = ALWAYS.filter((variable) => !set[variable]);
  if (absent.length > 0) {
    // Not needed yet; a wrong one is told all the same, before it is.
    parse(providers.partial(), set);
    const missing = absent.length < ALWAYS.length ? absent : [];
    return { name, zone, publicUrl, admin, credentials: undefined, missing };
  }
  const missing = REQUIRED.filter((variable) => !set[variable]);
  if (missing.length > 0) {
    throw new Error(
      `${ALWAYS.join(' and ')} are set, but not ${missing.join(', ')}; ` +
        'set these as well, or, for a local start with the sandbox, unset the two.',
    );
  }
  return { name, zone, publicUrl, admin, credentials: credentials(parse(providers, set)), missing: [] };
}

function credentials(given: z.infer<typeof providers>): ProviderCredentials {
  return {
    chatwoot: {
      url: given.CHATWOOT_URL,
      accountId: given.CHATWOOT_ACCOUNT_ID,
      token: given.CHATWOOT_TOKEN,
      inboxId: given.CHATWOOT_INBOX_ID,
      teamId: given.CHATWOOT_TEAM_ID ?? null,
      webhookSecret: given.CHATWOOT_WEBHOOK_SECRET ?? null,
    },
    whatsapp: {
      url: given.WHATSAPP_URL,
      version: given.WHATSAPP_VERSION,
      phoneNumberId: given.WHATSAPP_PHONE_NUMBER_ID,
      wabaId: given.WHATSAPP_WABA_ID,
      token: given.WHATSAPP_TOKEN,
      appSecret: given.WHATSAPP_APP_SECRET,
      verifyToken: given.WHATSAPP_VERIFY_TOKEN,
      template: given.WHATSAPP_TEMPLATE,
      reworkTemplate: given.WHATSAPP_REWORK_TEMPLATE ?? given.WHATSAPP_TEMPLATE,
      language: given.WHATSAPP_LANGUAGE,
      buttons: given.WHATSAPP_BUTTONS,
    },
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, values: Record<string, unknown>): z.infer<Schema> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${String(issue?.path[0])} ${issue?.message}`);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
