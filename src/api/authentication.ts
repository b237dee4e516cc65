import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { noteKeyUse } from '../db/api-keys.ts';
import type { Database } from '../db/database.ts';
import { cached, findApiKey } from '../db/tenants.ts';
import { findSession } from '../db/users.ts';
import { Problem } from './problems.ts';
import { isFromOwnPage, sessionToken } from './session-cookie.ts';

/** On whose behalf something is asked; `user` is null where an API key asks. */
export type Caller = { tenantId: string; user: { id: string; name: string; email: string } | null };

/** Tells who a key or a session is; what has ended is known within `CACHE_MS`. */
export type Authenticator = {
  /** Null for a key unknown or revoked. */
  byKey(key: string): Promise<Caller | null>;
  /** Null without a session's cookie, and for a session that has ended. Whose page asks is not looked at. */
  byCookies(headers: IncomingHttpHeaders): Promise<Caller | null>;
};

/** How often it is noted that a key was used, in milliseconds. */
const NOTE_USE_MS = 60_000;

/** `secret` is what the cookies of sessions are signed with. */
export function authenticator(database: Database, secret: string): Authenticator {
  const findKey = cached(async (key) => {
    const owner = await findApiKey(database, key);
    if (owner) noteUse(owner);
    return owner;
  });
  const session = cached((token) => findSession(database, token));
  const noted = new Map<string, number>();

  /** Beside the request, which does not wait for it. */
  function noteUse({ tenantId, keyId }: { tenantId: string; keyId: string }): void {
    const now = Date.now();
    if (now - (noted.get(keyId) ?? 0) < NOTE_USE_MS) return;
    if (noted.size > 10_000) noted.clear();
    noted.set(keyId, now);
    database.together(tenantId, (rows) => noteKeyUse(rows, keyId)).catch(() => noted.delete(keyId));
  }

  return {
    async byKey(key) {
      const owner = await findKey(key);
      return owner && { tenantId: owner.tenantId, user: null };
    },
    async byCookies({ cookie }) {
      const token = sessionToken(cookie, secret);
      return token === undefined ? null : session(token);
    },
  };
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Lets in who brings an API key (`Authorization: Bearer` or `X-Api-Key`) or a session's cookie, and notes on whose
 * behalf. With a cookie, only a page of our own may change anything.
 */
export function requireCaller({ byKey, byCookies }: Authenticator): RequestHandler {
  return async (request, response, next) => {
    const key = request.get('authorization')?.match(/^Bearer\s+(\S+)$/i)?.[1] ?? request.get('x-api-key');
    const caller = key ? await byKey(key) : await byCookies(request.headers);
    if (!caller) throw new Problem(refusal(key, request.headers));
    if (!key && !SAFE.includes(request.method) && !isFromOwnPage(request.headers)) {
      throw new Problem('other_site');
    }
    response.locals.caller = caller;
    next();
  };
}

function refusal(key: string | undefined, { cookie }: IncomingHttpHeaders) {
  if (key) return 'api_key_refused';
  return cookie?.includes('session_token=') ? 'session_over' : 'no_api_key';
}

/** On whose behalf an authenticated request is made. */
export function callerOf(response: Response): Caller {
  return response.locals.caller as Caller;
}

/** The tenant of an authenticated request. */
export function tenantOf(response: Response): string {
  return callerOf(response).tenantId;
}
