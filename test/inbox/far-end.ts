import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One webhook as it arrived where it was passed on to. */
export type Arrived = { headers: IncomingHttpHeaders; body: Buffer; path: string };

/** Somebody who is sent webhooks and keeps what arrives; `answer` may be changed at any time. */
export type FarEnd = {
  url: string;
  arrived: Arrived[];
  /** The HTTP status to answer; a function answers by itself, or never. */
  answer: number | ((response: ServerResponse) => void);
  close(): Promise<void>;
};

/** Opens a far end on a free port, or on one that it had before. */
export async function openFarEnd(port = 0): Promise<FarEnd> {
  const far: FarEnd = { url: '', arrived: [], answer: 200, close: async () => {} };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    far.arrived.push({ headers: request.headers, body: Buffer.concat(chunks), path: request.url ?? '' });
    if (typeof far.answer === 'function') far.answer(response);
    else response.writeHead(far.answer, { location: '/elsewhere' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  far.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/whatsapp/+551130000000`;
  far.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return far;
}
