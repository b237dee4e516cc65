import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real HTTP server whose answers a test decides; `seen` holds every request whose body arrived whole. */
export interface FakeProvider {
  url: string;
  seen: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  close(): Promise<void>;
}

/** Starts one on a free port; `answer` is called when the request has been read to its end. */
export async function startProvider(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<FakeProvider> {
  const seen: FakeProvider['seen'] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A port of this machine on which nobody listens. */
export async function freePort(): Promise<number> {
  const provider = await startProvider((_, response) => response.end());
  await provider.close();
  return Number(new URL(provider.url).port);
}
