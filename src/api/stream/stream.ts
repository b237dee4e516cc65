import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type WebSocket, WebSocketServer } from 'ws';
import type { StreamHello } from '../../contract/stream.ts';
import { STREAM_CLOSED } from '../../contract/stream-closed.ts';
import type { Database } from '../../db/database.ts';
import { LIVE_NEWS } from '../../db/live.ts';
import { CACHE_MS } from '../../db/tenants.ts';
import type { Authenticator } from '../authentication.ts';
import { identify, readHello } from './hello.ts';
import { type Hub, openHub, type ReadLines } from './hub.ts';
import { measureStream } from './metrics.ts';
import { openPage, type Page } from './page.ts';

const PATH = '/v1/stream';
const HELLO_MS = 5_000;
const ALIVE_MS = 25_000;
const LARGEST_HELLO = 64 * 1024;
/** How long a page may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 3_000;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export type StreamOptions = {
  database: Database;
  authenticate: Authenticator;
  readLines: ReadLines;
  registry: Registry;
  log: Logger;
  /** How often pages are told, and asked, whether they are still there; milliseconds. */
  aliveMs?: number;
  /** How often it is looked for changes that nobody announced; milliseconds. */
  idleMs?: number;
};

export type Stream = {
  /** Lets no page in any more and closes those that are open; they come back to whoever listens then. */
  stop(): Promise<void>;
};

/** A socket that is open, and, once it has said who it is, its page. */
type Socket = {
  socket: WebSocket;
  answered: boolean;
  /** Sees whether the page may still hear of its tenant's leads, and closes it where not. */
  recheck?: () => Promise<void>;
};

/** Serves the live stream at `/v1/stream` of an HTTP server. */
export function attachStream(server: Server, options: StreamOptions): Stream {
  const { database, authenticate, log } = options;
  const onError = (error: Error) => log.warn({ err: error }, 'open pages cannot be told what is new');
  const sockets = new Set<Socket>();
  const hubs = new Map<string, Hub>();
  const ended = new Set<Promise<void>>();
  const metrics = measureStream(options.registry, () =>
    [...hubs.values()].reduce((sum, hub) => sum + hub.size, 0),
  );
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LARGEST_HELLO,
    closeTimeout: GOODBYE_MS,
  } as ConstructorParameters<typeof WebSocketServer>[0]);
  let stopped = false;

  function upgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    duplex.on('error', () => {});
    if (request.url !== PATH) refuse(duplex, '404 Not Found');
    else if (stopped) refuse(duplex, '503 Service Unavailable');
    else upgrades.handleUpgrade(request, duplex, head, (socket) => take(socket, request));
  }
  server.on('upgrade', upgrade);

  function take(socket: WebSocket, request: IncomingMessage): void {
    const open: Socket = { socket, answered: true };
    const late = setTimeout(() => socket.close(STREAM_CLOSED.helloExpected, 'hello expected'), HELLO_MS);
    sockets.add(open);
    socket.on('error', () => {}); // it closes by itself
    socket.on('pong', () => {
      open.answered = true;
    });
    socket.on('close', () => {
      clearTimeout(late);
      sockets.delete(open);
    });
    socket.once('message', (data, isBinary) => {
      clearTimeout(late);
      socket.on('message', () => socket.close(STREAM_CLOSED.helloExpected, 'one hello is enough'));
      const hello = isBinary ? null : readHello(String(data));
      if (!hello) return socket.close(STREAM_CLOSED.helloExpected, 'hello expected');
      letIn(open, hello, identify(authenticate, hello, request)).catch((error: Error) => {
        onError(error);
        socket.close(TRY_AGAIN_LATER, 'try again later');
      });
    });
  }

  async function letIn(open: Socket, hello: StreamHello, whose: ReturnType<typeof identify>): Promise<void> {
    const { socket } = open;
    const caller = await whose();
    if (!caller) return socket.close(STREAM_CLOSED.unauthorised, 'unauthorised');
    if (socket.readyState !== socket.OPEN) return;
    open.recheck = async () => {
      const still = await whose();
      if (still?.tenantId !== caller.tenantId) socket.close(STREAM_CLOSED.unauthorised, 'unauthorised');
    };
    const page = openPage(socket, hello.leads, metrics.onSent);
    const hub = hubOf(caller.tenantId);
    socket.once('close', () => leave(caller.tenantId, hub, page));
    hub.join(page, hello.cursor);
  }

  function hubOf(tenantId: string): Hub {
    const hub = hubs.get(tenantId) ?? openHub(tenantId, { ...options, onError, onTold: metrics.onTold });
    hubs.set(tenantId, hub);
    return hub;
  }

  function leave(tenantId: string, hub: Hub, page: Page): void {
    hub.leave(page);
    if (hub.size > 0 || hubs.get(tenantId) !== hub) return;
    hubs.delete(tenantId);
    const end = hub.stop().finally(() => ended.delete(end));
    ended.add(end);
  }

  const ears = database.listen([LIVE_NEWS], (channel, tenantId) => {
    if (channel === null) for (const hub of hubs.values()) hub.poke();
    else hubs.get(tenantId)?.poke();
  });

  const alive = setInterval(() => {
    for (const hub of hubs.values()) hub.keepAlive();
    for (const open of sockets) {
      if (!open.answered) {
        open.socket.terminate();
        continue;
      }
      open.answered = false;
      open.socket.ping();
    }
  }, options.aliveMs ?? ALIVE_MS);
  const rechecking = setInterval(() => {
    // What fails here is the database that is away, not the page.
    for (const open of sockets) open.recheck?.().catch(onError);
  }, CACHE_MS);

  return {
    async stop() {
      stopped = true;
      clearInterval(alive);
      clearInterval(rechecking);
      await (await ears).stop();
      const goodbyes = [...sockets].map(
        ({ socket }) => new Promise((resolve) => socket.once('close', resolve)),
      );
      for (const { socket } of sockets) socket.close(GOING_AWAY, 'going away');
      await Promise.all(goodbyes);
      await Promise.all(ended);
      server.off('upgrade', upgrade);
    },
  };
}

function refuse(duplex: Duplex, status: string): void {
  duplex.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => duplex.destroy());
}
