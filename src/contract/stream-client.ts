import type { LeadLine } from './lead.ts';
import type { StreamHello, StreamMessage } from './stream.ts';
import { STREAM_CLOSED } from './stream-closed.ts';

// Written as a method, so that handlers of a browser's own, fuller events fit.
type Handler<Event> = { handle(event: Event): void }['handle'] | null;

/** The part of a browser's WebSocket that is used here. */
export type StreamSocket = {
  onopen: Handler<unknown>;
  onmessage: Handler<{ data: unknown }>;
  onclose: Handler<{ code: number }>;
  onerror: Handler<unknown>;
  send(text: string): void;
  close(): void;
};

/**
 * `connecting`: on its way; `live`: nothing is missed; `away`: tries again by itself, from time to time; `refused`:
 * the key or the session does not serve (any more), and it tries again when told to.
 */
export type StreamState = 'connecting' | 'live' | 'away' | 'refused';

export type StreamClientOptions = {
  /** `wss://…/v1/stream`. */
  url: string;
  /** An API key; left out where the browser has a session's cookie. */
  key?: string;
  /** Only of these leads; left out: of all. */
  leads?: readonly string[];
  /** Where what the page shows was read; left out: from now on. */
  cursor?: string;
  /** Leads as they are now. The same may come twice. */
  onLeads?(leads: LeadLine[]): void;
  /** What else is to be read again. */
  onChanged?(of: Extract<StreamMessage, { type: 'changed' }>['of']): void;
  /** Something was missed, or too much has changed: read again everything that is on the page. */
  onResync?(): void;
  onState?(state: StreamState): void;
  /** Opens a socket; left out: the browser's own. */
  open?(url: string): StreamSocket;
  times?: Partial<typeof TIMES>;
};

export type StreamClient = {
  readonly state: StreamState;
  /**
   * Tries at once, where it is not surely live: the network is back, the page is looked at again, there is a new
   * session.
   */
  reconnect(): void;
  /** Ends it for good; nothing is called any more. */
  close(): void;
};

/** In milliseconds. */
const TIMES = {
  /** The first wait before it tries again, which doubles … */
  wait: 1_000,
  /** … up to this. */
  longestWait: 30_000,
  /** So long it may take to be let in. */
  welcome: 15_000,
  /** A live stream says so every 25 s: one of which nothing came for so long may be dead … */
  quiet: 30_000,
  /** … and after so long it is. */
  silence: 40_000,
};

/**
 * Keeps a page on the live stream: connects, and reconnects by itself, going on where it was, so that what changed
 * meanwhile comes first. Needs nothing of Node.
 */
export function openStream(options: StreamClientOptions): StreamClient {
  const times = { ...TIMES, ...options.times };
  const open = options.open ?? ((url: string): StreamSocket => new WebSocket(url));
  let { cursor } = options;
  let state: StreamState = 'away';
  let socket: StreamSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardAt = 0;
  let failures = 0;
  let isClosed = false;

  function enter(next: StreamState): void {
    if (next === state || isClosed) return;
    state = next;
    options.onState?.(state);
  }

  function after(ms: number, then: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  }

  function connect(): void {
    const mine = open(options.url);
    const ifMine =
      <Event>(then: (event: Event) => void) =>
      (event: Event) => {
        if (socket === mine) then(event);
      };
    socket = mine;
    enter('connecting');
    after(times.welcome, lose);
    mine.onopen = ifMine(() => {
      const { key, leads } = options;
      const hello: StreamHello = { type: 'hello', key, cursor, leads: leads && [...leads] };
      mine.send(JSON.stringify(hello));
    });
    mine.onmessage = ifMine(({ data }) => {
      heardAt = Date.now();
      after(times.silence, lose);
      take(JSON.parse(String(data)) as StreamMessage);
    });
    mine.onclose = ifMine(({ code }) => {
      if (code === STREAM_CLOSED.unauthorised) leave('refused');
      else lose();
    });
    mine.onerror = () => {}; // its close follows
  }

  function take(message: StreamMessage): void {
    failures = 0;
    cursor = message.cursor;
    enter('live');
    if (message.type === 'resync') options.onResync?.();
    if (message.type === 'lead_updated') options.onLeads?.(message.leads);
    if (message.type === 'changed') options.onChanged?.(message.of);
  }

  function leave(next: StreamState): void {
    clearTimeout(timer);
    const left = socket;
    socket = undefined;
    left?.close();
    enter(next);
  }

  /** Waits longer each time, and not as long as all the others who lost the server with us. */
  function lose(): void {
    leave('away');
    const wait = Math.min(times.longestWait, times.wait * 2 ** failures++);
    after(wait * (0.5 + Math.random() / 2), connect);
  }

  connect();
  return {
    get state() {
      return state;
    },
    reconnect() {
      const isQuiet = Date.now() - heardAt > times.quiet;
      if (isClosed || (state === 'live' && !isQuiet)) return;
      failures = 0;
      leave('away');
      connect();
    },
    close() {
      isClosed = true;
      leave('away');
    },
  };
}
