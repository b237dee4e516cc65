import type { IncomingMessage } from 'node:http';
import { type StreamHello, streamHello } from '../../contract/stream.ts';
import type { Authenticator } from '../authentication.ts';
import { isFromOwnPage } from '../session-cookie.ts';

/** A page's hello from its text; null where it is none. */
export function readHello(text: string): StreamHello | null {
  try {
    return streamHello.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Tells, as often as it is asked, whose a page is. Without a key it is the session's; but a browser sends cookies
 * along for the pages of other sites, too, which are not to read what they get.
 */
export function identify(
  authenticate: Authenticator,
  { key }: StreamHello,
  { headers }: IncomingMessage,
): () => ReturnType<Authenticator['byKey']> {
  if (key !== undefined) return () => authenticate.byKey(key);
  if (!isFromOwnPage(headers)) return async () => null;
  return () => authenticate.byCookies(headers);
}
