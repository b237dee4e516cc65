import type { TenantRows } from './database.ts';
import type { Sealing } from './sealing.ts';

/**
 * Changes what a channel's webhooks prove themselves with. A new secret stands first and the former one goes on
 * being believed, so that neither end has to be changed in the same moment; `dropFormer` ends that.
 */
export async function changeSecrets(
  { query }: TenantRows,
  sealing: Sealing,
  channelId: string,
  change: { secret?: string | undefined; dropFormer?: boolean | undefined },
): Promise<void> {
  if (change.secret === undefined && !change.dropFormer) return;
  const [channel] = await query<{ app_secrets_sealed: Buffer }>(
    'select app_secrets_sealed from channel where id = $1 for update',
    [channelId],
  );
  if (!channel) return;
  const known = JSON.parse(sealing.open(channel.app_secrets_sealed)) as string[];
  const { secret = known[0], dropFormer = false } = change;
  if (secret === undefined) return;
  const secrets = [secret, ...(dropFormer ? [] : known.filter((former) => former !== secret))].slice(0, 2);
  await query('update channel set app_secrets_sealed = $2 where id = $1', [
    channelId,
    sealing.seal(JSON.stringify(secrets)),
  ]);
}
