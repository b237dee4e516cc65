// Open pages, as many as BENCH_PAGES says, that note when each message came: at BENCH_STREAM_URL, in a process of
// their own. Answers 200 once all are live, then what they were told; DELETE makes them forget it.
import { createServer } from 'node:http';
import { WebSocket } from 'ws';
import type { StreamMessage } from '../../src/contract/stream.ts';
import { runProcess } from '../../src/process.ts';

/** A message by its cursor, the leads in it, its bytes, and when it came to each page, in epoch ms. */
export type Told = { cursor: string; leads: string[]; bytes: number; at: number[] };

await runProcess('open pages', async (configuration) => {
  const count = Number(process.env.BENCH_PAGES);
  const told = new Map<string, Told>();
  let live = 0;

  const sockets = Array.from({ length: count }, () => {
    const socket = new WebSocket(String(process.env.BENCH_STREAM_URL));
    let isLive = false;
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'hello', key: process.env.BENCH_STREAM_KEY })),
    );
    socket.on('message', (data: Buffer) => {
      const now = performance.timeOrigin + performance.now();
      if (!isLive) live++;
      isLive = true;
      // Its cursor stands last: what came to another page before need not be read again.
      const cursor = /"cursor":"([^"]*)"\}$/.exec(data.subarray(-20_000).toString('latin1'))?.[1] ?? '';
      const known = told.get(cursor) ?? { cursor, leads: leadsOf(data), bytes: data.length, at: [] };
      known.at.push(now);
      told.set(cursor, known);
    });
    socket.on('close', (code) => {
      if (!ending) throw new Error(`a page was closed with ${code}`);
    });
    return socket;
  });

  let ending = false;
  const server = createServer((request, response) => {
    if (request.method === 'DELETE') told.clear();
    response.writeHead(live === count ? 200 : 503).end(JSON.stringify([...told.values()]));
  });
  server.listen(configuration.LEAD_FLOW_PORT, configuration.LEAD_FLOW_HOST);
  return {
    async stop() {
      ending = true;
      for (const socket of sockets) socket.terminate();
      server.close();
    },
  };
});

function leadsOf(data: Buffer): string[] {
  const message = JSON.parse(String(data)) as StreamMessage;
  return message.type === 'lead_updated' ? message.leads.map(({ id }) => id) : [];
}
