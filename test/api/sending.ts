import { type Answer, newLead, type Product } from '../harness/product.ts';

/** A body that `POST /v1/leads` takes, `over` replacing some of its fields. */
export const wholeLead = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...newLead(),
  consultor: 'Zé Ninguém',
  ...over,
});

/** Sends bytes as they are to `POST /v1/leads`. */
export async function postBytes(
  { url, apiKey }: Product,
  bytes: Buffer | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/v1/leads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(bytes)),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
