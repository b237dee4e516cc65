import {
  type ChannelToSweep,
  channelsToSweep,
  liftProviderPause,
  pauseByProvider,
  readAccount,
  saveHealth,
} from '../src/db/channels.ts';
import { pauseChannel } from '../src/db/sends.ts';
import { syncTemplates } from '../src/db/templates.ts';
import { getPhoneNumber, listTemplates } from '../src/providers/whatsapp/client.ts';
import { WhatsAppError } from '../src/providers/whatsapp/errors.ts';
import type { Dependencies, SweepEnd } from './dependencies.ts';

/** States of a number in which WhatsApp takes no message of it. */
const DOWN: readonly string[] = ['BANNED', 'RESTRICTED', 'DISCONNECTED', 'DELETED', 'MIGRATED'];

/** Begins the reason of a pause that the number's own state made, and that its state alone lifts again. */
const NUMBER_DOWN = 'number status';

/** What WhatsApp's webhooks should have told of numbers and templates is asked for every hour. */
export function numberSweepActivities(deps: Dependencies) {
  const { database } = deps;

  async function sweep({ tenantId, channelId }: ChannelToSweep): Promise<void> {
    const connection = await deps.connections.whatsapp(tenantId, channelId);
    const { wabaId, active } = await database.together(tenantId, (rows) => readAccount(rows, channelId));
    const number = await getPhoneNumber(connection);
    const askedAt = new Date();
    const templates = wabaId === null ? null : await listTemplates(connection, wabaId);
    const { qualityRating: quality, messagingLimit: limit, status } = number;
    await database.tenant(tenantId, async (rows) => {
      await saveHealth(rows, [channelId], { quality, limit });
      if (status !== null && !DOWN.includes(status)) await liftProviderPause(rows, [channelId], NUMBER_DOWN);
      else if (status !== null && active) {
        await pauseByProvider(rows, [channelId], { reason: `${NUMBER_DOWN}: ${status}`, until: null });
      }
      if (templates) await syncTemplates(rows, channelId, templates, askedAt);
    });
  }

  return {
    /**
     * Asks WhatsApp about every number: its quality and limit, its templates and which of them may be sent. A number
     * whose token is refused is paused until a person has seen to it; one that fails holds up no other.
     */
    sweepNumbers: async (): Promise<{ numbers: number; failed: number }> => {
      const channels = await channelsToSweep(database);
      let failed = 0;
      for (const channel of channels) {
        const { tenantId, channelId } = channel;
        let end: SweepEnd = 'done';
        try {
          await sweep(channel);
        } catch (error) {
          failed++;
          end = 'failed';
          if (error instanceof WhatsAppError && error.class === 'channel_stop') {
            end = 'unauthorized';
            await database.tenant(tenantId, (rows) => pauseChannel(rows, channelId, error.message));
          }
          deps.log.warn({ err: error, ...channel }, 'a number could not be asked about');
        }
        deps.onSwept?.('whatsapp', end);
      }
      return { numbers: channels.length, failed };
    },
  };
}
