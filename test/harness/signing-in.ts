import type { Answer, Product } from './product.ts';

/** Somebody signed in, in a browser on a page of the product. */
export type Session = {
  /** What the browser sends as `Cookie`. */
  cookie: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

/** Asks as a browser would whose page is one of `product`'s own, without any API key. */
export function asPage(product: Product, cookie = ''): Session['call'] {
  const { origin } = new URL(product.url);
  return (method, path, body, headers = {}) =>
    product.call(method, path, body, { authorization: '', origin, ...(cookie && { cookie }), ...headers });
}

/** The cookies that an answer sets, as the browser sends them back. */
export function cookiesOf({ headers }: Answer): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

/** Signs in with e-mail and password, by default as the first user. One address may do so a hundred times a minute. */
export async function signIn(
  product: Product,
  login: { email: string; password: string } = product.login,
): Promise<Session> {
  const answer = await asPage(product)('POST', '/api/auth/sign-in/email', login);
  if (answer.status !== 200) throw new Error(`not signed in: ${JSON.stringify(answer.body)}`);
  const cookie = cookiesOf(answer);
  return { cookie, call: asPage(product, cookie) };
}
