import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, type JsonObject, objectOf } from './loose-json.ts';

/** How far two clocks may be apart, in seconds. */
const CLOCK_SKEW = 60;

/**
 * Whether `Authorization: Bearer …` is a token that Evolution made with one of the secrets (its header setting
 * `jwt_key`; two during a rotation): HS256 and nothing else, `app: "evolution"`, `action: "webhook"`, an `exp` that
 * has not passed by more than a minute. Empty secrets never fit.
 */
export function evolutionTokenValid(
  authorization: string | undefined,
  secrets: readonly string[],
  now: Date,
): boolean {
  const token = /^Bearer +(([\w-]{1,1000})\.([\w-]{1,4000}))\.([\w-]{43})$/i.exec(authorization ?? '');
  if (!token) return false;
  const [, signed, head, claims, signature] = token;
  // What the token says of its own algorithm chooses nothing: it may only agree with ours.
  const header = decoded(head!);
  if (header?.alg !== 'HS256' || header.crit !== undefined) return false;

  const given = Buffer.from(signature!, 'base64url');
  let fits = false;
  for (const secret of secrets) {
    // Anybody can sign with an empty key. No early end: time must not tell which secret fitted.
    const made = createHmac('sha256', secret).update(signed!).digest();
    if (secret !== '' && timingSafeEqual(made, given)) fits = true;
  }
  return fits && claimsHold(objectOf(decoded(claims!)), now.getTime() / 1000);
}

/** Whether a header's value is one of the secrets; takes the same time for every wrong one. Empty never fits. */
export function secretHeaderValid(given: string | undefined, secrets: readonly string[]): boolean {
  let fits = false;
  for (const secret of secrets) {
    // Hashes, as the comparison wants equal lengths, and a length would tell something.
    if (secret !== '' && timingSafeEqual(sha256(given ?? ''), sha256(secret))) fits = true;
  }
  return fits;
}

function claimsHold({ app, action, exp, iat, nbf }: JsonObject, now: number): boolean {
  if (app !== 'evolution' || action !== 'webhook') return false;
  if (typeof exp !== 'number' || exp + CLOCK_SKEW <= now) return false;
  return [iat, nbf].every(
    (from) => from === undefined || (typeof from === 'number' && from - CLOCK_SKEW <= now),
  );
}

function decoded(part: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
