import { type NewEvent, receiveEvents } from '../src/db/inbox.ts';
import { noteSwept, ofLeads, readSweep, type Swept, toSweep } from '../src/db/sweeping.ts';
import { type ChatwootEvent, parseChatwootWebhook } from '../src/domain/chatwoot-webhook.ts';
import { isOptOut } from '../src/domain/opt-out.ts';
import type { TenantSettings } from '../src/domain/settings.ts';
import {
  type Changed,
  type ChatwootConnection,
  ChatwootError,
  dateOf,
  type Json,
  listChangedConversations,
  listMessagesSince,
} from '../src/providers/chatwoot/client.ts';
import type { Dependencies, SweepEnd } from './dependencies.ts';

/** How far it looks back behind what it has seen: clocks differ, and changes are committed late. Milliseconds. */
const OVERLAP_MS = 10 * 60_000;

/** Pages of conversations of one inbox, and of messages of one conversation, that it reads at most. */
const MOST_PAGES = 200;
const MOST_MESSAGE_PAGES = 10;

/** Events stored in one go. */
const AT_ONCE = 500;

/** Chatwoot sends a webhook once: what was lost on its way is found again by asking what has changed. */
export function conversationSweepActivities(deps: Dependencies) {
  const { database } = deps;

  async function sweep({ tenantId, id: connectionId }: Swept): Promise<number> {
    const startedAt = new Date();
    const settings = await deps.settingsOf(tenantId);
    const { sweptUntil, inboxIds } = await database.together(tenantId, (rows) =>
      readSweep(rows, connectionId),
    );
    const chatwoot = await deps.connections.chatwoot(tenantId, connectionId);
    const since = new Date(sweptUntil.getTime() - OVERLAP_MS);
    let stored = 0;
    const store = async (events: readonly NewEvent[]) => {
      for (let from = 0; from < events.length; from += AT_ONCE) {
        const endpoint = { tenantId, source: 'chatwoot' as const, endpointId: connectionId };
        stored += await receiveEvents(database, endpoint, events.slice(from, from + AT_ONCE), []);
      }
    };
    const changed = async (wanted: { inboxId: number } | { labels: string[] }) => {
      const looked = await listChangedConversations(chatwoot, { since, mostPages: MOST_PAGES, ...wanted });
      // To go on from here is better than to read the same pages for ever: labels are asked for once more at D+3.
      if (!looked.complete)
        deps.log.warn({ tenantId, connectionId }, 'more changed in Chatwoot than is read');
      return looked.conversations;
    };

    const { convertedLabel, postponeLabel, noReworkLabel } = settings;
    const labelled = await changed({ labels: [convertedLabel, postponeLabel, noReworkLabel] });
    await store(labelled.flatMap((conversation) => labelsOf(connectionId, conversation)));
    for (const inboxId of inboxIds) {
      const active = await changed({ inboxId });
      const ids = active.map(({ id }) => id);
      const ours = await database.together(tenantId, (rows) => ofLeads(rows, connectionId, ids));
      for (const conversation of active) {
        const messages = await messagesOf(chatwoot, conversation, since, ours.has(conversation.id));
        const events = messages.map((message) => messageEvent(connectionId, conversation, message));
        await store(events.filter(({ payload }) => matters(payload, settings)));
      }
    }
    await database.together(tenantId, (rows) => noteSwept(rows, connectionId, startedAt));
    return stored;
  }

  return {
    /**
     * Asks every Chatwoot for what changed since it was last asked, and stores it as if a webhook had told. Nothing
     * counts as seen before it is stored; a connection that fails is asked again next time, and holds up no other.
     */
    sweepConversations: async (): Promise<{ connections: number; failed: number; stored: number }> => {
      const connections = await toSweep(database, 'chatwoot');
      let stored = 0;
      let failed = 0;
      for (const connection of connections) {
        let end: SweepEnd = 'done';
        try {
          stored += await sweep(connection);
        } catch (error) {
          failed++;
          end = error instanceof ChatwootError && error.kind === 'unauthorized' ? 'unauthorized' : 'failed';
          deps.log.warn(
            { err: error, tenantId: connection.tenantId, connectionId: connection.id },
            `conversations were not swept: ${end}`,
          );
        }
        deps.onSwept?.('chatwoot', end);
      }
      return { connections: connections.length, failed, stored };
    },
  };
}

/** All messages of a lead's conversation; of any other in our inboxes the last one, which came along with it. */
async function messagesOf(
  chatwoot: ChatwootConnection,
  { id, raw }: Changed,
  since: Date,
  ofLead: boolean,
): Promise<Json[]> {
  const last = raw.last_non_activity_message as Json | null | undefined;
  const lastAt = dateOf(last?.created_at);
  if (last === null || (lastAt && lastAt < since)) return [];
  if (!ofLead) return last ? [last] : [];
  const found = await listMessagesSince(chatwoot, id, { since, mostPages: MOST_MESSAGE_PAGES });
  return found.map((message) => message.raw);
}

function labelsOf(connectionId: string, { id, at, raw }: Changed): NewEvent[] {
  const event = parseChatwootWebhook({ ...raw, event: 'conversation_updated' });
  const dedupeKey = `sweep:${connectionId}:${id}:${at?.getTime() ?? 0}`;
  return event ? [{ dedupeKey, kind: event.event, payload: event }] : [];
}

function messageEvent(connectionId: string, conversation: Changed, message: Json) {
  const { contact_inbox } = (message.conversation ?? {}) as Json;
  const payload = parseChatwootWebhook({
    ...message,
    event: 'message_created',
    conversation: { contact_inbox, ...conversation.raw },
  });
  return { dedupeKey: `sweep:${connectionId}:message:${message.id}`, kind: 'message_created', payload };
}

/** Whether the message would have any effect: an hour brings thousands that have none. */
function matters(event: ChatwootEvent | null, { optOutWords }: TenantSettings): boolean {
  const message = event?.message;
  if (!message || message.private || message.fromApi) return false;
  if (message.direction === 'outgoing') return message.agentId !== null;
  return message.direction === 'incoming' && isOptOut(message.text ?? '', optOutWords);
}
