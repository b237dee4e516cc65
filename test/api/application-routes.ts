import type { Express } from 'express';

type Layer = {
  /** A regular expression where an address is none that can be written out. */
  rawPath: string | RegExp;
  route?: { path: string | RegExp; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
};

/** Every route that Express knows, as `GET /v1/leads/{id}`; one for every method of an address is `ANY /…`. */
export function routesOf(application: Express): string[] {
  return routesIn(application.router as unknown as { stack: Layer[] }, '');
}

function routesIn({ stack = [] }: { stack?: Layer[] }, mount: string): string[] {
  return stack.flatMap(({ route, handle, rawPath }) => {
    if (!route) return routesIn(handle, rawPath === '/' ? mount : mount + String(rawPath));
    const address = (mount + String(route.path)).replace(/:(\w+)/g, '{$1}');
    const { _all, ...methods } = route.methods;
    const named = Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`);
    // What answers the other methods with 405 is no operation.
    return named.length > 0 ? named : [`ANY ${address}`];
  });
}
