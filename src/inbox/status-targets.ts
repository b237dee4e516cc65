import type { Query } from '../db/database.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import type { StatusPayload } from '../domain/whatsapp-webhook.ts';

export type Status = StatusPayload & { id: number };

/** The message that a status speaks of, as it stands, and the lead that carries it on. */
export type Target = {
  messageId: string;
  attemptId: string;
  personId: string;
  leadId: string;
  leadStage: string;
  referralId: string;
  stage: 'main' | 'rework';
  state: DeliveryState;
};

type Attempt = { id: string; messageId: string };
type Message = Omit<Target, 'attemptId' | 'leadStage'>;
type Lead = { id: string; stage: string; mergedInto: string | null; referralId: string };

/**
 * The messages that statuses speak of, by the statuses' ids, locked in the order of their ids, as everybody locks
 * them. A status names its attempt; of one that names none, the wamid tells the message.
 *
 * Each table is read by keys alone and they are joined here: a planner that knows nothing of the tables yet makes
 * of their join one that takes minutes for a batch.
 */
export async function findTargets(query: Query, statuses: readonly Status[]): Promise<Map<number, Target>> {
  const attempts = await findAttempts(query, statuses);
  if (attempts.size === 0) return new Map();
  const messages = await query<Message>(
    `select id as "messageId", person_id as "personId", lead_id as "leadId", referral_id as "referralId", stage, state
     from message where id = any ($1) order by id for update`,
    [[...new Set([...attempts.values()].map((attempt) => attempt.messageId))]],
  );
  const leads = await findLeads(
    query,
    messages.map(({ leadId }) => leadId),
  );
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const targets = new Map<number, Target>();
  for (const [statusId, attempt] of attempts) {
    const message = byId.get(attempt.messageId);
    const lead = message && carrierOf(message, leads);
    if (!message || !lead) continue;
    targets.set(statusId, { ...message, attemptId: attempt.id, leadId: lead.id, leadStage: lead.stage });
  }
  return targets;
}

async function findAttempts(query: Query, statuses: readonly Status[]): Promise<Map<number, Attempt>> {
  const named = statuses.filter((status) => status.attemptId !== null);
  const unnamed = statuses.filter((status) => status.attemptId === null);
  const [byId, byWamid] = await Promise.all([
    named.length === 0
      ? []
      : query<Attempt>('select id, message_id as "messageId" from send_attempt where id = any ($1)', [
          named.map(({ attemptId }) => attemptId),
        ]),
    attemptsByWamid(
      query,
      unnamed.map(({ wamid }) => wamid),
    ),
  ]);
  const attempts = new Map(byId.map((attempt) => [attempt.id, attempt]));
  const found = new Map<number, Attempt>();
  for (const { id, attemptId, wamid } of statuses) {
    const attempt = attemptId === null ? byWamid.get(wamid) : attempts.get(attemptId);
    if (attempt) found.set(id, attempt);
  }
  return found;
}

/** By the message, as its wamid is what has an index: most of these are of messages that others sent. */
async function attemptsByWamid(query: Query, wamids: readonly string[]): Promise<Map<string, Attempt>> {
  if (wamids.length === 0) return new Map();
  const messages = await query<{ id: string; wamid: string; referralId: string | null }>(
    'select id, wamid, referral_id as "referralId" from message where wamid = any ($1)',
    [wamids],
  );
  if (messages.length === 0) return new Map();
  const attempts = await query<Attempt & { wamid: string | null }>(
    'select id, message_id as "messageId", wamid from send_attempt where referral_id = any ($1)',
    [messages.map(({ referralId }) => referralId)],
  );
  return new Map(
    messages.flatMap(({ id, wamid }) => {
      const attempt = attempts.find((one) => one.messageId === id && one.wamid === wamid);
      return attempt ? [[wamid, attempt] as const] : [];
    }),
  );
}

/** Leads by their ids, and those that they were merged into. */
async function findLeads(query: Query, leadIds: readonly string[]): Promise<Map<string, Lead>> {
  const read = (ids: readonly string[]) =>
    query<Lead>(
      `select id, stage, merged_into as "mergedInto", referral_id as "referralId" from lead where id = any ($1)`,
      [[...new Set(ids)]],
    );
  const leads = await read(leadIds);
  const merged = leads.flatMap(({ mergedInto }) => mergedInto ?? []);
  const others = merged.length === 0 ? [] : await read(merged);
  return new Map([...leads, ...others].map((lead) => [lead.id, lead]));
}

/** The newest referral of a merged lead is carried on by the lead that it was merged into. */
function carrierOf({ leadId, referralId }: Message, leads: ReadonlyMap<string, Lead>): Lead | undefined {
  const own = leads.get(leadId);
  const other = own?.mergedInto ? leads.get(own.mergedInto) : undefined;
  return other?.referralId === referralId ? other : own;
}
