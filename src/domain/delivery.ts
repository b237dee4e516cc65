// Imported by workflow code: this file imports nothing.

/** How far a message has come. */
export type DeliveryState = 'queued' | 'sent' | 'delivered' | 'read' | 'failed';

/**
 * The rule is the larger of two ranks, so the order in which statuses arrive can never matter.
 * `failed` stands between `sent` and `delivered`: it overrides a message that only left, and gives way
 * to the proof that the message arrived after all. `read` includes `delivered`, which may never come.
 */
const RANK: Readonly<Record<DeliveryState, number>> = {
  queued: 0,
  sent: 1,
  failed: 2,
  delivered: 3,
  read: 4,
};

/** The state after hearing `next` while at `current`; never goes back. */
export function advance(current: DeliveryState, next: DeliveryState): DeliveryState {
  return RANK[next] > RANK[current] ? next : current;
}

/** WhatsApp's `statuses[].status` as a state; null for a status this product does not follow. */
export function fromWhatsAppStatus(status: string): DeliveryState | null {
  switch (status) {
    case 'sent':
    case 'delivered':
    case 'read':
    case 'failed':
      return status;
    case 'played': // a voice message that was listened to
      return 'read';
    default:
      return null;
  }
}
