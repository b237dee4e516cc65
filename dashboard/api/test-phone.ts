import { queryOptions } from '@tanstack/react-query';
import type { TestPhone } from '../../src/contract/connection.ts';
import { get, send } from './client.ts';
import { keys } from './query-keys.ts';

const EVERY_MS = 2_000;

/** The sandbox's phones; read again every two seconds, as nobody tells what happens on them. */
export const testPhoneQuery = queryOptions({
  queryKey: keys.testPhone,
  queryFn: ({ signal }) => get<TestPhone>('/v1/test-phone', {}, signal),
  refetchInterval: EVERY_MS,
});

/** What the person does: writes, or presses a button of a message. */
export type PhoneReply = { text: string } | { button: { text: string; payload: string } };

/** Answers as the person would. */
export const replyFromPhone = (waId: string, reply: PhoneReply): Promise<void> =>
  send('POST', '/v1/test-phone/replies', { wa_id: waId, ...reply });
