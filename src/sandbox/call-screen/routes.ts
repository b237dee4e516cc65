import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Response, Router } from 'express';
import { CALL_SCREEN_PATH, callPage } from './page.ts';

const FILES = [
  ['tela.css', 'text/css'],
  ['tela.js', 'text/javascript'],
] as const;

/**
 * A sample of the screens on which consultants take calls (`?chamada=1` to `4`), for trying what reads such a page.
 * As strict as the strictest of them: nothing may be loaded but its own files.
 */
export function callScreen(): Router {
  const router = Router();
  router.use(CALL_SCREEN_PATH, (_request, response, next) => {
    response.set({
      'content-security-policy':
        "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    });
    next();
  });
  router.get(CALL_SCREEN_PATH, (request, response) => {
    const query = new URL(request.originalUrl, 'http://sandbox').searchParams;
    send(response, 'text/html', callPage(query.get('chamada')));
  });
  for (const [name, type] of FILES) {
    const content = readFileSync(join(import.meta.dirname, name), 'utf8');
    router.get(`${CALL_SCREEN_PATH}/${name}`, (_request, response) => send(response, type, content));
  }
  return router;
}

function send(response: Response, type: string, content: string): void {
  response.type(`${type}; charset=utf-8`).send(content);
}
