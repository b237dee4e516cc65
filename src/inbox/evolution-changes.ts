import { createHash } from 'node:crypto';
import type { TenantRows } from '../db/database.ts';
import { findPerson, type Identity, identitiesOf } from '../db/identities.ts';
import type { PersonNames } from '../domain/evolution-jid.ts';
import { type EvolutionMessage, messageKeys } from '../domain/evolution-webhook.ts';
import { isOptOut } from '../domain/opt-out.ts';
import type { ApplyContext } from './context.ts';
import { namesHere, type StoredEvolution } from './evolution-stored.ts';
import { type Said, takeIn } from './replies.ts';

type Change = StoredEvolution & { kind: 'edited' | 'deleted' };

/** Whose message was changed. */
type Writer = { personId: string | null; identities: readonly Identity[]; leadId: string | null };

/**
 * A message was reworded or taken back. Its id is told, and seldom who did it: its writer is whoever's message of this
 * id came, or else whom the edit names. Who makes a stop out of what they wrote has stopped. What was kept of the
 * message stays as it was.
 *
 * Throws for a stop by nobody who is named, and whose message has not come yet: it is tried again, and in the end a person sees it.
 */
export async function applyEvolutionChange(context: ApplyContext, change: Change): Promise<string> {
  const { settings } = context;
  const { id, at } = change.payload;
  const text = change.kind === 'edited' ? change.payload.text : null;
  const stop = text !== null && isOptOut(text, settings.optOutWords);
  const writer = await whoWrote(context, change);
  if (writer === 'ours') return 'own_message';
  if (writer === null) {
    if (stop)
      throw new Error('a message was edited into an opt-out, and the message itself has not come yet');
    return 'unknown_message';
  }
  const said: Said = {
    // An edit has no id of its own here, and must not be kept twice.
    wamid: `${id}:${change.kind}:${at}`,
    type: change.kind === 'edited' ? 'edit' : 'revoke',
    text,
    buttonPayload: null,
    at,
    leadId: writer.leadId,
    channelId: change.endpointId,
  };
  const outcome = await takeIn(context, said, { ...writer, stop: stop ? 'evolution_edit' : null });
  return writer.personId === null && outcome === 'no_lead' ? 'contact_not_found' : outcome;
}

async function whoWrote(context: ApplyContext, change: Change): Promise<Writer | 'ours' | null> {
  const { rows } = context;
  const { id } = change.payload;
  const [kept] = await rows.query<{ direction: 'in' | 'out'; person_id: string; lead_id: string }>(
    'select direction, person_id, lead_id from message where wamid = $1 and channel_id = $2',
    [id, change.endpointId],
  );
  if (kept?.direction === 'out') return 'ours';
  if (kept) return { personId: kept.person_id, identities: [], leadId: kept.lead_id };
  const told = await whoseEvent(context, change);
  const from = change.kind === 'edited' ? change.payload.from : null;
  return told ?? (from ? writerNamed(context, from) : null);
}

async function writerNamed({ rows, sealing }: ApplyContext, from: PersonNames): Promise<Writer> {
  const identities = identitiesOf(sealing, rows.tenantId, namesHere(from));
  return { personId: await findPerson(rows.query, identities), identities, leadId: null };
}

/** Of people without a lead nothing is kept but the event that their message came by. */
async function whoseEvent(context: ApplyContext, change: Change): Promise<Writer | 'ours' | null> {
  const { rows } = context;
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const { theirs, own } = messageKeys(change.instance, change.payload.id, sha256);
  const events = await eventsNamed(rows, change.endpointId, [theirs, ...own]);
  const message = events.find((event) => event.kind === 'message');
  if (!message) return events.length > 0 ? 'ours' : null;
  return writerNamed(context, (message.payload as EvolutionMessage).from);
}

async function eventsNamed({ query }: TenantRows, endpointId: string, keys: readonly string[]) {
  return query<{ kind: string; payload: unknown }>(
    `select kind, payload from inbox_event
     where source = 'evolution' and dedupe_key = any ($1) and endpoint_id = $2`,
    [keys, endpointId],
  );
}
