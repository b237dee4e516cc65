import type { Answer, Product } from '../harness/product.ts';
import { countRows } from '../harness/stored.ts';

/** Expects a problem that leaves every table as long as it was; returns its status and code. */
export async function refusedUnchanged({ query }: Product, send: () => Promise<Answer>) {
  const before = await countRows(query);
  const answer = await send();
  expect(await countRows(query)).toEqual(before);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return [answer.status, answer.body.code];
}
