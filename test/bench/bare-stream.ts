// The least that telling pages can be: what PostgreSQL notifies goes at once to every socket, filled up to BENCH_BYTES.
import { createServer } from 'node:http';
import { Client } from 'pg';
import { WebSocketServer } from 'ws';
import { runProcess } from '../../src/process.ts';

await runProcess('bare stream', async (configuration) => {
  const filling = 'x'.repeat(Number(process.env.BENCH_BYTES));
  const server = createServer((_request, response) => response.end());
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const hello = (cursor: string) => Buffer.from(JSON.stringify({ type: 'ready', filling, cursor }));
  sockets.on('connection', (socket) =>
    socket.once('message', () => socket.send(hello('0'), { binary: false })),
  );
  const client = new Client({ connectionString: configuration.DATABASE_URL });
  await client.connect();
  client.on('notification', ({ payload = '' }) => {
    const message = hello(payload);
    for (const socket of sockets.clients) socket.send(message, { binary: false });
  });
  await client.query('listen bench_stream');
  server.listen(configuration.LEAD_FLOW_PORT, configuration.LEAD_FLOW_HOST);
  return {
    async stop() {
      sockets.close();
      server.close();
      await client.end();
    },
  };
});
