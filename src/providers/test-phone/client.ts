import { callProvider, type HttpAnswer, parseJson, reasonOf } from '../http.ts';

/** A phone of the sandbox, the oldest message first; `at` is ISO 8601, `state` null for what the person wrote. */
export type Phone = {
  wa_id: string;
  messages: {
    id: string;
    direction: 'in' | 'out';
    text: string;
    buttons: { text: string; payload: string }[];
    state: string | null;
    at: string;
  }[];
};

/** What a person does: writes, or presses a button. */
export type PersonsAct = { text: string } | { button: { payload: string; text: string } };

/** The sandbox did not do what it was asked; `reason` is a short code. */
export class TestPhoneError extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`test phone: ${reason}`);
    this.name = 'TestPhoneError';
    this.reason = reason;
  }
}

/**
 * The phones of these numbers (digits, or business-scoped user ids), the newest conversation first.
 *
 * @throws TestPhoneError
 */
export async function listPhones(baseUrl: string, numbers: readonly string[]): Promise<Phone[]> {
  const phones = await post(baseUrl, '/_sandbox/phones', { numbers });
  if (!Array.isArray(phones)) throw new TestPhoneError('answer without phones');
  return phones as Phone[];
}

/**
 * Does what the person of `waId` does; resolves with the id of their message.
 *
 * @throws TestPhoneError
 */
export async function actAs(baseUrl: string, waId: string, act: PersonsAct): Promise<string> {
  const done = (await post(baseUrl, '/_sandbox/reply', { from: waId, ...act })) as { wamid?: unknown };
  if (typeof done?.wamid !== 'string') throw new TestPhoneError('answer without wamid');
  return done.wamid;
}

async function post(baseUrl: string, path: string, json: unknown): Promise<unknown> {
  const answer = await callProvider(
    { baseUrl, path, method: 'POST', headers: {}, json },
    {
      ofAnswer: ({ status }: HttpAnswer) => new TestPhoneError(`HTTP ${status}`),
      ofFailure: (failure) => new TestPhoneError(reasonOf(failure)),
    },
  );
  return parseJson(answer.body);
}
