import type { LeadLine } from '../../src/contract/lead.ts';

/** What `POST /v1/leads` is sent, normalised as the API would. */
export type ReferralBody = {
  nome: string;
  telefone: string;
  cnpj: string | null;
  consultor: string;
  status_indicacao: string;
};

/** What the server made of a referral. */
export type Receipt = { lead_id: string; status: 'received' | 'joined' | 'opted_out' };

/** A field the server did not take, and its words. */
export type Refusal = { title: string; errors: { field: string; message: string }[] };

/** One referral, from the press of Enviar until its lead is over or a day has gone by. */
export type Outgoing = {
  /** The Idempotency-Key: made once, at the press, and the same in every try. */
  key: string;
  body: ReferralBody;
  /** When Enviar was pressed: ms since 1970. */
  at: number;
  state: 'waiting' | 'refused' | 'sent';
  refusal: Refusal | null;
  /** Null also where the server had it already under other words. */
  receipt: Receipt | null;
  /** The lead as the server told it last. */
  lead: LeadLine | null;
};

/** Why nothing is sent at present though something waits. */
export type HoldReason =
  | 'not_connected'
  | 'no_permission'
  | 'offline'
  | 'server_failing'
  | 'busy'
  | 'key_refused'
  | 'wrong_server'
  | 'not_ready';

/** A pause of the queue: how often it was tried, and when it is again (ms since 1970). */
export type Hold = { reason: HoldReason; attempts: number; nextAt: number };

/** Everything that is on its way or followed, oldest first, and the queue's pause. */
export type Outbox = { items: Outgoing[]; hold: Hold | null };

export const EMPTY_OUTBOX: Outbox = { items: [], hold: null };

const KEPT_MS = 24 * 3_600_000;
const KEPT = 20;

/** The outbox with one more referral at its end; one that is there already stays as it is. */
export function added(outbox: Outbox, key: string, body: ReferralBody, at: number): Outbox {
  if (outbox.items.some((item) => item.key === key)) return outbox;
  const item: Outgoing = { key, body, at, state: 'waiting', refusal: null, receipt: null, lead: null };
  return { ...outbox, items: [...outbox.items, item] };
}

/** The outbox with one referral changed; without it where it is not there. */
export function changed(outbox: Outbox, key: string, change: Partial<Outgoing>): Outbox {
  return { ...outbox, items: outbox.items.map((item) => (item.key === key ? { ...item, ...change } : item)) };
}

/**
 * A refused referral with what was corrected, in line again under the same key: had an earlier try been stored
 * after all, the server tells so instead of taking it twice.
 */
export function corrected(outbox: Outbox, key: string, body: ReferralBody): Outbox {
  const refused = outbox.items.some((item) => item.key === key && item.state === 'refused');
  return refused ? changed(outbox, key, { body, state: 'waiting', refusal: null }) : outbox;
}

/** Without a referral that was refused; what waits or was sent cannot be taken back. */
export function discarded(outbox: Outbox, key: string): Outbox {
  return { ...outbox, items: outbox.items.filter((item) => item.key !== key || item.state !== 'refused') };
}

/** Without what was sent a day ago or more, and of the rest the newest: personal data is not kept for long. */
export function tidied(outbox: Outbox, now: number): Outbox {
  const sent = outbox.items.filter((item) => item.state === 'sent' && now - item.at < KEPT_MS).slice(-KEPT);
  return { ...outbox, items: outbox.items.filter((item) => item.state !== 'sent' || sent.includes(item)) };
}

/** The leads that may still change, newest first. */
export function followed(outbox: Outbox): string[] {
  const open = outbox.items.filter((item) => item.receipt && item.lead?.stage !== 'closed');
  return [...new Set(open.map((item) => item.receipt?.lead_id ?? ''))].reverse();
}

/** The outbox with the newest of a lead; an older telling of it than the one there is dropped. */
export function leadTold(outbox: Outbox, lead: LeadLine): Outbox {
  const items = outbox.items.map((item) => {
    if (item.receipt?.lead_id !== lead.id) return item;
    return item.lead && item.lead.updated_at > lead.updated_at ? item : { ...item, lead };
  });
  return { ...outbox, items };
}
