import { StartError } from './start-error.ts';

// Each reads one variable: undefined where it is not set, a StartError that names it where it is wrong.

/** An http(s) address, without the slash at its end. */
export function readUrl(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (!value) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new StartError(`${variable} is "${value}"; it must be an address such as https://host.example.`);
  }
  return value.replace(/\/+$/, '');
}

/** A port; `otherwise` where the variable is not set. */
export function readPort(env: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const value = env[variable];
  if (!value) return otherwise;
  const port = Number(value);
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new StartError(`${variable} is "${value}"; it must be a port, a number from 1 to 65535.`);
}

/** HOST:PORT. */
export function readAddress(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (!value) return undefined;
  const port = Number(/^[^\s/]+:(\d{1,5})$/.exec(value)?.[1]);
  if (port >= 1 && port <= 65_535) return value;
  throw new StartError(`${variable} is "${value}"; it must be HOST:PORT, e.g. 127.0.0.1:7233.`);
}
