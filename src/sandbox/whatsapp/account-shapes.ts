import type { Answer } from '../endpoint.ts';
import { APP, NUMBER, type TemplateRecord, type WhatsAppBehaviour } from './records.ts';

/** The number as `GET /{phone-number-id}` gives it. */
export function phoneNumberShape({ number }: WhatsAppBehaviour): Record<string, unknown> {
  return {
    id: NUMBER.phoneNumberId,
    display_phone_number: NUMBER.shown,
    verified_name: NUMBER.name,
    quality_rating: number.quality,
    code_verification_status: 'VERIFIED',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
    status: number.status,
    messaging_limit_tier: number.limit,
  };
}

/** Where the app is called for the number, as `GET /{phone-number-id}?fields=webhook_configuration` gives it. */
export function callbackShape(targets: readonly string[]): Record<string, unknown> {
  const [application] = targets;
  return {
    id: NUMBER.phoneNumberId,
    ...(application === undefined ? {} : { webhook_configuration: { application } }),
  };
}

/** The apps that are called for the account. */
export function subscribedAppsShape({ subscribedApps }: WhatsAppBehaviour): Record<string, unknown> {
  return {
    data: subscribedApps.map(({ id, name }) => ({
      whatsapp_business_api_data: { id, name, link: `https://www.facebook.com/games/?app_id=${id}` },
    })),
  };
}

/** What Meta says of the sandbox's own token. */
export function tokenShape({ token }: WhatsAppBehaviour): Record<string, unknown> {
  return {
    data: {
      app_id: APP.id,
      type: 'SYSTEM_USER',
      application: APP.name,
      data_access_expires_at: token.expiresAt,
      expires_at: token.expiresAt,
      is_valid: true,
      scopes: token.scopes,
      granular_scopes: token.scopes.map((scope) => ({ scope, target_ids: [NUMBER.wabaId] })),
    },
  };
}

/** What `account_update` tells of it. */
export function accountNews(
  happened: { event: 'restrict'; until: number } | { event: 'ban' | 'reinstate' | 'delete' },
): Record<string, unknown> {
  switch (happened.event) {
    case 'restrict': {
      const restriction = {
        restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING',
        expiration: happened.until,
      };
      return { event: 'ACCOUNT_RESTRICTION', restriction_info: [restriction] };
    }
    case 'delete':
      return { event: 'ACCOUNT_DELETED' };
    default: {
      const state = happened.event === 'ban' ? 'DISABLE' : 'REINSTATE';
      return { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: state, waba_ban_date: 'today' } };
    }
  }
}

const TEMPLATES_A_PAGE = 25;

/** A page of templates: `limit`, `after` (a cursor of a page before) and `name`. */
export function templatePage(templates: TemplateRecord[], query: URLSearchParams): Answer {
  const limit = Math.max(1, Number(query.get('limit')) || TEMPLATES_A_PAGE);
  const start = Number(Buffer.from(query.get('after') ?? '', 'base64').toString()) || 0;
  const name = query.get('name');
  const found = templates.filter((template) => name === null || template.name === name);
  const end = Math.min(start + limit, found.length);
  const cursors = { before: cursorOf(start), after: cursorOf(end) };
  const next = `?limit=${limit}&after=${cursors.after}`;
  return {
    status: 200,
    body: {
      data: found.slice(start, end).map(templateShape),
      paging: { cursors, ...(end < found.length ? { next } : {}) },
    },
  };
}

function templateShape(template: TemplateRecord): Record<string, unknown> {
  return {
    name: template.name,
    components: [
      { type: 'BODY', text: template.body, example: { body_text: [['Ana']] } },
      { type: 'BUTTONS', buttons: template.buttons.map((text) => ({ type: 'QUICK_REPLY', text })) },
    ],
    language: template.language,
    status: template.status,
    category: template.category,
    quality_score: { score: template.quality ?? 'UNKNOWN', date: Math.floor(Date.now() / 1000) },
    id: template.id,
  };
}

function cursorOf(position: number): string {
  return Buffer.from(String(position)).toString('base64');
}
