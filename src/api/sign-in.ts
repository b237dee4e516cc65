import { createHash } from 'node:crypto';
import { getIP } from 'better-auth/api';
import { fromNodeHeaders } from 'better-auth/node';
import express, {
  type Response as Answer,
  type Request as Asked,
  type RequestHandler,
  Router,
} from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { openSignInPool } from '../db/sign-in-pool.ts';
import { countTry, forgetTries } from '../db/sign-in-tries.ts';
import { firstTenantOf } from '../db/users.ts';
import { PASSWORD_LENGTH } from '../domain/password.ts';
import { otherMethods } from './methods.ts';
import { check, Problem, type ProblemCode } from './problems.ts';
import { CLIENT_HEADER, type SignInLibrary, signInLibrary, WRONG_PASSWORDS } from './sign-in-library.ts';
import { noFields } from './unknown-fields.ts';

const object = 'Envie um objeto JSON.';
const given = (missing: string) => z.string({ error: missing }).min(1, { error: missing }).max(1_000);
export const login = z.strictObject(
  { email: given('Informe o e-mail.'), password: given('Informe a senha.') },
  object,
);
const newPassword = `Use de ${PASSWORD_LENGTH.least} a ${PASSWORD_LENGTH.most} caracteres.`;
export const passwordChange = z.strictObject(
  {
    currentPassword: given('Informe a senha atual.'),
    newPassword: z
      .string({ error: 'Informe a senha nova.' })
      .min(PASSWORD_LENGTH.least, { error: newPassword })
      .max(PASSWORD_LENGTH.most, { error: newPassword }),
  },
  object,
);
const nothing = noFields.prefault({});

/** What of the library can be asked for besides signing in: its path, how, and what it is given. */
const SERVED: readonly [path: string, method: 'get' | 'post', body: z.ZodType<Record<string, unknown>>][] = [
  ['/sign-out', 'post', nothing],
  ['/get-session', 'get', nothing],
  ['/list-sessions', 'get', nothing],
  ['/revoke-session', 'post', z.strictObject({ token: given('Informe a sessão.') }, object)],
  ['/revoke-sessions', 'post', nothing],
  ['/revoke-other-sessions', 'post', nothing],
  ['/change-password', 'post', passwordChange.transform((body) => ({ ...body, revokeOtherSessions: true }))],
  ['/organization/list', 'get', nothing],
];

/** The library's words for what it refuses, where we have our own. */
const REFUSALS: Record<string, ProblemCode> = {
  INVALID_EMAIL: 'wrong_login',
  INVALID_EMAIL_OR_PASSWORD: 'wrong_login',
  PASSWORD_TOO_LONG: 'wrong_login',
  FAILED_TO_CREATE_SESSION: 'no_tenant',
  INVALID_ORIGIN: 'other_site',
  MISSING_OR_NULL_ORIGIN: 'other_site',
  CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: 'other_site',
};

/** The part of the API that people sign in with. */
export type SignIn = {
  /** What is mounted under `/api/auth`. */
  routes: Router;
  /** Lengthens the session of whoever asks, once a day; where that fails, the next time will do. */
  lengthen(request: Asked, response: Answer): Promise<void>;
  close(): Promise<void>;
};

