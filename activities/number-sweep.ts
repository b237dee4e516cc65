import { readNumber } from '../src/connections/number-reading.ts';
import { pauseChannel } from '../src/db/sends.ts';
import { toSweep } from '../src/db/sweeping.ts';
import { WhatsAppError } from '../src/providers/whatsapp/errors.ts';
import type { Dependencies, SweepEnd } from './dependencies.ts';

/** What WhatsApp's webhooks should have told of numbers and templates is asked for every hour. */
export function numberSweepActivities(deps: Dependencies) {
  const { database } = deps;

  return {
    /**
     * Asks WhatsApp about every number: its quality and limit, its templates and which of them may be sent. A number
     * whose token is refused is paused until a person has seen to it; one that fails holds up no other.
     */
    sweepNumbers: async (): Promise<{ numbers: number; failed: number }> => {
      const channels = await toSweep(database, 'whatsapp_cloud');
      let failed = 0;
      for (const channel of channels) {
        const { tenantId, id: channelId } = channel;
        let end: SweepEnd = 'done';
        try {
          await readNumber(
            database,
            { tenantId, channelId },
            await deps.connections.whatsapp(tenantId, channelId),
          );
        } catch (error) {
          failed++;
          end = 'failed';
          if (error instanceof WhatsAppError && error.class === 'channel_stop') {
            end = 'unauthorized';
            await database.tenant(tenantId, (rows) => pauseChannel(rows, channelId, error.message));
          }
          deps.log.warn({ err: error, tenantId, channelId }, 'a number could not be asked about');
        }
        deps.onSwept?.('whatsapp', end);
      }
      return { numbers: channels.length, failed };
    },
  };
}
