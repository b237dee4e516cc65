import { queryOptions } from '@tanstack/react-query';
import type { Me } from '../../src/contract/connection.ts';
import { get } from './client.ts';
import { ApiProblem, unexpected, unreachable } from './problem.ts';
import { keys } from './query-keys.ts';

/** Who is signed in, and where. Fails with 401 where nobody is. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => get<Me>('/v1/me', {}, signal),
  staleTime: 5 * 60_000,
});

/** Signs in. Throws an `ApiProblem` whose message says what to do. */
export async function signIn(email: string, password: string): Promise<void> {
  await askAuth('sign-in/email', { email, password });
}

/** Signs this device out. */
export async function signOut(): Promise<void> {
  await askAuth('sign-out', {});
}

/** Signs every device out, this one too. */
export async function signOutEverywhere(): Promise<void> {
  await askAuth('revoke-sessions', {});
  await signOut().catch(() => undefined);
}

/** Sets another password; other devices are signed out. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await askAuth('change-password', { currentPassword, newPassword, revokeOtherSessions: true });
}

const WORDS: Readonly<Record<string, string>> = {
  INVALID_EMAIL_OR_PASSWORD: 'E-mail ou senha incorretos. Confira os dois e tente de novo.',
  INVALID_EMAIL: 'Este e-mail não está escrito como um e-mail. Confira e tente de novo.',
  INVALID_PASSWORD: 'A senha atual não confere. Digite-a de novo.',
  PASSWORD_TOO_SHORT: 'A senha nova é curta demais: use pelo menos 8 caracteres.',
  PASSWORD_TOO_LONG: 'A senha nova é longa demais: use até 128 caracteres.',
  SESSION_EXPIRED: 'A sua sessão terminou. Entre de novo.',
};

async function askAuth(path: string, body: object): Promise<void> {
  const response = await fetch(`/api/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
  }).catch(() => {
    throw unreachable();
  });
  if (response.ok) return;
  const { code = '' } = ((await response.json().catch(() => null)) ?? {}) as { code?: string };
  const title = WORDS[code];
  throw title ? new ApiProblem({ status: response.status, code, title }) : unexpected(response.status);
}
