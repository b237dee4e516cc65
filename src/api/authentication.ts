import type { RequestHandler, Response } from 'express';
import type { Database } from '../db/database.ts';
import { cached, findApiKey } from '../db/tenants.ts';
import { Problem } from './problems.ts';

/** Lets in who brings an API key (`Authorization: Bearer` or `X-Api-Key`) and notes whose it is. */
export function requireApiKey(database: Database): RequestHandler {
  const find = cached((key) => findApiKey(database, key));
  return async (request, response, next) => {
    const key = request.get('authorization')?.match(/^Bearer\s+(\S+)$/i)?.[1] ?? request.get('x-api-key');
    if (!key) throw new Problem('no_api_key');
    const owner = await find(key);
    if (!owner) throw new Problem('api_key_refused');
    response.locals.tenantId = owner.tenantId;
    next();
  };
}

/** The tenant of an authenticated request. */
export function tenantOf(response: Response): string {
  return response.locals.tenantId as string;
}
