import type { WebSocket } from 'ws';
import { STREAM_CLOSED } from '../../contract/stream-closed.ts';

/** An open page, of a tenant that was found to be its own. */
export type Page = {
  /** The leads it wants to hear of; null: all. */
  readonly leads: ReadonlySet<string> | null;
  /** Sends one message, as JSON. A page that does not take what is sent to it is closed. */
  send(message: Buffer): void;
};

/** So much may wait for a page to take it, in bytes. */
const MOST_WAITING = 4 * 1024 * 1024;

/** The page behind `socket`; `onSent` counts its messages. */
export function openPage(socket: WebSocket, leads: readonly string[] | undefined, onSent: () => void): Page {
  return {
    leads: leads ? new Set(leads) : null,
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      // What was sent before and is not gone yet: however much this is, it has its chance.
      if (socket.bufferedAmount > MOST_WAITING) return socket.close(STREAM_CLOSED.tooSlow, 'too slow');
      socket.send(message, { binary: false });
      onSent();
    },
  };
}
