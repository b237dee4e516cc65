import type { NewEvent, PendingEvent } from '../db/inbox.ts';
import type { PersonNames } from '../domain/evolution-jid.ts';
import type { EvolutionEvent, EvolutionFact } from '../domain/evolution-webhook.ts';

/** An event as it is applied: what happened, at which channel, in which of the gateway's instances. */
export type StoredEvolution = { id: number; endpointId: string; instance: string | null } & EvolutionFact;

/** An event in the form in which it is stored; {@link readStored} reads it again. */
export function toStore({ dedupeKey, instance, kind, payload }: EvolutionEvent): NewEvent {
  return { dedupeKey, kind, payload: { instance, ...payload } };
}

export function readStored({ id, endpoint_id, kind, payload }: PendingEvent): StoredEvolution {
  const { instance, ...fact } = payload as { instance: string | null };
  return { id, endpointId: endpoint_id, instance, kind, payload: fact } as unknown as StoredEvolution;
}

/**
 * What a person is looked for and remembered by. The WhatsApp id counts only where it is no number that can be read:
 * gateways shorten it by rules of their own, and official messages go to the id that WhatsApp itself has told.
 */
export function namesHere({ phone, waId, lid }: PersonNames) {
  return { phone, waId: phone === null ? waId : null, lid };
}
