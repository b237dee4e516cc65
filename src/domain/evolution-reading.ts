import type { EvolutionEnvelope } from './evolution-envelope.ts';
import type { EvolutionFact, IgnoredReason } from './evolution-event.ts';
import type { JsonObject } from './loose-json.ts';

/**
 * How a gateway numbers its statuses, a setting of the instance: `documented` 1 sent, 2 delivered, 3 read;
 * `baileys` 0 error, 1 pending, 2 server ack, 3 delivered, 4 read, 5 played.
 */
export type StatusNumbering = 'documented' | 'baileys';

/** A webhook's envelope, and what its pieces are read with. */
export type Delivery = EvolutionEnvelope & { event: string; numbering: StatusNumbering; receivedAt: string };

/**
 * What a piece tells, with what sets it apart from all others of its kind; or why it tells nothing. `content` is
 * the part of that which is somebody's words or data: it goes into the dedupe key as a hash alone.
 */
export type Found =
  | { fact: EvolutionFact; key: readonly (string | null)[]; content?: unknown }
  | { ignored: IgnoredReason; piece: unknown };

/** Reads one piece of a webhook's data. Never throws. */
export type Reader = (piece: JsonObject, delivery: Delivery) => Found;
