import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { noteOpen } from '../harness/open-resources.ts';
import { freePort } from '../providers/http-server.ts';

/** Published specifications kept beside the repository. */
const SPECS = join(import.meta.dirname, '../../../shared/specs');

/** The proxy, which a package.json of its own installs: it brings hundreds of packages. */
const PRISM = join(import.meta.dirname, 'node_modules/@stoplight/prism-cli/dist/index.js');

const REMEDY = 'npm ci --prefix test/contract --ignore-scripts';

/** Why these tests cannot run here; null where they can. */
export function whyNot(): string | null {
  if (!existsSync(SPECS)) return 'no specifications beside the repository';
  return existsSync(PRISM) ? null : `the proxy is not installed: ${REMEDY}`;
}

/** Something in a call or its answer that the specification does not allow. */
export type Violation = { location: string[]; code?: string; message: string };

/** One call that went through, with all that was wrong about it. */
export type CheckedCall = { method: string; path: string; status: number; violations: Violation[] };

/** A way to a service on which every call is held against the service's published specification. */
export type SpecProxy = { url: string; calls: CheckedCall[]; stop(): Promise<void> };

/**
 * Puts Prism, reading the specification `spec`, before `upstream`, and a way to it that keeps what Prism found:
 * the product's own clients show nobody the headers of an answer.
 */
export async function startSpecProxy(spec: string, upstream: string): Promise<SpecProxy> {
  const port = await freePort();
  const prism = await startPrism(join(SPECS, spec), upstream, port);
  const calls: CheckedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    // Violations may fill more than Node takes as headers by default.
    const onward = { port, method, path, headers, maxHeaderSize: 1_000_000 };
    const passed = request({ host: '127.0.0.1', ...onward }, (answer: IncomingMessage) => {
      const { 'sl-violations': found, ...kept } = answer.headers;
      const status = answer.statusCode ?? 0;
      calls.push({ method, path, status, violations: found ? JSON.parse(String(found)) : [] });
      outgoing.writeHead(status, kept);
      answer.pipe(outgoing);
    });
    passed.on('error', (error) => outgoing.writeHead(502).end(error.message));
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await prism.stop();
    },
  };
}

async function startPrism(spec: string, upstream: string, port: number): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, [PRISM, 'proxy', spec, upstream, '-p', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  noteOpen({
    leak: async () => (child.exitCode === null && child.signalCode === null ? 'Prism' : undefined),
    close: stop,
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said = (said + chunk).slice(-5_000);
        if (said.includes('Prism is listening')) resolve();
      });
    }
    void ended.then(() => reject(new Error(`Prism ended: ${said}`)));
  });
  return { stop };
}