/** Signing in with e-mail and password, and out again, of one device or of all. `secret` signs the cookies. */
export function createSignIn(options: {
  databaseUrl: string;
  database: Database;
  secret: string;
  log: Logger;
}): SignIn {
  const { databaseUrl, database, secret, log } = options;
  const pool = openSignInPool(databaseUrl, (error) =>
    log.warn({ err: error }, 'the database cannot be reached'),
  );
  const made = new Map<boolean, SignInLibrary>();
  /** Over https cookies are for https alone; the same server is asked over http, too, on the machine itself. */
  const libraryFor = ({ secure }: Asked): SignInLibrary => {
    const known = made.get(secure);
    if (known) return known;
    const library = signInLibrary({
      pool,
      secret,
      secure,
      log,
      firstTenantOf: (id) => firstTenantOf(database, id),
    });
    made.set(secure, library);
    return library;
  };

  const ask = (body: z.ZodType<Record<string, unknown>>): RequestHandler => {
    return async (request, response) => {
      const sent = request.method === 'POST' ? check(body, request.body) : undefined;
      await answer(response, await asked(libraryFor(request), request, sent));
    };
  };
  /** A colleague's wrong passwords are no one else's, also where an office has one address. */
  const signIn: RequestHandler = async (request, response) => {
    const sent = check(login, request.body);
    const library = libraryFor(request);
    const tries = triesOf(getIP(clientOf(request), library.options) ?? '', sent.email);
    const wait = await countTry(database, tries, WRONG_PASSWORDS);
    if (wait !== null) throw tooManyTries(response, wait);
    const answered = await asked(library, request, sent);
    if (answered.ok) await forgetTries(database, tries);
    await answer(response, answered);
  };
  const routes = Router();
  routes.use(express.json({ limit: '10kb', strict: false }));
  routes.route('/sign-in/email').post(signIn).all(otherMethods);
  for (const [path, method, body] of SERVED) routes.route(path)[method](ask(body)).all(otherMethods);

  return {
    routes,
    async lengthen(request, response) {
      const { api } = libraryFor(request);
      const headers = fromNodeHeaders(request.headers);
      try {
        const { headers: set } = await api.getSession({ headers, returnHeaders: true });
        for (const cookie of set.getSetCookie()) response.append('set-cookie', cookie);
      } catch (error) {
        log.warn({ err: error }, 'a session was not lengthened');
      }
    },
    close: () => pool.end(),
  };
}

/** Under what the tries of an account from an address are counted: what was typed is told to nobody. */
function triesOf(address: string, email: string): string {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
  return `${address}|wrong-password|${account}`;
}

/** Who asks, as the library is told. */
function clientOf({ headers: given, ip }: Asked): Headers {
  const headers = fromNodeHeaders(given);
  headers.set(CLIENT_HEADER, ip ?? '');
  return headers;
}

async function asked(library: SignInLibrary, request: Asked, body: object | undefined): Promise<Response> {
  const url = URL.parse(request.originalUrl, `${request.protocol}://${request.host}`);
  if (!url) throw new Problem('not_found');
  const headers = clientOf(request);
  headers.delete('content-length');
  if (body) headers.set('content-type', 'application/json');
  return library.handler(
    new Request(url, { method: request.method, headers, body: body && JSON.stringify(body) }),
  );
}

/** Passes on what the library answers; what it refuses is thrown as a problem. */
async function answer(response: Answer, answered: Response): Promise<void> {
  const { status, headers } = answered;
  const text = await answered.text();
  if (status === 429)
    throw tooManyTries(response, Number(headers.get('x-retry-after') ?? WRONG_PASSWORDS.window));
  if (status >= 400) throw refusal(status, text);
  for (const cookie of headers.getSetCookie()) response.append('set-cookie', cookie);
  response.status(status).setHeader('cache-control', 'no-store').type('application/json').send(text);
}

function tooManyTries(response: Answer, waitSeconds: number): Problem {
  response.setHeader('retry-after', waitSeconds);
  return new Problem('too_many_tries');
}

function refusal(status: number, text: string): Error {
  const { code = '' } = JSON.parse(text || '{}') as { code?: string };
  const known = REFUSALS[code];
  if (known) return new Problem(known);
  if (code === 'INVALID_PASSWORD') {
    const message = 'A senha atual não é esta.';
    return new Problem('invalid_body', [{ field: 'currentPassword', code: 'wrong_password', message }]);
  }
  if (status === 401) return new Problem('session_over');
  return new Error(`the sign-in library answers ${status} ${code}`);
}
