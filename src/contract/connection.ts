import { z } from 'zod';
import { BUTTON_MEANINGS } from '../domain/button.ts';

export { BUTTON_MEANINGS };

/** One thing that was tried of a connection; `message` is for the one who set it up, with the remedy. */
export const check = z.object({
  name: z.enum([
    'address',
    'token',
    'inbox',
    'team',
    'agents',
    'webhook',
    'number',
    'template',
    'quality',
    'instance',
  ]),
  state: z.enum(['ok', 'warning', 'failed']),
  message: z.string(),
});

/** `POST /v1/chatwoot/test`, `POST /v1/channels/:id/test`. `ok`: nothing failed. */
export const connectionTest = z.object({ ok: z.boolean(), checks: z.array(check) });
export type ConnectionTest = z.infer<typeof connectionTest>;

/** `GET /v1/chatwoot`. Secrets never come back: only whether there is one. */
export const chatwoot = z.object({
  url: z.string(),
  account_id: z.int(),
  team_id: z.int().nullable(),
  has_webhook_secret: z.boolean(),
});
export type Chatwoot = z.infer<typeof chatwoot>;

/** `GET /v1/chatwoot/directory`: what may be chosen from. */
export const chatwootDirectory = z.object({
  agents: z.array(
    z.object({ id: z.int(), name: z.string(), email: z.string(), availability: z.string().nullable() }),
  ),
  teams: z.array(z.object({ id: z.int(), name: z.string() })),
  inboxes: z.array(z.object({ id: z.int(), name: z.string(), channel_type: z.string().nullable() })),
});
export type ChatwootDirectory = z.infer<typeof chatwootDirectory>;

const stageTemplate = z.object({
  template: z.string(),
  language: z.string(),
  /** What the quick-reply buttons mean, in their order. */
  buttons: z.array(z.enum(BUTTON_MEANINGS)),
});

/** `GET /v1/flows`: which number and templates the leads of one source are written with. */
export const flow = z.object({
  id: z.uuid(),
  name: z.string(),
  source: z.string(),
  version: z.int(),
  channel_id: z.uuid(),
  main: stageTemplate,
  rework: stageTemplate,
});
export const flowList = z.object({ flows: z.array(flow) });
export type Flow = z.infer<typeof flow>;

/** `GET /v1/api-keys`; `DELETE /v1/api-keys/:id` answers the one that was revoked. */
export const apiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Its first characters, by which people tell keys apart. */
  prefix: z.string(),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export const apiKeyList = z.object({ api_keys: z.array(apiKey) });
/** `POST /v1/api-keys` (`name`): the key itself, shown this once. */
export const newApiKey = apiKey.extend({ key: z.string() });
export type ApiKey = z.infer<typeof apiKey>;
export type NewApiKey = z.infer<typeof newApiKey>;

/** `GET /v1/me`. */
export const me = z.object({
  tenant: z.object({ id: z.uuid(), name: z.string() }),
  /** Null where an API key asks. */
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }).nullable(),
  zone: z.string(),
  /** Whether the sandbox's fake phone can be used. */
  test_phone: z.boolean(),
});
export type Me = z.infer<typeof me>;

/** `POST /v1/leads/import` with `Accept: application/x-ndjson`: a line each time, and the `leadImport` as the last. */
export const importProgress = z.object({
  /** Lines of the file that are dealt with, the refused among them. */
  done: z.int(),
  lines: z.int(),
});
export type ImportProgress = z.infer<typeof importProgress>;

/** `POST /v1/leads/import` (text/csv; `?dry_run=true` only checks). */
export const leadImport = z.object({
  dry_run: z.boolean(),
  lines: z.int(),
  received: z.int(),
  joined: z.int(),
  opted_out: z.int(),
  /** Sent before with the same file: nothing happened again. */
  known: z.int(),
  refused: z.array(
    z.object({
      /** Its line in the file, from 1. */
      line: z.int(),
      errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })),
    }),
  ),
});
export type LeadImport = z.infer<typeof leadImport>;

/**
 * `GET /v1/test-phone`: the sandbox's phones that are of leads, the newest conversation first, its oldest message
 * first. As with leads, `out` is what was written to the person.
 */
export const testPhone = z.object({
  phones: z.array(
    z.object({
      /** Digits, as WhatsApp knows them. */
      wa_id: z.string(),
      /** Of the person whose lead is written to there. */
      name: z.string(),
      messages: z.array(
        z.object({
          id: z.string(),
          direction: z.enum(['in', 'out']),
          text: z.string(),
          /** Quick-reply buttons, in their order. */
          buttons: z.array(z.object({ text: z.string(), payload: z.string() })),
          state: z.string().nullable(),
          at: z.string(),
        }),
      ),
    }),
  ),
});
export type TestPhone = z.infer<typeof testPhone>;

/** `POST /v1/test-phone/replies` (`wa_id` with `text` or `button`): the id of the person's message. */
export const testPhoneReply = z.object({ id: z.string() });
export type TestPhoneReply = z.infer<typeof testPhoneReply>;
