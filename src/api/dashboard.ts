import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';
import helmet from 'helmet';

/** Every address but the API's own, which answers them itself, also where it has nothing there. */
const PAGE = /^\/(?!(v1|api|webhooks|health|metrics|docs|assets)(\/|$)|openapi\.json$)/;

/** Nothing but our own files runs; a style in the page needs the nonce that only this answer has. */
const policy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", (_request, response) => `'nonce-${(response as Response).locals.nonce}'`],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
  },
});

/**
 * Serves the dashboard that was built into `folder`: its files under /assets, which never change and are kept by the
 * browser, and its page at every address that is not the API's. The page's `__CSP_NONCE__` becomes the answer's own.
 */
export function dashboard(folder: string): Router {
  const withNonce: RequestHandler = (_request, response, next) => {
    response.locals.nonce = randomBytes(16).toString('base64url');
    next();
  };
  const page: RequestHandler = async (_request, response) => {
    const text = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
    response.setHeader('cache-control', 'no-cache');
    if (text === undefined) response.status(503).type('text/plain').send(NOT_BUILT);
    else response.type('html').send(text.replaceAll('__CSP_NONCE__', response.locals.nonce));
  };

  const router = Router();
  router.get('/index.html', withNonce, policy, page);
  const files = { index: false, redirect: false } as const;
  router.use('/assets', express.static(join(folder, 'assets'), { ...files, immutable: true, maxAge: '1y' }));
  router.use(express.static(folder, files));
  router.get(PAGE, withNonce, policy, page);
  return router;
}

const NOT_BUILT =
  'O painel ainda não foi montado neste servidor. Rode: npm run build:dashboard\n' +
  'The dashboard is not built on this server yet. Run: npm run build:dashboard\n';
