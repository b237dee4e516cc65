import { callOnce, DEFAULT_TIMEOUT_MS, type HttpAnswer, type HttpCall, parseJson } from '../http.ts';
import { errorOfAnswer, errorOfFailure, errorOfOddAnswer } from './errors.ts';

/** One official WhatsApp number. `baseUrl` without version (`https://graph.facebook.com`), `version` like `v23.0`. */
export type WhatsAppConnection = {
  baseUrl: string;
  version: string;
  phoneNumberId: string;
  token: string;
  /** For the whole call, milliseconds; 10,000 where not given. */
  timeoutMs?: number;
};

/** Whom a message goes to: `to` = digits without `+`; `recipient` = business-scoped user id. `to` wins over it. */
export type Recipient = { to?: string; recipient?: string };

/** `waId` is what WhatsApp knows the number as; it may lack the ninth digit of the number dialled. */
export type SendAnswer = {
  wamid: string;
  waId: string | null;
  /** `accepted`, `held_for_quality_assessment` (not sent yet) or `paused`. */
  messageStatus: string;
};

/** `attemptId` comes back in each status webhook (at most 512 characters). */
export type TemplateMessage = Recipient & {
  template: string;
  language: string;
  bodyParameters: string[];
  /** Payloads of the quick-reply buttons, in the order the template has them. */
  buttonPayloads: string[];
  attemptId: string;
};

/** A free text; only inside the 24 h window. `replyTo` is the wamid it answers. */
export type TextMessage = Recipient & { text: string; attemptId: string; replyTo?: string };

/** What Meta says of the number itself. */
export type PhoneNumber = {
  id: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  qualityRating: string | null;
  /** `CONNECTED`, `FLAGGED`, `RESTRICTED`, … */
  status: string | null;
};

/** One template in one language. `bodyParameters` counts the `{{…}}` of its body. */
export type Template = {
  id: string;
  name: string;
  language: string;
  /** `APPROVED`, `PENDING`, `REJECTED`, `PAUSED` or `DISABLED`. */
  status: string;
  category: string | null;
  body: string | null;
  bodyParameters: number;
  buttons: { type: string; text: string }[];
};

/**
 * Sends a template, once. There is no idempotency key: after an `ambiguous` error only the status webhook that
 * names `attemptId` tells whether it left.
 *
 * @throws WhatsAppError
 */
export function sendTemplate(
  c: WhatsAppConnection,
  message: TemplateMessage,
  signal?: AbortSignal,
): Promise<SendAnswer> {
  const components: unknown[] = [];
  if (message.bodyParameters.length > 0) {
    components.push({
      type: 'body',
      parameters: message.bodyParameters.map((text) => ({ type: 'text', text })),
    });
  }
  message.buttonPayloads.forEach((payload, index) => {
    components.push({
      type: 'button',
      sub_type: 'quick_reply',
      index: String(index),
      parameters: [{ type: 'payload', payload }],
    });
  });
  const template = { name: message.template, language: { code: message.language }, components };
  return send(c, message, { type: 'template', template }, signal);
}

/**
 * Sends a text, once; outside the 24 h window Meta refuses it (`window_closed`).
 *
 * @throws WhatsAppError
 */
export function sendText(
  c: WhatsAppConnection,
  message: TextMessage,
  signal?: AbortSignal,
): Promise<SendAnswer> {
  const context = message.replyTo === undefined ? {} : { context: { message_id: message.replyTo } };
  return send(
    c,
    message,
    { type: 'text', text: { body: message.text, preview_url: false }, ...context },
    signal,
  );
}

/**
 * The number's own state.
 *
 * @throws WhatsAppError
 */
