import { Counter, Gauge, type Registry } from 'prom-client';

/** Adds how many pages are open, what was sent to them, and how far behind they are, to the metrics. */
export function measureStream(registry: Registry, openPages: () => number) {
  new Gauge({
    name: 'lead_flow_stream_pages',
    help: 'Pages open at /v1/stream',
    registers: [registry],
    collect() {
      this.set(openPages());
    },
  });
  const messages = new Counter({
    name: 'lead_flow_stream_messages_total',
    help: 'Messages sent to pages',
    registers: [registry],
  });
  const lag = new Gauge({
    name: 'lead_flow_stream_lag_seconds',
    help: 'Age of the oldest change of those that pages were told of last',
    registers: [registry],
  });
  return { onSent: () => messages.inc(), onTold: (seconds: number) => lag.set(seconds) };
}
