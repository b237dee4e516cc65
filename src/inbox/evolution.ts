import type { TenantRows } from '../db/database.ts';
import { saveConnection } from '../db/evolution-channels.ts';
import { identitiesOf } from '../db/identities.ts';
import { recognise } from '../db/people.ts';
import type {
  EvolutionConnection,
  EvolutionMessage,
  EvolutionOwnMessage,
} from '../domain/evolution-webhook.ts';
import { evolutionOptOut, laterConnectionKeys } from '../domain/evolution-webhook.ts';
import type { ApplyContext } from './context.ts';
import { applyEvolutionChange } from './evolution-changes.ts';
import { linkContacts } from './evolution-contacts.ts';
import { advanceMessages } from './evolution-statuses.ts';
import { namesHere, type StoredEvolution } from './evolution-stored.ts';
import { takeIn } from './replies.ts';

/** Applies what an Evolution gateway tells, statuses apart; returns what came of it. */
export async function applyEvolutionEvent(context: ApplyContext, event: StoredEvolution): Promise<string> {
  switch (event.kind) {
    case 'message':
      return applyMessage(context, event.endpointId, event.payload);
    case 'own_message':
      return applyOwnMessage(context, event.id, event.endpointId, event.payload);
    case 'edited':
    case 'deleted':
      return applyEvolutionChange(context, event);
    case 'connection':
      return applyConnection(context, event, event.payload);
    case 'contacts':
      return linkContacts(context, event.payload);
    default:
      return 'ignored';
  }
}

/** A person wrote, to whichever of our instances: it belongs to their newest lead, and counts as a reply to it. */
async function applyMessage(
  context: ApplyContext,
  channelId: string,
  message: EvolutionMessage,
): Promise<string> {
  const { rows, sealing, settings } = context;
  const identities = identitiesOf(sealing, rows.tenantId, namesHere(message.from));
  const hint = await whoWasSent(rows, channelId, message.contextId);
  const { at, pushName: name } = message;
  const { personId, changedHands } = await recognise(rows, { identities, personId: hint, at, name });
  const stop = evolutionOptOut(
    { kind: 'message', dedupeKey: '', instance: null, payload: message },
    settings.optOutWords,
  );
  const outcome = await takeIn(
    context,
    { ...message, wamid: message.id, channelId },
    { personId, changedHands, identities, stop: stop ? 'evolution_message' : null },
  );
  return personId === null && outcome === 'no_lead' ? 'contact_not_found' : outcome;
}

/** Who hides their number may still be known by the message of ours that they answer. */
async function whoWasSent(
  { query }: TenantRows,
  channelId: string,
  contextId: string | null,
): Promise<string | null> {
  if (contextId === null) return null;
  const [sent] = await query<{ person_id: string }>(
    `select person_id from message where wamid = $1 and channel_id = $2 and direction = 'out'`,
    [contextId, channelId],
  );
  return sent?.person_id ?? null;
}

/** One of our own messages, of which it may also say how far it has come; or one that something else sent. */
async function applyOwnMessage(
  { rows }: ApplyContext,
  eventId: number,
  channelId: string,
  { id, state, at }: EvolutionOwnMessage,
): Promise<string> {
  const told = { eventId, channelId, wamid: id, state: state ?? 'queued', at };
  const ours = await advanceMessages(rows.query, [told]);
  return ours.size > 0 ? 'known' : 'own_message';
}

/** The newest word on the connection holds, by the gateway's own clock; of two of one moment the later to come. */
async function applyConnection(
  { rows }: ApplyContext,
  { endpointId, instance }: StoredEvolution,
  { state, stamp }: EvolutionConnection,
): Promise<string> {
  if (stamp !== null) {
    const { from, to } = laterConnectionKeys(instance, stamp);
    const newer = await rows.query(
      `select from inbox_event where source = 'evolution' and dedupe_key > $1 and dedupe_key < $2
         and kind = 'connection' and endpoint_id = $3 and state = 'applied' and outcome <> 'overtaken'
         and payload ->> 'stamp' > $4 collate "C" limit 1`,
      [from, to, endpointId, stamp],
    );
    if (newer.length > 0) return 'overtaken';
  }
  await saveConnection(rows, endpointId, state);
  return 'updated';
}
