import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORT_VARIABLES, type Ports } from './settings.ts';
import { StartError } from './start-error.ts';

/**
 * Throws a StartError for the first of `names` whose port cannot be listened on. For ports that a former start
 * is still leaving there is a patience, in ms.
 */
export async function requireFreePorts(
  ports: Ports,
  names: readonly (keyof Ports)[],
  host: string,
  patienceMs = 0,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (const name of names) {
    const at = name === 'api' || name === 'worker' ? host : '127.0.0.1';
    let fault = await whyNotFree(ports[name], at);
    while (fault === 'EADDRINUSE' && Date.now() < deadline) {
      await sleep(100);
      fault = await whyNotFree(ports[name], at);
    }
    if (fault) throw portFault(name, ports[name], at, fault);
  }
}

function portFault(name: keyof Ports, port: number, host: string, fault: string): StartError {
  const { of, variable } = PORT_VARIABLES[name];
  if (fault === 'EADDRINUSE') {
    return new StartError(
      `Port ${port}, for ${of}, is taken by another program. End that program, or set ${variable} to another port.`,
    );
  }
  if (fault === 'EACCES') {
    return new StartError(
      `Port ${port}, for ${of}, needs rights that this user lacks. Set ${variable} to a port above 1023.`,
    );
  }
  return new StartError(
    `Nothing can listen on ${host}:${port}, for ${of} (${fault}). Check LEAD_FLOW_HOST and ${variable}.`,
  );
}

function whyNotFree(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

// Below the ports that systems give to outgoing connections, so that none of those takes one meanwhile.
const FREE_FROM = 20_000;
const FREE_UNTIL = 32_000;

/** Gives `count` different ports of 127.0.0.1 that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FREE_FROM, FREE_UNTIL);
    if (!ports.has(port) && !(await whyNotFree(port, '127.0.0.1'))) ports.add(port);
  }
  return [...ports];
}
