import { objectOf } from '../../domain/loose-json.ts';
import { type ChatwootConnection, call, type Json, numberOf, textOf } from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** Somebody who works in Chatwoot. */
export type Agent = {
  id: number;
  name: string | null;
  email: string | null;
  availability: 'online' | 'busy' | 'offline';
};

/** A team of the account. */
export type Team = { id: number; name: string };

/** An inbox; `channelType` is Chatwoot's own name, e.g. `Channel::Whatsapp`; `phone` is E.164 where it has one. */
export type Inbox = { id: number; name: string; channelType: string | null; phone: string | null };

/**
 * All agents of the account.
 *
 * @throws ChatwootError
 */
export async function listAgents(c: ChatwootConnection, signal?: AbortSignal): Promise<Agent[]> {
  return list(c, '/agents', signal, (raw, id) => ({
    id,
    name: textOf(raw.name),
    email: textOf(raw.email),
    availability:
      raw.availability_status === 'online' || raw.availability_status === 'busy'
        ? raw.availability_status
        : 'offline',
  }));
}

/**
 * All teams of the account.
 *
 * @throws ChatwootError
 */
export async function listTeams(c: ChatwootConnection, signal?: AbortSignal): Promise<Team[]> {
  return list(c, '/teams', signal, (raw, id) => ({ id, name: textOf(raw.name) ?? '' }));
}

/**
 * All inboxes the token may see.
 *
 * @throws ChatwootError
 */
export async function listInboxes(c: ChatwootConnection, signal?: AbortSignal): Promise<Inbox[]> {
  return list(c, '/inboxes', signal, (raw, id) => ({
    id,
    name: textOf(raw.name) ?? '',
    channelType: textOf(raw.channel_type),
    phone: textOf(raw.phone_number),
  }));
}

/** An address that Chatwoot calls. `secret` is what it signs with; null where its version does not say. */
export type Webhook = { id: number; url: string; subscriptions: string[]; secret: string | null };

/**
 * All webhooks of the account; an administrator's token alone may ask for them.
 *
 * @throws ChatwootError
 */
export async function listWebhooks(c: ChatwootConnection, signal?: AbortSignal): Promise<Webhook[]> {
  return list(c, '/webhooks', signal, (raw, id) => ({
    id,
    url: textOf(raw.url) ?? '',
    subscriptions: Array.isArray(raw.subscriptions) ? raw.subscriptions.map(String) : [],
    secret: textOf(raw.secret),
  }));
}

async function list<T>(
  c: ChatwootConnection,
  path: string,
  signal: AbortSignal | undefined,
  convert: (raw: Json, id: number) => T,
): Promise<T[]> {
  const answer = await call(c, 'GET', path, undefined, signal);
  // Agents and teams come as a bare list, inboxes under `payload`, webhooks under `payload.webhooks`.
  const payload = Array.isArray(answer.body) ? answer.body : objectOf(answer.body).payload;
  const listed = Array.isArray(payload) ? payload : objectOf(payload).webhooks;
  if (!Array.isArray(listed)) throw errorOfOddAnswer(answer.status, 'list');
  return listed.map((value) => {
    const raw = objectOf(value);
    const id = numberOf(raw.id);
    if (id === null) throw errorOfOddAnswer(answer.status, 'id');
    return convert(raw, id);
  });
}
