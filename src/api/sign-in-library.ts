import { betterAuth } from 'better-auth';
import { organization } from 'better-auth/plugins/organization';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { PASSWORD_LENGTH } from '../domain/password.ts';
import { COOKIE_PREFIX } from './session-cookie.ts';
import { ACCOUNT, ORGANIZATION, RATE_LIMIT, SESSION, USER, VERIFICATION } from './sign-in-tables.ts';

/** Names who asks to the library; set by us on every request, whatever it brought. */
export const CLIENT_HEADER = 'x-lead-flow-client';

/** What the library works with. */
export type LibraryOptions = {
  pool: Pool;
  /** What cookies are signed with. */
  secret: string;
  /** Whether cookies are for https alone. */
  secure: boolean;
  log: Logger;
  /** The tenant in which a user's new session begins; null refuses it. */
  firstTenantOf(userId: string): Promise<string | null>;
};

/** How often one address may try to sign in, as whomever: an office is one address, and so is who guesses. */
const TRIES_OF_ADDRESS = { max: 100, window: 60 };

/** How often a password may be wrong: of one account from one address, or of whoever changes theirs. */
export const WRONG_PASSWORDS = { max: 10, window: 60 };

/**
 * The sign-in library as we use it: e-mail and password, nobody signs up by themselves, an organization is a tenant.
 * What it refuses is thrown.
 */
export function signInLibrary({ pool, secret, secure, log, firstTenantOf }: LibraryOptions) {
  return betterAuth({
    appName: 'Lead Flow',
    // Only for addresses in letters, which are not sent; whose page may ask is decided by `trustedOrigins`.
    baseURL: secure ? 'https://localhost' : 'http://localhost',
    basePath: '/api/auth',
    secret,
    database: pool,
    telemetry: { enabled: false },
    trustedOrigins: (request) => {
      const host = request && new URL(request.url).host;
      return host ? [`http://${host}`, `https://${host}`] : [];
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.least,
      maxPasswordLength: PASSWORD_LENGTH.most,
    },
    user: USER,
    session: SESSION,
    account: ACCOUNT,
    verification: VERIFICATION,
    rateLimit: {
      ...RATE_LIMIT,
      enabled: true,
      storage: 'database',
      customRules: { '/sign-in/email': TRIES_OF_ADDRESS, '/change-password': WRONG_PASSWORDS },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: secure,
      // Not left to NODE_ENV.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER] },
      database: { generateId: 'uuid', validateSchema: false },
    },
    plugins: [organization({ allowUserToCreateOrganization: false, schema: ORGANIZATION })],
    databaseHooks: {
      session: {
        create: {
          async before(session) {
            const activeOrganizationId = await firstTenantOf(session.userId);
            return activeOrganizationId !== null && { data: { ...session, activeOrganizationId } };
          },
        },
      },
    },
    onAPIError: { throw: true },
    logger: {
      level: 'warn',
      log: (level, message) => (level === 'error' ? log.warn(message) : log.debug(message)),
    },
  });
}

/** The library, made ready. */
export type SignInLibrary = ReturnType<typeof signInLibrary>;
