import type { EventLine } from '../../../src/contract/listings.ts';

/** Who sent a webhook. */
export const SOURCES: Record<EventLine['source'], string> = {
  whatsapp: 'WhatsApp',
  chatwoot: 'Chatwoot',
  evolution: 'Evolution',
};

/** Where an event stands. */
export const STATES = {
  dead: { name: 'falhou', color: 'red' },
  pending: { name: 'na fila', color: 'yellow' },
  applied: { name: 'aplicado', color: 'verde' },
} as const;
