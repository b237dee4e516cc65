import { objectOf } from '../../domain/loose-json.ts';
import { type ChatwootConnection, call, dateOf, type Json, numberOf } from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** Something that changed, as Chatwoot's REST API gives it; `at` is when it changed last. */
export type Changed = { id: number; at: Date | null; raw: Json };

/** What to look for: conversations of one inbox by their last activity, or of all inboxes that have any of the labels. */
export type ChangesWanted = { since: Date; mostPages: number } & ({ inboxId: number } | { labels: string[] });

/**
 * Conversations, whatever their status, that changed since then. `complete` is false where there were more than
 * `mostPages` pages: the ones given are the newest.
 *
 * A label set by a rule of Chatwoot's leaves the last activity, by which pages are ordered, as it was: with labels
 * it is asked for all that changed in that time, which versions before 3.7 take for an ordinary page.
 *
 * @throws ChatwootError
 */
export async function listChangedConversations(
  c: ChatwootConnection,
  wanted: ChangesWanted,
  signal?: AbortSignal,
): Promise<{ conversations: Changed[]; complete: boolean }> {
  const query = new URLSearchParams({ status: 'all', assignee_type: 'all' });
  if ('inboxId' in wanted) query.set('inbox_id', String(wanted.inboxId));
  else {
    for (const label of wanted.labels) query.append('labels[]', label);
    query.set('updated_within', String(Math.ceil((Date.now() - wanted.since.getTime()) / 1_000)));
  }
  // By id: a conversation that becomes active meanwhile moves the others on, so that some come twice.
  const found = new Map<number, Changed>();
  const seen = new Set<number>();
  for (let page = 1; page <= wanted.mostPages; page++) {
    query.set('page', String(page));
    const answer = await call(c, 'GET', `/conversations?${query}`, undefined, signal);
    const { payload } = objectOf(objectOf(answer.body).data);
    const listed = recordsOf(payload, answer.status, (raw) => latest(raw.updated_at, raw.last_activity_at));
    const changed = listed.filter(({ at }) => at === null || at >= wanted.since);
    for (const one of changed) found.set(one.id, one);
    const news = listed.filter(({ id }) => !seen.has(id));
    for (const { id } of news) seen.add(id);
    // How many make a page is Chatwoot's setting, and an answer that is not paged is the same under any number.
    if (changed.length === 0 || news.length === 0)
      return { conversations: [...found.values()], complete: true };
  }
  return { conversations: [...found.values()], complete: false };
}

/**
 * Messages of a conversation since then, oldest first; of more than `mostPages` pages the newest.
 *
 * @throws ChatwootError
 */
export async function listMessagesSince(
  c: ChatwootConnection,
  conversationId: number,
  wanted: { since: Date; mostPages: number },
  signal?: AbortSignal,
): Promise<Changed[]> {
  const found = new Map<number, Changed>();
  let before = '';
  for (let page = 1; page <= wanted.mostPages; page++) {
    const path = `/conversations/${conversationId}/messages${before}`;
    const answer = await call(c, 'GET', path, undefined, signal);
    const { payload } = objectOf(answer.body);
    const listed = recordsOf(payload, answer.status, (raw) => dateOf(raw.created_at));
    const fresh = listed.filter(({ id, at }) => !found.has(id) && (at === null || at >= wanted.since));
    for (const one of fresh) found.set(one.id, one);
    if (fresh.length < listed.length || listed.length === 0) break;
    before = `?before=${Math.min(...listed.map(({ id }) => id))}`;
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function recordsOf(list: unknown, status: number, changedAt: (raw: Json) => Date | null): Changed[] {
  if (!Array.isArray(list)) throw errorOfOddAnswer(status, 'payload');
  return list.map((value) => {
    const raw = objectOf(value);
    const id = numberOf(raw.id);
    if (id === null) throw errorOfOddAnswer(status, 'id');
    return { id, at: changedAt(raw), raw };
  });
}

function latest(...values: unknown[]): Date | null {
  const dates = values.map(dateOf).filter((date) => date !== null);
  return dates.length === 0 ? null : new Date(Math.max(...dates.map((date) => date.getTime())));
}
