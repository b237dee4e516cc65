import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the names of our cookies begin with; over https the browser holds them to `__Secure-`. */
export const COOKIE_PREFIX = 'lead-flow';

const NAMES = [`__Secure-${COOKIE_PREFIX}.session_token`, `${COOKIE_PREFIX}.session_token`];

/** What cookies are signed with, made from the product's secret key: nothing more to configure. */
export function cookieSecret(secretKey: string): string {
  const key = Buffer.from(secretKey, 'base64');
  return Buffer.from(hkdfSync('sha256', key, '', 'lead-flow sign-in', 32)).toString('base64');
}

/** The session's token from a `Cookie` header; undefined where there is none, or its signature is not ours. */
export function sessionToken(header: string | undefined, secret: string): string | undefined {
  for (const name of NAMES) {
    const value = cookieNamed(header ?? '', name);
    const dot = value?.lastIndexOf('.') ?? -1;
    if (value === undefined || dot < 1) continue;
    const token = value.slice(0, dot);
    const wanted = createHmac('sha256', secret).update(token).digest();
    const given = Buffer.from(value.slice(dot + 1), 'base64');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return token;
  }
  return undefined;
}

/**
 * Whether a request comes from a page of our own. A browser sends cookies with requests that other sites' pages
 * make, too; what it says of the page cannot be forged by the page. Who says nothing is no page of ours.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = URL.parse(headers.origin ?? '');
  return origin !== null && origin.host === headers.host;
}

function cookieNamed(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key = '', ...value] = part.split('=');
    if (key.trim() === name) return decoded(value.join('=').trim());
  }
  return undefined;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
