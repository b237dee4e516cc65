import type { z } from 'zod';
import { passwordChanged, sessionsRevoked, signedIn, signedOut } from '../../../contract/sign-in.ts';
import type { ProblemCode } from '../../problems.ts';
import { login, passwordChange } from '../../sign-in.ts';
import { described, type Operation, type Subject } from '../operation.ts';

const ALWAYS: readonly ProblemCode[] = [
  'invalid_body',
  'invalid_json',
  'too_large',
  'other_site',
  'too_many_tries',
  'internal',
  'unavailable',
];

/** Something a page of the dashboard asks; whoever signs in is nobody yet, the others bring the session's cookie. */
function asked(
  operation: Pick<Operation, 'id' | 'path' | 'summary' | 'description' | 'body'>,
  schema: z.ZodType,
  problems: readonly ProblemCode[],
): Operation {
  const answers = { 200: { description: 'Feito.', schema } };
  return { ...operation, method: 'post', open: true, answers, problems: [...problems, ...ALWAYS] };
}

export const signIn: Subject = {
  name: 'Entrar no painel',
  description:
    'Para as páginas deste servidor; programas usam uma chave. A sessão vem e vai como cookie, e só páginas deste servidor a usam.',
  schemas: [
    described(login, {
      name: 'Login',
      fields: { email: { description: 'O e-mail.', examples: ['ana@empresa.com.br'] }, password: 'A senha.' },
    }),
    described(passwordChange, {
      name: 'PasswordChange',
      fields: { currentPassword: 'A senha atual.', newPassword: 'A senha nova.' },
    }),
    described(signedIn, { name: 'SignedIn', fields: { user: 'Quem entrou.' } }),
    described(signedIn.shape.user, {
      name: 'User',
      fields: { id: 'Id do usuário.', name: 'O nome.', email: 'O e-mail.' },
    }),
    described(signedOut, { name: 'SignedOut', fields: { success: 'Se saiu.' } }),
    described(sessionsRevoked, { name: 'SessionsRevoked', fields: { status: 'Se terminaram.' } }),
    described(passwordChanged, { name: 'PasswordChanged', fields: { user: 'De quem é a senha.' } }),
  ],
  operations: [
    asked(
      {
        id: 'signIn',
        path: '/api/auth/sign-in/email',
        summary: 'Entra com e-mail e senha',
        body: {
          schema: login,
          examples: { 'E-mail e senha': { email: 'ana@empresa.com.br', password: 'a senha dela' } },
        },
      },
      signedIn,
      ['wrong_login', 'no_tenant'],
    ),
    asked({ id: 'signOut', path: '/api/auth/sign-out', summary: 'Sai neste aparelho' }, signedOut, []),
    asked(
      {
        id: 'revokeSessions',
        path: '/api/auth/revoke-sessions',
        summary: 'Sai em todos os aparelhos',
        description: 'Pede o cookie da sessão.',
      },
      sessionsRevoked,
      ['session_over'],
    ),
    asked(
      {
        id: 'revokeOtherSessions',
        path: '/api/auth/revoke-other-sessions',
        summary: 'Sai em todos os aparelhos, menos neste',
        description: 'Pede o cookie da sessão.',
      },
      sessionsRevoked,
      ['session_over'],
    ),
    asked(
      {
        id: 'changePassword',
        path: '/api/auth/change-password',
        summary: 'Troca a senha',
        description: 'Pede o cookie da sessão; as outras sessões terminam.',
        body: {
          schema: passwordChange,
          examples: {
            'Outra senha': { currentPassword: 'a senha de antes', newPassword: 'uma senha bem mais longa' },
          },
        },
      },
      passwordChanged,
      ['session_over'],
    ),
  ],
};
