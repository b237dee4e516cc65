import type { TenantRows } from './database.ts';
import type { Sealing } from './sealing.ts';

/** A number as its tenant sees it; secrets stay where they are. */
export type Channel = {
  id: string;
  name: string;
  kind: string;
  phone_number_id: string;
  state: 'active' | 'paused';
  pause_reason: string | null;
  messages_per_second: number;
  /** Templates that nothing is sent of until the stop is lifted. */
  stopped_templates: { template: string; language: string; reason: string }[];
};

export async function listChannels({ query }: TenantRows): Promise<Channel[]> {
  return query<Channel>(
    `select c.id, c.name, c.kind, c.phone_number_id, c.state, c.pause_reason, c.messages_per_second,
       coalesce((select jsonb_agg(jsonb_build_object('template', s.template, 'language', s.language,
         'reason', s.reason) order by s.template) from template_stop s where s.channel_id = c.id), '[]')
         as stopped_templates
     from channel c order by c.created_at`,
  );
}

/** What a person may change of a channel. To set it `active` lifts its pause and every stop of a template. */
export type ChannelChange = {
  state?: 'active' | 'paused' | undefined;
  token?: string | undefined;
  messagesPerSecond?: number | undefined;
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
       token_sealed = coalesce($3, token_sealed), messages_per_second = coalesce($4, messages_per_second)
     where id = $1 returning id`,
    [
      channelId,
      change.state ?? null,
      change.token === undefined ? null : sealing.seal(change.token),
      change.messagesPerSecond ?? null,
    ],
  );
  if (changed && change.state === 'active') {
    await query('delete from template_stop where channel_id = $1', [channelId]);
  }
  return changed !== undefined;
}

/** Gives the tenant's Chatwoot connection another token. */
export async function changeChatwootToken(
  { query }: TenantRows,
  sealing: Sealing,
  token: string,
): Promise<void> {
  await query('update chatwoot_connection set token_sealed = $1', [sealing.seal(token)]);
}
