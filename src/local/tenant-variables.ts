import { StartError } from './start-error.ts';
import { readNumber, readUrl } from './variables.ts';

/** The real Chatwoot and WhatsApp that the first tenant is connected to. */
export type ProviderCredentials = {
  chatwoot: {
    url: string;
    accountId: number;
    token: string;
    inboxId: number;
    teamId: number | null;
    webhookSecret: string | null;
  };
  whatsapp: {
    url: string;
    version: string;
    phoneNumberId: string;
    wabaId: string;
    token: string;
    appSecret: string;
    verifyToken: string;
    template: string;
    reworkTemplate: string;
    language: string;
  };
};

/** What variables say of the first tenant; they fill it once, afterwards its settings live in the database. */
export type TenantVariables = {
  name: string;
  zone: string;
  /** Undefined: the sandbox stands in for both. */
  credentials: ProviderCredentials | undefined;
  /** Where real credentials are given in part only: what is missing, for a word about it. */
  missing: string[];
};

const ALWAYS = ['CHATWOOT_URL', 'WHATSAPP_TOKEN'];
const REQUIRED = [
  'CHATWOOT_ACCOUNT_ID',
  'CHATWOOT_TOKEN',
  'CHATWOOT_INBOX_ID',
  'WHATSAPP_PHONE_NUMBER_ID',
  'WHATSAPP_WABA_ID',
  'WHATSAPP_APP_SECRET',
  'WHATSAPP_VERIFY_TOKEN',
  'WHATSAPP_TEMPLATE',
];

/** Reads and checks them. Throws a StartError that names the first wrong or missing one. */
export function readTenantVariables(env: NodeJS.ProcessEnv): TenantVariables {
  const absent = ALWAYS.filter((name) => !env[name]);
  return {
    name: env.TENANT_NAME || 'Empresa Exemplo',
    zone: readZone(env),
    credentials: absent.length === 0 ? readCredentials(env) : undefined,
    missing: absent.length === 1 ? absent : [],
  };
}

function readCredentials(env: NodeJS.ProcessEnv): ProviderCredentials {
  const missing = REQUIRED.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new StartError(
      `CHATWOOT_URL and WHATSAPP_TOKEN are set, but not ${missing.join(', ')}; ` +
        'set these as well, or unset the two to use the sandbox.',
    );
  }
  const text = (name: string, otherwise = '') => env[name] || otherwise;
  return {
    chatwoot: {
      url: readUrl(env, 'CHATWOOT_URL') ?? '',
      accountId: readNumber(env, 'CHATWOOT_ACCOUNT_ID') ?? 0,
      token: text('CHATWOOT_TOKEN'),
      inboxId: readNumber(env, 'CHATWOOT_INBOX_ID') ?? 0,
      teamId: readNumber(env, 'CHATWOOT_TEAM_ID'),
      webhookSecret: text('CHATWOOT_WEBHOOK_SECRET') || null,
    },
    whatsapp: {
      url: readUrl(env, 'WHATSAPP_URL') ?? 'https://graph.facebook.com',
      version: text('WHATSAPP_VERSION', 'v23.0'),
      phoneNumberId: text('WHATSAPP_PHONE_NUMBER_ID'),
      wabaId: text('WHATSAPP_WABA_ID'),
      token: text('WHATSAPP_TOKEN'),
      appSecret: text('WHATSAPP_APP_SECRET'),
      verifyToken: text('WHATSAPP_VERIFY_TOKEN'),
      template: text('WHATSAPP_TEMPLATE'),
      reworkTemplate: text('WHATSAPP_REWORK_TEMPLATE', text('WHATSAPP_TEMPLATE')),
      language: text('WHATSAPP_LANGUAGE', 'pt_BR'),
    },
  };
}

function readZone(env: NodeJS.ProcessEnv): string {
  const zone = env.TENANT_ZONE || 'America/Sao_Paulo';
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw new StartError(`TENANT_ZONE is "${zone}"; it must be an IANA time zone, e.g. America/Sao_Paulo.`);
  }
}
