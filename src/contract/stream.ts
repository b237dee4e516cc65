import { z } from 'zod';
import { leadLine } from './lead.ts';

/** What a page says first, within 5 s of opening `/v1/stream` (WebSocket, JSON texts). */
export const streamHello = z.strictObject({
  type: z.literal('hello'),
  /** An API key, where the page has no session cookie. */
  key: z.string().optional(),
  /** Go on after this cursor: what changed since then comes first. Left out: from now on. */
  cursor: z.string().max(20_000).optional(),
  /** Only of these leads; left out: of all. */
  leads: z.array(z.uuid()).max(200).optional(),
});
export type StreamHello = z.infer<typeof streamHello>;

/** What besides leads a page may have to read again. */
export const CHANGED = ['channels', 'templates', 'consultants', 'settings', 'events'] as const;

/** What comes over `/v1/stream`. A cursor is opaque; the newest one is for the next `hello`. */
export const streamMessage = z.discriminatedUnion('type', [
  /** Taken; nothing was missed. */
  z.object({ type: z.literal('ready'), cursor: z.string() }),
  /**
   * The cursor is too old, or none, or too much changed at once: read again what is on the page, then go on from
   * here.
   */
  z.object({ type: z.literal('resync'), cursor: z.string() }),
  /** Leads as they are now, each at most once; at most 100 a message. */
  z.object({ type: z.literal('lead_updated'), cursor: z.string(), leads: z.array(leadLine) }),
  z.object({ type: z.literal('changed'), cursor: z.string(), of: z.array(z.enum(CHANGED)) }),
  /** Nothing is new; comes every 25 s, so that a page can tell a quiet stream from a dead one. */
  z.object({ type: z.literal('alive'), cursor: z.string() }),
]);
export type StreamMessage = z.infer<typeof streamMessage>;
