import type { ConnectionState } from '../domain/evolution-event.ts';
import type { StatusNumbering } from '../domain/evolution-webhook.ts';
import type { TenantRows } from './database.ts';
import type { Sealing } from './sealing.ts';

/** A number as its tenant sees it; secrets stay where they are. */
export type Channel = {
  id: string;
  name: string;
  kind: string;
  /** Null for an Evolution instance. */
  phone_number_id: string | null;
  /** The gateway's name of an Evolution instance, what it last said of its connection, and how it numbers statuses. */
  instance: string | null;
  connection: ConnectionState | null;
  status_numbering: StatusNumbering | null;
  /** A pause that has run out counts as none. */
  state: 'active' | 'paused';
  pause_reason: string | null;
  /** When the pause ends by itself; null: somebody has to lift it. */
  paused_until: Date | null;
  paused_by: PausedBy | null;
  /** Meta's rating of the number: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`. */
  quality: string | null;
  /** How many people a day may be written to first, in Meta's steps: `TIER_10K`. */
  messaging_limit: string | null;
  messages_per_second: number;
  /** The inbox of Chatwoot in which its conversations are. */
  chatwoot_inbox_id: number;
  /** Where its raw webhooks go as well; null: nowhere. */
  relay_url: string | null;
  /** Templates that nothing is sent of until the stop is lifted. */
  stopped_templates: {
    template: string;
    language: string;
    reason: string;
    stopped_by: 'error' | 'provider';
    since: string;
  }[];
};

/** A person by hand, an error of a send, or WhatsApp itself. */
export type PausedBy = 'person' | 'error' | 'provider';

/** SQL that is true while the channel `alias` sends nothing: a pause may end by itself. */
export const isPaused = (alias: string) =>
  `(${alias}.state = 'paused' and (${alias}.paused_until is null or ${alias}.paused_until > now()))`;

export async function listChannels({ query }: TenantRows): Promise<Channel[]> {
  return query<Channel>(
    `select c.id, c.name, c.kind, c.phone_number_id, c.instance, c.connection,
       case c.kind when 'evolution' then c.status_numbering end as status_numbering, case when p.paused then 'paused' else 'active' end as state,
       case when p.paused then c.pause_reason end as pause_reason,
       case when p.paused then c.paused_until end as paused_until,
       case when p.paused then c.paused_by end as paused_by,
       c.quality, c.messaging_limit, c.messages_per_second, c.chatwoot_inbox_id, c.relay_url,
       coalesce((select jsonb_agg(jsonb_build_object('template', s.template, 'language', s.language,
         'reason', s.reason, 'stopped_by', s.stopped_by, 'since', s.created_at) order by s.template, s.language)
         from template_stop s where s.channel_id = c.id), '[]') as stopped_templates
     from channel c cross join lateral (select ${isPaused('c')} as paused) p order by c.created_at`,
  );
}

/** What a person may change of a channel. To set it `active` lifts its pause and every stop of a template. */
export type ChannelChange = {
  name?: string | undefined;
  inboxId?: number | undefined;
  state?: 'active' | 'paused' | undefined;
  token?: string | undefined;
  messagesPerSecond?: number | undefined;
  /** Null: nothing is passed on any more, and what waits to be is forgotten. */
  relayUrl?: string | null | undefined;
};

/** Changes a channel; false where there is none. Leads that wait for it go on within a minute or so. */
export async function changeChannel(
  { query }: TenantRows,
  sealing: Sealing,
  channelId: string,
  change: ChannelChange,
): Promise<boolean> {
  const [changed] = await query(
    `update channel set state = coalesce($2, state),
       pause_reason = case $2 when 'active' then null when 'paused' then 'paused by hand' else pause_reason end,
       paused_by = case $2 when 'active' then null when 'paused' then 'person' else paused_by end,
       paused_until = case when $2 is null then paused_until end,
       token_sealed = coalesce($3, token_sealed), messages_per_second = coalesce($4, messages_per_second),
       relay_url = case when $5 then $6 else relay_url end,
       name = coalesce($7, name), chatwoot_inbox_id = coalesce($8, chatwoot_inbox_id)
     where id = $1 returning id`,
    [
      channelId,
      change.state ?? null,
      change.token === undefined ? null : sealing.seal(change.token),
      change.messagesPerSecond ?? null,
      change.relayUrl !== undefined,
      change.relayUrl ?? null,
      change.name ?? null,
      change.inboxId ?? null,
    ],
  );
  if (changed && change.state === 'active') {
    await query('delete from template_stop where channel_id = $1', [channelId]);
  }
  return changed !== undefined;
}

/** The tenant's numbers of a WhatsApp Business Account; the endpoint itself where its account is not known. */
export async function channelsOfAccount(
  { query }: TenantRows,
  wabaId: string,
  endpointId: string,
): Promise<string[]> {
  const found = await query<{ id: string }>(
    `select id from channel where kind = 'whatsapp_cloud'
     and (business_account_id = $1 or (id = $2 and business_account_id is null)) order by id`,
    [wabaId, endpointId],
  );
  return found.map((channel) => channel.id);
}

/**
 * Pauses numbers because WhatsApp says so. What a person has paused stays theirs; a pause without an end is not
 * given one. Returns how many it paused, or paused otherwise than before.
 */
export async function pauseByProvider(
  { query }: TenantRows,
  channelIds: readonly string[],
  { reason, until }: { reason: string; until: string | null },
): Promise<number> {
  const paused = await query(
    `update channel c set state = 'paused', paused_by = 'provider', pause_reason = $2, paused_until = $3
     where id = any ($1) and case when ${isPaused('c')} then
       case c.paused_by when 'error' then true
         when 'provider' then c.paused_until is not null or $3::timestamptz is null else false end
       else true end
     returning id`,
    [channelIds, reason, until],
  );
  return paused.length;
}

/** Lifts what WhatsApp had paused, where its reason begins so; returns how many go on. */
export async function liftProviderPause(
  { query }: TenantRows,
  channelIds: readonly string[],
  reason = '',
): Promise<number> {
  const lifted = await query(
    `update channel set state = 'active', paused_by = null, pause_reason = null, paused_until = null
     where id = any ($1) and state = 'paused' and paused_by = 'provider' and starts_with(pause_reason, $2)
     returning id`,
    [channelIds, reason],
  );
  return lifted.length;
}

/** Keeps what WhatsApp said of the numbers' health; what it did not say stays. */
export async function saveHealth(
  { query }: TenantRows,
  channelIds: readonly string[],
  health: { quality?: string | null; limit?: string | null },
): Promise<void> {
  await query(
    `update channel set quality = coalesce($2, quality), messaging_limit = coalesce($3, messaging_limit)
     where id = any ($1)`,
    [channelIds, health.quality ?? null, health.limit ?? null],
  );
}

/** The business account of a number (null where it is not known), and whether the number may send. */
export async function readAccount(
  { query }: TenantRows,
  channelId: string,
): Promise<{ wabaId: string | null; active: boolean }> {
  const [found] = await query<{ wabaId: string | null; active: boolean }>(
    `select business_account_id as "wabaId", not ${isPaused('c')} as active from channel c where id = $1`,
    [channelId],
  );
  if (!found) throw new Error(`channel ${channelId} is not there`);
  return found;
}
