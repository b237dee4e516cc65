/** Paths at our API that Chatwoot and WhatsApp are to call; the last part of each is a secret. */
export type WebhookPaths = { chatwoot: string; whatsapp: string };

/**
 * The lines that say what to enter at Meta and in Chatwoot. Without `publicUrl` the addresses are those of this
 * machine (`localUrl`), and a third line says what is missing.
 */
export function webhookLines(paths: WebhookPaths, publicUrl: string | undefined, localUrl: string): string[] {
  const base = publicUrl ?? localUrl;
  const lines = [`WhatsApp webhook  ${base}${paths.whatsapp}`, `Chatwoot webhook  ${base}${paths.chatwoot}`];
  if (publicUrl) return lines;
  return [
    ...lines,
    'Meta and Chatwoot must reach these from outside: set LEAD_FLOW_PUBLIC_URL to the https address ' +
      `that leads to ${localUrl}.`,
  ];
}
