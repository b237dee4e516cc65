import { channelsOfAccount, liftProviderPause, pauseByProvider, saveHealth } from '../db/channels.ts';
import { changeTemplate, setTemplateStatus } from '../db/templates.ts';
import { type AccountUpdate, readAccountUpdate } from '../domain/whatsapp-account.ts';
import { type AccountPayload, accountKey } from '../domain/whatsapp-event.ts';
import type { ApplyContext } from './context.ts';

/**
 * WhatsApp's word on the account, a number or a template: what it has paused sends nothing until it lifts it. Of
 * two that speak of the same thing the newer holds, whichever is heard first.
 *
 * @param endpointId the channel whose webhook it came by
 */
export async function applyAccountUpdate(
  context: ApplyContext,
  endpointId: string,
  payload: AccountPayload,
): Promise<string> {
  const { rows } = context;
  const update = readAccountUpdate(payload.field, payload.value);
  if (update === null) return 'kept';
  const channelIds = await channelsOfAccount(rows, payload.wabaId, endpointId);
  if (channelIds.length === 0) return 'unknown_account';
  if (await isOvertaken(context, payload)) return 'overtaken';
  return apply(
    context,
    channelIds,
    update,
    payload.time === null ? new Date() : new Date(payload.time * 1000),
  );
}

async function apply(
  { rows }: ApplyContext,
  channelIds: readonly string[],
  update: AccountUpdate,
  at: Date,
): Promise<string> {
  switch (update.about) {
    case 'template_status':
      return (await setTemplateStatus(rows, channelIds, { ...update, at })) ? 'updated' : 'overtaken';
    case 'template_quality':
    case 'template_components':
      return (await changeTemplate(rows, channelIds, update)) ? 'updated' : 'unknown_template';
    case 'number_quality': {
      // The limit is that of the whole business; which of several numbers is meant, its name alone does not tell.
      const [only] = channelIds.length === 1 ? channelIds : [];
      await saveHealth(rows, channelIds, { limit: update.limit });
      if (only !== undefined && update.flagged !== null) {
        await saveHealth(rows, [only], { quality: update.flagged ? 'RED' : 'UNKNOWN' });
      }
      return 'updated';
    }
    case 'standing': {
      if (update.effect === 'lift') {
        return (await liftProviderPause(rows, channelIds)) > 0 ? 'lifted' : 'kept';
      }
      if (update.until !== null && Date.parse(update.until) <= Date.now()) return 'expired';
      return (await pauseByProvider(rows, channelIds, update)) > 0 ? 'paused' : 'kept';
    }
  }
}

/** Whether something newer of the same topic was applied before; found by its key, however much is stored. */
async function isOvertaken({ rows }: ApplyContext, { topic, time }: AccountPayload): Promise<boolean> {
  if (time === null) return false;
  const [newer] = await rows.query<{ found: boolean }>(
    `select exists (select from inbox_event where tenant_id = current_tenant() and source = 'whatsapp'
       and dedupe_key > $1 and dedupe_key < $2 and kind = 'account' and payload ->> 'topic' = $3
       and state = 'applied' and outcome <> 'overtaken') as found`,
    [accountKey(topic, time + 1, ''), `account:${topic}:9`, topic],
  );
  return newer?.found ?? false;
}
