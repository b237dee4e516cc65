import type { DeliveryState } from './delivery.ts';
import { asksToStop } from './opt-out.ts';

/**
 * A delivery status of a message this product sent. `attemptId` is the send attempt named in
 * `biz_opaque_callback_data`, `userId` the business-scoped user id (BSUID), `at` an ISO instant.
 */
export type StatusPayload = {
  wamid: string;
  attemptId: string | null;
  status: DeliveryState;
  at: string;
  waId: string | null;
  userId: string | null;
  errorCode: number | null;
  errorText: string | null;
  pricing: { billable: boolean | null; category: string | null; model: string | null } | null;
};

/**
 * Something a person sent. `text` is what they said: text, caption, the wording of the button or list
 * entry they chose, the emoji of a reaction. `contextWamid` is the message they answered, reacted to, edited or
 * took back.
 */
export type MessagePayload = {
  wamid: string;
  waId: string | null;
  userId: string | null;
  profileName: string | null;
  type: string;
  text: string | null;
  buttonPayload: string | null;
  contextWamid: string | null;
  at: string;
};

/** A person turned the business's marketing messages off or on in WhatsApp itself. */
export type PreferencePayload = {
  waId: string | null;
  userId: string | null;
  value: 'stop' | 'resume';
  at: string;
};

/** A person has a new number; `waId` and `userId` are the former ones. Where one is not said it is null. */
export type NumberChangePayload = {
  waId: string | null;
  userId: string | null;
  newWaId: string | null;
  newUserId: string | null;
  at: string;
};

/** Somebody of the business wrote to the person, on the phone that shares the number. */
export type EchoPayload = {
  wamid: string;
  waId: string | null;
  userId: string | null;
  type: string;
  at: string;
};

/**
 * WhatsApp's word on the business account `wabaId`, a number or a template of it; `readAccountUpdate` reads `value`.
 * `topic` is the same for all that speak of the same thing, `time` is when it happened: unix seconds, null where
 * that is not said.
 */
export type AccountPayload = {
  field: string;
  value: unknown;
  wabaId: string;
  topic: string;
  time: number | null;
};

/** Anything else: the webhook's field, the part that was not understood, the business account's id. */
export type OtherPayload = { field: string; value: unknown; wabaId: string | null };

/** One thing that happened, out of a webhook that may carry a thousand. */
export type WhatsAppEvent = { dedupeKey: string; phoneNumberId: string | null } & (
  | { kind: 'status'; payload: StatusPayload }
  | { kind: 'message'; payload: MessagePayload }
  | { kind: 'preference'; payload: PreferencePayload }
  | { kind: 'number_change'; payload: NumberChangePayload }
  | { kind: 'echo'; payload: EchoPayload }
  | { kind: 'account'; payload: AccountPayload }
  | { kind: 'other'; payload: OtherPayload }
);

/** Meta's error for a person who has stopped marketing messages from this business. */
const STOPPED_BY_RECIPIENT = 131050;

/** Whether the event says that the person wants no more messages, in any of the four ways. */
export function optOutOf(event: WhatsAppEvent, words: readonly string[]): boolean {
  switch (event.kind) {
    case 'message':
      return asksToStop(event.payload, words);
    case 'preference':
      return event.payload.value === 'stop';
    case 'status':
      return event.payload.status === 'failed' && event.payload.errorCode === STOPPED_BY_RECIPIENT;
    case 'number_change':
    case 'echo':
    case 'account':
    case 'other':
      return false;
  }
}

/**
 * The dedupe key of an account update. Its fixed beginning and the fixed width of its time let those of one topic be
 * found in the order of their times, by the index of the keys.
 */
export function accountKey(topic: string, time: number, rest: string): string {
  return `account:${topic}:${String(time).padStart(12, '0')}:${rest}`;
}
