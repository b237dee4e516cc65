import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { otherMethods } from './methods.ts';
import { openApiDocument } from './openapi/document.ts';
import { Problem } from './problems.ts';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const OURS = join(import.meta.dirname, 'docs');

/** What the page is made of, and nothing else of those folders. */
const FILES: Readonly<Record<string, string>> = {
  'page.css': OURS,
  'page.js': OURS,
  'swagger-ui.css': SWAGGER_UI,
  'swagger-ui-bundle.js': SWAGGER_UI,
};

/** The page loads nothing from elsewhere and runs nothing that stands in it. */
const onlyOurOwn = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    // Arrows and padlocks stand in the stylesheet itself.
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/** The API's description: `/openapi.json`, and `/docs`, the page that shows it and tries it out. Nobody signs in. */
export function documentationRoutes(): Router {
  const router = Router();
  let text: string | undefined;

  const document: RequestHandler = (_request, response) => {
    text ??= JSON.stringify(openApiDocument());
    response.type('application/json').send(text);
  };
  router.route('/openapi.json').get(document).all(otherMethods);

  const page: RequestHandler = (_request, response) => {
    response.sendFile('page.html', { root: OURS });
  };
  router.route('/docs').get(onlyOurOwn, page).all(otherMethods);

  const file: RequestHandler<{ file: string }> = (request, response) => {
    const { file: name } = request.params;
    const folder = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (folder === undefined) throw new Problem('not_found');
    response.sendFile(name, { root: folder, maxAge: '1h' });
  };
  router.route('/docs/:file').get(file).all(otherMethods);

  return router;
}