export async function getPhoneNumber(c: WhatsAppConnection, signal?: AbortSignal): Promise<PhoneNumber> {
  const path = `${c.phoneNumberId}?fields=id,display_phone_number,verified_name,quality_rating,status`;
  const answer = await call(c, 'GET', path, undefined, signal);
  const body = parseJson(answer.body) as Record<string, unknown> | null | undefined;
  if (typeof body?.id !== 'string') throw errorOfOddAnswer(answer, 'id');
  return {
    id: body.id,
    displayPhoneNumber: textOf(body.display_phone_number),
    verifiedName: textOf(body.verified_name),
    qualityRating: textOf(body.quality_rating),
    status: textOf(body.status),
  };
}

const TEMPLATES_A_PAGE = 100;

/**
 * All templates of a WhatsApp Business Account, page after page.
 *
 * @throws WhatsAppError
 */
export async function listTemplates(
  c: WhatsAppConnection,
  wabaId: string,
  signal?: AbortSignal,
): Promise<Template[]> {
  const templates: Template[] = [];
  let after: string | null = null;
  do {
    const cursor: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const path = `${wabaId}/message_templates?limit=${TEMPLATES_A_PAGE}${cursor}`;
    const answer = await call(c, 'GET', path, undefined, signal);
    const page = parseJson(answer.body) as TemplatePage | null | undefined;
    if (!Array.isArray(page?.data)) throw errorOfOddAnswer(answer, 'data');
    templates.push(...page.data.map(toTemplate));
    const next = page.paging?.next ? (page.paging.cursors?.after ?? null) : null;
    after = next === after ? null : next;
  } while (after !== null);
  return templates;
}

interface RawTemplate {
  id?: unknown;
  name?: unknown;
  language?: unknown;
  status?: unknown;
  category?: unknown;
  components?: { type?: string; text?: string; buttons?: { type?: string; text?: string }[] }[];
}

interface TemplatePage {
  data?: RawTemplate[];
  paging?: { cursors?: { after?: string }; next?: string };
}

function toTemplate(raw: RawTemplate): Template {
  const components = raw.components ?? [];
  const body = components.find((component) => component.type === 'BODY')?.text ?? null;
  const buttons = components.find((component) => component.type === 'BUTTONS')?.buttons ?? [];
  return {
    id: String(raw.id ?? ''),
    name: String(raw.name ?? ''),
    language: String(raw.language ?? ''),
    status: String(raw.status ?? ''),
    category: textOf(raw.category),
    body,
    // A parameter may be used twice: count the different ones.
    bodyParameters: new Set(body?.match(/\{\{\s*\w+\s*\}\}/g)?.map((found) => found.replace(/\s/g, ''))).size,
    buttons: buttons.map((button) => ({ type: button.type ?? '', text: button.text ?? '' })),
  };
}

interface RawSendAnswer {
  contacts?: { wa_id?: unknown }[];
  messages?: { id?: unknown; message_status?: unknown }[];
}

async function send(
  c: WhatsAppConnection,
  to: Recipient & { attemptId: string },
  content: Record<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<SendAnswer> {
  const address = to.to !== undefined ? { to: to.to } : { recipient: to.recipient };
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...address,
    ...content,
    biz_opaque_callback_data: to.attemptId,
  };
  const answer = await call(c, 'POST', `${c.phoneNumberId}/messages`, body, signal);
  const said = parseJson(answer.body) as RawSendAnswer | null | undefined;
  const message = said?.messages?.[0];
  if (typeof message?.id !== 'string' || message.id === '') throw errorOfOddAnswer(answer, 'wamid');
  return {
    wamid: message.id,
    waId: textOf(said?.contacts?.[0]?.wa_id),
    messageStatus: textOf(message.message_status) ?? 'accepted',
  };
}

async function call(
  c: WhatsAppConnection,
  method: HttpCall['method'],
  path: string,
  json: unknown,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await callOnce({
      method,
      url: `${c.baseUrl.replace(/\/+$/, '')}/${c.version}/${path}`,
      headers: { authorization: `Bearer ${c.token}` },
      json,
      timeoutMs: c.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal,
    });
  } catch (failure) {
    throw errorOfFailure(failure);
  }
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw errorOfAnswer(answer);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
