import type { Channel } from '../../../src/contract/listings.ts';

/** Who paused a number. */
export const PAUSED_BY = {
  person: 'por uma pessoa',
  error: 'por um erro de envio',
  provider: 'pela Meta',
} as const;

/** Meta's rating of a number. */
export const QUALITY: Readonly<Record<string, { name: string; color: string }>> = {
  GREEN: { name: 'Alta', color: 'verde' },
  YELLOW: { name: 'Média', color: 'yellow' },
  RED: { name: 'Baixa', color: 'red' },
  UNKNOWN: { name: 'Sem nota ainda', color: 'gray' },
};

/** What an Evolution gateway says of its instance. */
export const CONNECTION = {
  open: { name: 'conectada', color: 'verde' },
  connecting: { name: 'conectando', color: 'yellow' },
  close: { name: 'desconectada', color: 'red' },
  refused: { name: 'código QR não lido', color: 'red' },
} as const;

/** How many people a day may be written to first: `TIER_10K` as "10 mil por dia". */
export function limitName(limit: string): string {
  if (limit === 'TIER_UNLIMITED') return 'sem limite';
  const thousands = limit.match(/^TIER_(\d+)K$/)?.[1];
  const single = limit.match(/^TIER_(\d+)$/)?.[1];
  if (thousands) return `${thousands} mil pessoas novas por dia`;
  return single ? `${single} pessoas novas por dia` : limit;
}

/** Why nothing leaves by a number, in words; the provider's or error's own reason stays as it came. */
export function pauseReason({ pause_reason: reason, paused_by: by }: Channel): string {
  return by === 'person' || !reason ? '' : reason;
}
