import type { Express } from 'express';
import { pino } from 'pino';
import { createApplication } from '../../src/api/application.ts';
import { createSealing } from '../../src/db/sealing.ts';
import type { Product } from '../harness/product.ts';

type Layer = {
  rawPath: string;
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
};

/** The application that the product serves. */
export function applicationOf({ database, secretKey }: Product): Express {
  return createApplication({
    database,
    sealing: createSealing(secretKey),
    log: pino({ level: 'silent' }),
    uiUrl: 'http://127.0.0.1:8233',
    namespace: 'default',
  });
}

/** Every route that Express knows, as `GET /v1/leads/{id}`; one for every method of an address is `ANY /…`. */
export function routesOf(application: Express): string[] {
  return routesIn(application.router as unknown as { stack: Layer[] }, '');
}

function routesIn({ stack = [] }: { stack?: Layer[] }, mount: string): string[] {
  return stack.flatMap(({ route, handle, rawPath }) => {
    if (!route) return routesIn(handle, rawPath === '/' ? mount : mount + rawPath);
    const address = (mount + route.path).replace(/:(\w+)/g, '{$1}');
    const { _all, ...methods } = route.methods;
    const named = Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`);
    // What answers the other methods with 405 is no operation.
    return named.length > 0 ? named : [`ANY ${address}`];
  });
}
