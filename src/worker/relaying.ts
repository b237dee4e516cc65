import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { Database } from '../db/database.ts';
import { createRelay } from '../inbox/relay.ts';
import { type Loop, startLoop } from '../loop.ts';

/** Passes raw webhooks on in the background, and counts how that goes. */
export function startRelaying(database: Database, registry: Registry, log: Logger): Loop {
  const relayed = new Counter({
    name: 'lead_flow_relays_total',
    help: 'Raw webhooks passed on, and tries that failed',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const relay = createRelay(database, {
    onPassed: () => relayed.inc({ outcome: 'passed' }),
    onFailed(entry, reason) {
      relayed.inc({ outcome: 'failed' });
      log.warn({ relayId: entry.id, attempts: entry.attempts, reason }, 'a webhook was not passed on yet');
    },
    onError: (error) => log.error({ err: error }, 'what was passed on could not be noted'),
  });
  const loop = startLoop({
    idleMs: 1_000,
    gatherMs: 20,
    onError: (error) => log.error({ err: error }, 'webhooks could not be passed on'),
    pass: relay.pass,
  });
  return {
    poke: loop.poke,
    async stop() {
      await loop.stop();
      await relay.stop();
    },
  };
}
