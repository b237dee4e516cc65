import { z } from 'zod';
import type { Describe } from '../calls.ts';
import type { SentMessage, TemplateRecord } from './records.ts';
import { refusal } from './refusals.ts';
import { digitsOf, isUserId } from './wa-id.ts';

const parameter = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  payload: z.string().optional(),
});

const sendSchema = z.looseObject({
  messaging_product: z.literal('whatsapp'),
  to: z.string().optional(),
  recipient: z.string().optional(),
  type: z.enum(['template', 'text']).default('text'),
  text: z.looseObject({ body: z.string().min(1).max(4096) }).optional(),
  template: z
    .looseObject({
      name: z.string(),
      language: z.looseObject({ code: z.string() }),
      components: z
        .array(
          z.looseObject({
            type: z.string(),
            sub_type: z.string().optional(),
            index: z.union([z.string(), z.number()]).optional(),
            parameters: z.array(parameter).default([]),
          }),
        )
        .default([]),
    })
    .optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
});

/** What of a send is known from its request alone. */
export type SendRequest = Pick<
  SentMessage,
  | 'to'
  | 'userId'
  | 'type'
  | 'template'
  | 'language'
  | 'bodyParameters'
  | 'buttonPayloads'
  | 'text'
  | 'attemptId'
>;

/** What the record of calls shows of a send, whether or not it was taken. */
export function describeSend({ method, path, body }: Parameters<Describe>[0]): ReturnType<Describe> {
  if (method !== 'POST' || (!path.endsWith('/messages') && path !== '(chatwoot)')) return {};
  const send = (typeof body === 'object' && body !== null ? body : {}) as Partial<z.input<typeof sendSchema>>;
  return {
    via: 'api',
    attemptId: send.biz_opaque_callback_data ?? null,
    to: send.to === undefined ? (send.recipient ?? null) : digitsOf(String(send.to)),
    template: send.template?.name ?? null,
    wamid: null,
  };
}

/** @throws Refusal code 100 with the parameter that is wrong */
export function readSend(body: unknown): SendRequest {
  const result = sendSchema.safeParse(body);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw refusal(100, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
  }
  const send = result.data;
  const address = addressOf(send.to, send.recipient);
  const common = { ...address, attemptId: send.biz_opaque_callback_data ?? null };
  if (send.type === 'text') {
    if (send.text === undefined) throw refusal(100, 'The parameter text is required.');
    const nothing = { template: null, language: null, bodyParameters: [], buttonPayloads: [] };
    return { ...common, ...nothing, type: 'text', text: send.text.body };
  }
  if (send.template === undefined) throw refusal(100, 'The parameter template is required.');
  const { name, language, components } = send.template;
  const bodyParameters = components
    .filter((component) => component.type.toLowerCase() === 'body')
    .flatMap((component) => component.parameters.map((one) => one.text ?? ''));
  const buttonPayloads: string[] = [];
  for (const component of components) {
    if (component.type.toLowerCase() !== 'button') continue;
    const [parameter] = component.parameters;
    buttonPayloads[Number(component.index ?? 0)] = parameter?.payload ?? parameter?.text ?? '';
  }
  return {
    ...common,
    type: 'template',
    template: name,
    language: language.code,
    bodyParameters,
    buttonPayloads: Array.from(buttonPayloads, (payload) => payload ?? ''),
    text: null,
  };
}

function addressOf(
  to: string | undefined,
  recipient: string | undefined,
): { to: string; userId: string | null } {
  if (to !== undefined) {
    const digits = digitsOf(to);
    if (digits.length < 8 || digits.length > 15) throw refusal(100, 'to is not a valid phone number');
    return { to: digits, userId: null };
  }
  if (recipient === undefined) throw refusal(100, 'The parameter to is required.');
  if (!isUserId(recipient)) throw refusal(100, 'recipient is not a valid user id');
  return { to: recipient, userId: recipient };
}

/** @throws Refusal 132xxx where the template is not there, not usable, or called otherwise than it was made */
export function checkTemplate(templates: readonly TemplateRecord[], send: SendRequest): void {
  const template = templates.find((one) => one.name === send.template && one.language === send.language);
  if (template === undefined) {
    throw refusal(132001, `template name (${send.template}) does not exist in ${send.language}`);
  }
  if (template.status === 'PAUSED') throw refusal(132015);
  if (template.status === 'DISABLED') throw refusal(132016);
  if (template.status !== 'APPROVED')
    throw refusal(132001, `template ${template.name} is ${template.status}`);
  const expected = new Set(template.body.match(/\{\{\w+\}\}/g)).size;
  const given = send.bodyParameters.length;
  if (given !== expected) {
    throw refusal(
      132000,
      `body: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
    );
  }
  if (send.bodyParameters.some((text) => text.trim() === '' || /[\n\t]| {5}/.test(text))) {
    throw refusal(
      132012,
      'body: a parameter is empty, or has new-lines, tabs or more than 4 spaces in a row',
    );
  }
  if (send.buttonPayloads.length > template.buttons.length) {
    throw refusal(132012, `buttons: the template has ${template.buttons.length}`);
  }
}
