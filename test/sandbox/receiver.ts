import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook that came, with its bytes as they came. */
export type Received = { at: number; headers: IncomingHttpHeaders; raw: Buffer; body: unknown };

/** A receiver of webhooks; `answer` decides what it says to a POST (200 as it starts). */
export type Receiver = {
  url: string;
  received: Received[];
  verifications: URLSearchParams[];
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
};

/** Starts one on a free port; it proves itself to Meta's question with `verifyToken`. */
export async function startReceiver(verifyToken?: string): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    received: [],
    verifications: [],
    answer: (response) => response.end('ok'),
    close: async () => undefined,
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      receiver.verifications.push(query);
      const right = query.get('hub.verify_token') === verifyToken;
      response.statusCode = right ? 200 : 403;
      response.end(right ? query.get('hub.challenge') : '');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = JSON.parse(raw.toString());
      receiver.received.push({ at: Date.now(), headers: request.headers, raw, body });
      receiver.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  receiver.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return receiver;
}

/** Waits until `met` holds; fails after half a minute. */
export async function until(met: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!met()) {
    if (Date.now() > deadline) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A call to the control API. */
export async function control(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: never }> {
  const response = await fetch(`${url}/_sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as never };
}
