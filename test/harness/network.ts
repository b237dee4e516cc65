import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server through a network that fails as it is told to. */
export type FailingWay = {
  /** Where it is entered, on 127.0.0.1. */
  port: number;
  /** Everything takes so long, milliseconds, in each direction. */
  delay(ms: number): void;
  /** Connections are reset and none is made any more. */
  cut(): void;
  /** What is sent arrives, and nothing of what is answered comes back. */
  loseAnswers(): void;
  /**
   * The far end is gone and nobody says so: what is open stays open and silent for good, also when the way is whole
   * again; new connections are made and get no answer.
   */
  silence(): void;
  /** New connections go through, without delay. */
  heal(): void;
  close(): Promise<void>;
};

/** Opens a way to `port` on 127.0.0.1. */
export async function openWay(port: number): Promise<FailingWay> {
  let state: 'whole' | 'cut' | 'silent' | 'mute' = 'whole';
  let delayMs = 0;
  const near = new Set<Socket>();
  const far = new Set<Socket>();

  const server = createServer((client) => {
    near.add(client);
    client.on('error', () => {});
    client.on('close', () => near.delete(client));
    if (state === 'cut') client.resetAndDestroy();
    // Read and thrown away, so that the sender's buffers never tell.
    if (state !== 'whole' && state !== 'mute') return void client.resume();
    const there = connect(port, '127.0.0.1');
    far.add(there);
    there.on('error', () => {});
    there.on('close', () => far.delete(there));
    pass(client, there, () => true);
    pass(there, client, () => state !== 'mute');
  });

  function pass(from: Socket, to: Socket, isPassed: () => boolean): void {
    from.setNoDelay(true);
    const later = (work: () => void) => (delayMs > 0 ? setTimeout(work, delayMs) : work());
    from.on('data', (chunk) => later(() => isPassed() && to.writable && to.write(chunk)));
    from.on('close', () => later(() => silenced.has(from) || to.destroy()));
  }
  const silenced = new WeakSet<Socket>();

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    delay(ms) {
      delayMs = ms;
    },
    cut() {
      state = 'cut';
      for (const socket of [...near, ...far]) socket.resetAndDestroy();
    },
    loseAnswers() {
      state = 'mute';
    },
    silence() {
      state = 'silent';
      for (const socket of far) {
        silenced.add(socket);
        socket.destroy();
      }
    },
    heal() {
      state = 'whole';
      delayMs = 0;
    },
    async close() {
      for (const socket of [...near, ...far]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
