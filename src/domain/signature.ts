import { createHmac, timingSafeEqual } from 'node:crypto';

/** What comes in the two headers `X-Chatwoot-Signature` and `X-Chatwoot-Timestamp` (unix seconds). */
export type ChatwootSignatureHeaders = { signature: string | undefined; timestamp: string | undefined };

/**
 * Whether `X-Hub-Signature-256` fits the bytes that came, under any of the app secrets (two during a
 * rotation). The hex digits may be of either case. Empty secrets never fit.
 */
export function metaSignatureValid(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  return fits(header, rawBody, secrets);
}

/** The `X-Hub-Signature-256` that Meta would send with this body: `sha256=` and lower-case hex. */
export function signMeta(rawBody: Buffer, secret: string): string {
  return `sha256=${hmac(rawBody, secret).toString('hex')}`;
}

/**
 * Whether Chatwoot's signature fits timestamp and bytes, and the timestamp lies within the tolerance
 * of `now`, before or after it.
 */
export function chatwootSignatureValid(
  rawBody: Buffer,
  { signature, timestamp }: ChatwootSignatureHeaders,
  secret: string,
  now: Date,
  toleranceSeconds = 300,
): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (!fits(signature, stamped(rawBody, timestamp), [secret])) return false;
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds;
}

/** The `X-Chatwoot-Signature` for this body at `timestamp` (unix seconds, as it goes into the header). */
export function signChatwoot(rawBody: Buffer, timestamp: string | number, secret: string): string {
  return signMeta(stamped(rawBody, String(timestamp)), secret);
}

function stamped(rawBody: Buffer, timestamp: string): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}.`), rawBody]);
}

function fits(header: string | undefined, signed: Buffer, secrets: readonly string[]): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  let valid = false;
  for (const secret of secrets) {
    // Anybody can sign with an empty key. No early end: time must not tell which secret fitted.
    if (secret !== '' && timingSafeEqual(hmac(signed, secret), given)) valid = true;
  }
  return valid;
}

function hmac(signed: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(signed).digest();
}
