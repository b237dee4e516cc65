import { type ClientOptions, WebSocket } from 'ws';
import type { LeadLine } from '../../src/contract/lead.ts';
import type { StreamMessage } from '../../src/contract/stream.ts';
import { until } from './product.ts';

/** An open page, as bare as can be, and all that it was told. */
export type StreamPage = {
  socket: WebSocket;
  messages: StreamMessage[];
  /** The newest it was given. */
  cursor(): string;
  /** The lines of a lead, or of all leads, in the order they came. */
  lines(leadId?: string): LeadLine[];
  /** Which kinds it was told of. */
  changed(): string[];
  /** Resolves with the code that the socket was closed with. */
  closed: Promise<number>;
  close(): Promise<number>;
};

const opened = new Set<StreamPage>();

/**
 * Opens a page at an API that says `hello`, a text or what goes with the type, or (null) nothing; waits until it is let in or, where
 * `awaited` is false, not at all.
 */
export async function openStreamPage(
  apiUrl: string,
  hello: Record<string, unknown> | string | null,
  { awaited = true, ...options }: { awaited?: boolean } & ClientOptions = {},
): Promise<StreamPage> {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws')}/v1/stream`, options);
  const messages: StreamMessage[] = [];
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const updates = () => messages.filter((message) => message.type === 'lead_updated');
  const page: StreamPage = {
    socket,
    messages,
    cursor: () => messages.at(-1)?.cursor ?? '',
    lines: (leadId) =>
      updates().flatMap(({ leads }) => leads.filter(({ id }) => leadId === undefined || id === leadId)),
    changed: () =>
      messages.flatMap((message): string[] => (message.type === 'changed' ? [...message.of] : [])),
    closed,
    close() {
      socket.close();
      return closed;
    },
  };
  opened.add(page);
  void closed.then(() => opened.delete(page));
  socket.on('error', () => {});
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as StreamMessage));
  socket.once('open', () => {
    if (hello !== null)
      socket.send(typeof hello === 'string' ? hello : JSON.stringify({ type: 'hello', ...hello }));
  });
  if (awaited) await until(() => messages.length > 0, { state: () => socket.readyState });
  return page;
}

/** Closes every page that is still open. */
export async function closeStreamPages(): Promise<void> {
  await Promise.all([...opened].map((page) => page.close()));
}
