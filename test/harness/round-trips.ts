import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A way to PostgreSQL that counts how often whoever uses it has waited for an answer. */
export type CountedWay = { url: string; trips(): number; close(): Promise<void> };

/**
 * Opens a way to `databaseUrl`: each time something is sent after an answer has come counts as one round trip. What
 * announces news does not count: it is gathered by time, and nobody waits for it.
 */
export async function countRoundTrips(databaseUrl: string): Promise<CountedWay> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let trips = 0;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    let answered = true;
    client.on('data', (sent) => {
      if (sent.includes('pg_notify')) return;
      if (answered) trips++;
      answered = false;
    });
    database.on('data', () => {
      answered = true;
    });
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    trips: () => trips,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
