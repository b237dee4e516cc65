import type { CHANGED } from '../../src/contract/stream.ts';

/**
 * The first word of each query's key is its subject. What the stream names as changed is read again by that word,
 * so these words are the stream's own.
 */
export const keys = {
  me: ['me'],
  board: ['board'],
  /** Every list of leads; its filters follow. */
  leads: ['leads'],
  lead: (id: string) => ['lead', id],
  overview: ['overview'],
  consultants: ['consultants'],
  channels: ['channels'],
  templates: ['templates'],
  settings: ['settings'],
  events: ['events'],
  testPhone: ['test-phone'],
} as const;

/** What else was read from the same subject: connections, flows and keys are settings, too. */
export const settingKeys = {
  chatwoot: [...keys.settings, 'chatwoot'],
  flows: [...keys.settings, 'flows'],
  apiKeys: [...keys.settings, 'api-keys'],
} as const;

/** Which queries a word of the stream means. */
export const keyOfChanged = (of: (typeof CHANGED)[number]): readonly string[] => keys[of];
