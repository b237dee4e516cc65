import type { RequestHandler } from 'express';
import { check, noParameters, Problem } from './problems.ts';
import { noFields } from './unknown-fields.ts';

/** Stands last on a route: answers 405 for a method that the route has not, and OPTIONS; both name those it has. */
export const otherMethods: RequestHandler = (request, response) => {
  const { _all, ...methods } = request.route.methods as Record<string, boolean>;
  const allowed = Object.keys(methods).map((method) => method.toUpperCase());
  if (methods.get) allowed.push('HEAD');
  response.setHeader('allow', [...allowed, 'OPTIONS'].join(', '));
  if (request.method !== 'OPTIONS') throw new Problem('method_not_allowed');
  response.status(204).end();
};

/** Stands first where there is nothing to ask for: a filter would be ignored, so it is refused. */
export const noQuery: RequestHandler = (request, _response, next) => {
  check(noParameters, request.query, 'invalid_query');
  next();
};

/** Stands first where the address says all: what a body would add would be ignored, so it is refused. */
export const noBody: RequestHandler = (request, _response, next) => {
  if (request.body !== undefined) check(noFields, request.body);
  next();
};
