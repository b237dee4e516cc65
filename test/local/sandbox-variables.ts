import type { RunningSandbox } from '../../src/local/sandbox.ts';

/** The variables of a tenant whose real services are, for the test, those of the sandbox. */
export const sandboxVariables = ({
  access: { chatwoot, whatsapp },
}: Pick<RunningSandbox, 'access'>): Record<string, string> => ({
  CHATWOOT_URL: chatwoot.url,
  CHATWOOT_ACCOUNT_ID: String(chatwoot.accountId),
  CHATWOOT_TOKEN: chatwoot.token,
  CHATWOOT_INBOX_ID: String(chatwoot.inboxId),
  WHATSAPP_URL: whatsapp.url,
  WHATSAPP_PHONE_NUMBER_ID: whatsapp.phoneNumberId,
  WHATSAPP_WABA_ID: whatsapp.wabaId,
  WHATSAPP_TOKEN: whatsapp.token,
  WHATSAPP_APP_SECRET: whatsapp.appSecret,
  WHATSAPP_VERIFY_TOKEN: whatsapp.verifyToken,
  WHATSAPP_TEMPLATE: 'indicacao_boas_vindas',
});
