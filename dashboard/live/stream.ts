import type { StreamHello, StreamMessage } from '../../src/contract/stream.ts';

/** How the page stands to the stream; `signed_out`: it was turned away, and does not try again. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'signed_out';

const UNAUTHORISED = 4401;
const LONGEST_WAIT_MS = 10_000;

/** Keeps one socket to the stream open, going on after the last cursor. Returns what closes it. */
export function followStream(
  url: string,
  on: { message: (message: StreamMessage) => void; state: (state: LiveState) => void },
): () => void {
  let cursor: string | undefined;
  let failures = 0;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const open = () => {
    socket = new WebSocket(url);
    socket.onopen = () => {
      const hello: StreamHello = { type: 'hello', ...(cursor === undefined ? {} : { cursor }) };
      socket?.send(JSON.stringify(hello));
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as StreamMessage;
      cursor = message.cursor;
      failures = 0;
      on.state('live');
      on.message(message);
    };
    socket.onclose = ({ code }) => {
      if (closed) return;
      if (code === UNAUTHORISED) return on.state('signed_out');
      on.state('reconnecting');
      const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures++);
      timer = setTimeout(open, wait * (0.5 + Math.random() / 2));
    };
  };
  open();

  return () => {
    closed = true;
    clearTimeout(timer);
    socket?.close();
  };
}
