import type { Query } from '../db/database.ts';
import { advance, type DeliveryState } from '../domain/delivery.ts';
import type { Applied, ApplyContext } from './context.ts';
import { type Advanced, saveMessages } from './deliveries.ts';
import type { StoredEvolution } from './evolution-stored.ts';

/** A message of ours that a status speaks of, as it stands. */
type Target = { eventId: number; messageId: string; state: DeliveryState };

/** What one status says of a message. */
export type Progress = {
  eventId: number;
  channelId: string;
  wamid: string;
  state: DeliveryState;
  at: string;
};

/**
 * Applies an Evolution gateway's statuses, any number and in any order: messages only move forward. Those of
 * messages that are not ours (typed on the phone, sent by something else, received) have no effect.
 */
export async function applyEvolutionStatuses(
  { rows }: ApplyContext,
  events: readonly StoredEvolution[],
): Promise<Applied[]> {
  const told = events.flatMap((event) =>
    event.kind === 'status'
      ? [{ eventId: event.id, channelId: event.endpointId, wamid: event.payload.id, ...event.payload }]
      : [],
  );
  const ours = await advanceMessages(rows.query, told);
  return events.map(({ id }) => ({ id, outcome: ours.has(id) ? 'updated' : 'not_campaign' }));
}

/** Moves our messages forward, as far as is told of them; returns the events that spoke of one. */
export async function advanceMessages(query: Query, told: readonly Progress[]): Promise<Set<number>> {
  const targets = await findTargets(query, told);
  const moved = new Map<string, Advanced>();
  for (const { eventId, wamid, state, at } of told) {
    const target = targets.get(eventId);
    if (!target) continue;
    const known = moved.get(target.messageId) ?? { target, state: target.state, statuses: [] };
    const status = { wamid, status: state, at, errorCode: null, errorText: null, pricing: null };
    moved.set(target.messageId, {
      target,
      state: advance(known.state, state),
      statuses: [...known.statuses, status],
    });
  }
  if (moved.size > 0) await saveMessages(query, [...moved.values()]);
  return new Set(targets.keys());
}

/** A gateway marks its own statuses as somebody else's, so the id alone decides, within the channel. */
async function findTargets(query: Query, told: readonly Progress[]): Promise<Map<number, Target>> {
  if (told.length === 0) return new Map();
  // In the order of the messages' ids, as everybody locks them.
  const targets = await query<Target>(
    `with found as materialized (
       select s.event_id, s.channel_id, (select m.id from message m where m.wamid = s.wamid) as id
       from unnest($1::bigint[], $2::uuid[], $3::text[]) as s(event_id, channel_id, wamid)),
     locked as materialized (
       select m.* from message m where m.id = any (array(select id from found)) order by m.id for update)
     select f.event_id as "eventId", m.id as "messageId", m.state
     from found f join locked m on m.id = f.id and m.channel_id = f.channel_id
     where m.direction = 'out' order by m.id`,
    [told.map((one) => one.eventId), told.map((one) => one.channelId), told.map((one) => one.wamid)],
  );
  return new Map(targets.map((target) => [target.eventId, target]));
}
