import type { QueryClient } from '@tanstack/react-query';
import type { StreamMessage } from '../../src/contract/stream.ts';
import { keyOfChanged, keys } from '../api/query-keys.ts';

/** Brings what the page has read up to what the stream tells. */
export function applyMessage(client: QueryClient, message: StreamMessage): void {
  switch (message.type) {
    case 'ready':
      return;
    case 'resync':
      void client.invalidateQueries();
      return;
    case 'changed':
      for (const of of message.of) void client.invalidateQueries({ queryKey: keyOfChanged(of) });
      return;
    case 'lead_updated':
      void client.invalidateQueries({ queryKey: keys.board });
      void client.invalidateQueries({ queryKey: keys.leads });
      for (const { id } of message.leads) void client.invalidateQueries({ queryKey: keys.lead(id) });
  }
}
