import { parseJson } from '../http.ts';
import { call, type WhatsAppConnection, wordOf } from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** Whom a message goes to: `to` = digits without `+`; `recipient` = business-scoped user id. `to` wins over it. */
export type Recipient = { to?: string; recipient?: string };

/** Only an `accepted` message is on its way; the others are kept back by Meta, to be sent later or never. */
export type MessageStatus = 'accepted' | 'held_for_quality_assessment' | 'paused';

/** `waId` is what WhatsApp knows the number as; it may lack the ninth digit of the number dialled. */
export type SendAnswer = { wamid: string; waId: string | null; messageStatus: MessageStatus };

/** What stands at the head of a template: a text, or a file at an address that WhatsApp can reach. */
export type HeaderParameter =
  | { kind: 'text'; text: string; name?: string }
  | { kind: 'image' | 'video'; link: string }
  | { kind: 'document'; link: string; filename?: string };

/** `attemptId` comes back in each status webhook (at most 512 characters). */
export type TemplateMessage = Recipient & {
  template: string;
  language: string;
  header?: HeaderParameter;
  /** By their places, or by their names where the template names them. */
  bodyParameters: readonly string[] | Readonly<Record<string, string>>;
  /** Payloads of the quick-reply buttons, each at the place of its button; null at that of another button. */
  buttonPayloads: readonly (string | null)[];
  /** What is put at the end of the addresses of link buttons, by the place of the button. */
  linkEndings?: readonly { index: number; text: string }[];
  attemptId: string;
};

/** A free text; only inside the 24 h window. `replyTo` is the wamid it answers. */
export type TextMessage = Recipient & { text: string; attemptId: string; replyTo?: string };

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
  const { template: name, language } = message;
  const components = [...headerOf(message), ...bodyOf(message), ...buttonsOf(message)];
  const template = { name, language: { code: language }, components };
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

type Component = { type: string; sub_type?: string; index?: string; parameters: unknown[] };

function headerOf({ header }: TemplateMessage): Component[] {
  if (header === undefined) return [];
  const { kind } = header;
  if (kind === 'text') return [{ type: 'header', parameters: [textParameter(header.text, header.name)] }];
  const filename = header.kind === 'document' && header.filename ? { filename: header.filename } : {};
  return [{ type: 'header', parameters: [{ type: kind, [kind]: { link: header.link, ...filename } }] }];
}

function bodyOf({ bodyParameters }: TemplateMessage): Component[] {
  const parameters = Array.isArray(bodyParameters)
    ? bodyParameters.map((text: string) => textParameter(text))
    : Object.entries(bodyParameters).map(([name, text]) => textParameter(text, name));
  return parameters.length === 0 ? [] : [{ type: 'body', parameters }];
}

function buttonsOf({ buttonPayloads, linkEndings = [] }: TemplateMessage): Component[] {
  const button = (subType: string, index: number, parameter: unknown) => ({
    type: 'button',
    sub_type: subType,
    index: String(index),
    parameters: [parameter],
  });
  return [
    ...buttonPayloads.flatMap((payload, index) =>
      payload === null ? [] : [button('quick_reply', index, { type: 'payload', payload })],
    ),
    ...linkEndings.map(({ index, text }) => button('url', index, { type: 'text', text })),
  ];
}

function textParameter(text: string, name?: string): unknown {
  return { type: 'text', ...(name === undefined ? {} : { parameter_name: name }), text };
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
    waId: wordOf(said?.contacts?.[0]?.wa_id),
    messageStatus: statusOf(message.message_status),
  };
}

/** Older versions say nothing of it, and what they answer with a wamid is on its way. */
function statusOf(value: unknown): MessageStatus {
  return value === 'held_for_quality_assessment' || value === 'paused' ? value : 'accepted';
}
