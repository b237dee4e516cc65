import { type QueryClient, queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { Me } from '../../src/contract/connection.ts';
import { get, send } from './client.ts';
import { keys } from './query-keys.ts';

/** Who is signed in, and where. Fails with 401 where nobody is. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => get<Me>('/v1/me', {}, signal),
  staleTime: 5 * 60_000,
});

/** The tenant's time zone, behind the sign-in. */
export const useZone = (): string => useSuspenseQuery(meQuery).data.zone;

/** The key of the person's own way out, while it is under way. */
export const SIGNING_OUT = ['signing-out'] as const;

/** Whether a session that is over was at work on this page until now, and is not being ended by the person. */
export const hadSession = (client: QueryClient): boolean =>
  client.getQueryData(meQuery.queryKey) !== undefined &&
  client.isMutating({ mutationKey: SIGNING_OUT }) === 0;

/** Signs in. Throws an `ApiProblem`. */
export const signIn = (email: string, password: string): Promise<void> =>
  send('POST', '/api/auth/sign-in/email', { email, password });

/** Signs this device out. */
export const signOut = (): Promise<void> => send('POST', '/api/auth/sign-out', {});

/** Signs every device out, this one too. */
export const signOutEverywhere = (): Promise<void> => send('POST', '/api/auth/revoke-sessions', {});

/** Sets another password, which signs every other device out. */
export const changePassword = (currentPassword: string, newPassword: string): Promise<void> =>
  send('POST', '/api/auth/change-password', { currentPassword, newPassword });
