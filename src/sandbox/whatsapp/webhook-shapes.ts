import type { PlannedStatus, SentMessage, TemplateRecord } from './records.ts';
import { NUMBER } from './records.ts';
import { titleOf } from './refusals.ts';

/** One thing a webhook tells; several go into one POST. */
export type Update =
  | { kind: 'status'; status: Record<string, unknown> }
  | { kind: 'change'; field: string; value: Record<string, unknown> }
  /** Of the account, not of a conversation: Meta says when (unix milliseconds here), and names no number. */
  | { kind: 'account'; field: string; value: Record<string, unknown>; at: number };

const METADATA = { display_phone_number: NUMBER.digits, phone_number_id: NUMBER.phoneNumberId };

/** A message's new status, as `statuses[]` has it. */
export function statusUpdate(
  message: SentMessage,
  reached: Pick<PlannedStatus, 'status' | 'errorCode'>,
  at: number,
): Update {
  const { status, errorCode } = reached;
  return {
    kind: 'status',
    status: {
      id: message.wamid,
      status,
      timestamp: String(Math.floor(at / 1000)),
      ...(message.waId === null ? {} : { recipient_id: message.waId }),
      ...(message.userId === null ? {} : { recipient_user_id: message.userId }),
      ...(message.attemptId === null ? {} : { biz_opaque_callback_data: message.attemptId }),
      ...(status === 'failed' ? { errors: [statusError(errorCode ?? 131000)] } : {}),
      ...(status === 'failed' || message.type === 'text'
        ? {}
        : { pricing: { billable: true, pricing_model: 'PMP', category: 'marketing' } }),
    },
  };
}

function statusError(code: number): Record<string, unknown> {
  const title = titleOf(code);
  return { code, title, message: title, error_data: { details: `${title}.` } };
}

/** Who wrote: `waId` or `userId`, with the name of the profile. */
export type Sender = { waId: string | null; userId: string | null; name: string };

/** A message from a person, as `messages[]` has it. */
export function messageUpdate(
  sender: Sender,
  wamid: string,
  content: { text: string } | { button: { payload: string; text: string } },
  contextWamid: string | null,
): Update {
  const message = {
    ...(contextWamid === null ? {} : { context: { from: NUMBER.digits, id: contextWamid } }),
    ...(sender.waId === null ? {} : { from: sender.waId }),
    ...(sender.userId === null ? {} : { from_user_id: sender.userId }),
    id: wamid,
    timestamp: String(Math.floor(Date.now() / 1000)),
    ...('text' in content
      ? { type: 'text', text: { body: content.text } }
      : { type: 'button', button: content.button }),
  };
  return change('messages', { contacts: [contactOf(sender)], messages: [message] });
}

/** A person's choice about marketing messages. */
export function preferenceUpdate(sender: Sender, value: 'stop' | 'resume'): Update {
  const preference = {
    ...(sender.waId === null ? {} : { wa_id: sender.waId }),
    ...(sender.userId === null ? {} : { user_id: sender.userId }),
    detail: `User requested to ${value} marketing messages`,
    category: 'marketing_messages',
    value,
    timestamp: Math.floor(Date.now() / 1000),
  };
  return change('user_preferences', { contacts: [contactOf(sender)], user_preferences: [preference] });
}

/** A template that was approved, paused, … */
export function templateUpdate(
  template: TemplateRecord,
  why: { title: string; description: string } | null,
): Update {
  return accountUpdate('message_template_status_update', {
    event: template.status,
    ...templateName(template),
    reason: 'NONE',
    message_template_category: template.category,
    ...(why === null ? {} : { other_info: why }),
  });
}

/** A template of which people think otherwise now. */
export function templateQualityUpdate(template: TemplateRecord, before: string): Update {
  return accountUpdate('message_template_quality_update', {
    previous_quality_score: before,
    new_quality_score: template.quality,
    ...templateName(template),
  });
}

/** Anything that is told of the account itself. */
export function accountUpdate(field: string, value: Record<string, unknown>): Update {
  return { kind: 'account', field, value, at: Date.now() };
}

function templateName({ id, name, language }: TemplateRecord): Record<string, unknown> {
  return {
    message_template_id: Number(id),
    message_template_name: name,
    message_template_language: language,
  };
}

/** The POST that tells these updates. */
export function webhookBody(updates: Update[]): unknown {
  const statuses = updates.filter((update) => update.kind === 'status').map((update) => update.status);
  const changes = updates
    .filter((update) => update.kind === 'change')
    .map(({ field, value }) => ({ value, field }));
  if (statuses.length > 0) {
    changes.unshift({
      value: { messaging_product: 'whatsapp', metadata: METADATA, statuses },
      field: 'messages',
    });
  }
  const ofAccount = updates
    .filter((update) => update.kind === 'account')
    .map(({ field, value, at }) => ({ time: Math.floor(at / 1000), changes: [{ value, field }] }));
  const entries = [...(changes.length > 0 ? [{ changes }] : []), ...ofAccount];
  return {
    object: 'whatsapp_business_account',
    entry: entries.map((entry) => ({ id: NUMBER.wabaId, ...entry })),
  };
}

/** JSON as Meta writes it: everything beyond ASCII and every slash escaped. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/');
}

function change(field: string, value: Record<string, unknown>): Update {
  return { kind: 'change', field, value: { messaging_product: 'whatsapp', metadata: METADATA, ...value } };
}

function contactOf(sender: Sender): Record<string, unknown> {
  return {
    profile: { name: sender.name },
    ...(sender.waId === null ? {} : { wa_id: sender.waId }),
    ...(sender.userId === null ? {} : { user_id: sender.userId }),
  };
}
