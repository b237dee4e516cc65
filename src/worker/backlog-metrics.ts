import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../db/database.ts';

type Backlog = {
  pending_events: number;
  oldest_event_at: Date | null;
  dead_events: number;
  outbox: number;
  oldest_outbox_at: Date | null;
  relays: number;
  oldest_relay_at: Date | null;
};

const age = (since: Date | null) => (since ? (Date.now() - since.getTime()) / 1_000 : 0);

const GAUGES: readonly [string, string, (backlog: Backlog) => number][] = [
  ['events_pending', 'Webhook events stored and not yet applied', (b) => b.pending_events],
  ['events_oldest_seconds', 'Age of the oldest pending event', (b) => age(b.oldest_event_at)],
  ['events_dead', 'Webhook events that wait for a person', (b) => b.dead_events],
  ['words_untold', 'Starts, signals and cancels Temporal was not told yet', (b) => b.outbox],
  ['words_oldest_seconds', 'Age of the oldest of them', (b) => age(b.oldest_outbox_at)],
  ['relays_waiting', 'Raw webhooks still to be passed on', (b) => b.relays],
  ['relays_oldest_seconds', 'Age of the oldest of them', (b) => age(b.oldest_relay_at)],
];

/**
 * Adds what is waiting, over all tenants, to the metrics; read from the database once whenever they are asked for.
 * While the database is away the gauges are not a number.
 */
export function measureBacklog(database: Database, registry: Registry): void {
  let reading: Promise<Backlog | undefined> | undefined;
  const read = () => {
    reading ??= database
      .query<Backlog>('select * from backlog()')
      .then(([backlog]) => backlog)
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  for (const [name, help, of] of GAUGES) {
    new Gauge({
      name: `lead_flow_${name}`,
      help,
      registers: [registry],
      async collect() {
        const backlog = await read();
        this.set(backlog ? of(backlog) : Number.NaN);
      },
    });
  }
}
