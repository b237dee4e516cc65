import { setTimeout as sleep } from 'node:timers/promises';
import { cnpj } from 'cpf-cnpj-validator';
import type { Product } from './product.ts';
import { BenchFailure } from './report.ts';

/** Clients that post leads, or start bare workflows, at the same time. */
export const CLIENTS = 24;

let referred = 0;

/** The body of a referral of somebody who was not referred before in this run. */
export function nextReferral(consultants: readonly string[]): string {
  const number = referred++;
  const root = `${10_000_000 + number}0001`;
  const first = cnpj.verifierDigit(root);
  return JSON.stringify({
    nome: `Cliente ${number}`,
    telefone: `119${70_000_000 + number}`,
    cnpj: `${root}${first}${cnpj.verifierDigit(`${root}${first}`)}`,
    consultor: consultants[number % consultants.length],
    status_indicacao: 'qualificado',
  });
}

/** Posts a new referral and gives the lead's id. Throws where it is not acknowledged. */
export async function postLead(product: Product): Promise<string> {
  const { statusCode, body } = await product.api.request({
    path: '/v1/leads',
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${product.apiKey}` },
    body: nextReferral(product.consultants),
    signal: product.signal,
  });
  const answer = await body.text();
  if (statusCode !== 202) throw new BenchFailure(`POST /v1/leads was answered ${statusCode}`, [answer]);
  return (JSON.parse(answer) as { lead_id: string }).lead_id;
}

/** Does `work` `count` times, by `CLIENTS` at the same time, each going on when its last is done. */
export async function byClients(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(CLIENTS, count) }, client));
}

/** Posts `count` leads, never more than `ahead` before those that are asleep (which `asleep` tells). */
export async function postKeepingPace(
  product: Product,
  count: number,
  ahead: number,
  asleep: () => Promise<number>,
): Promise<void> {
  for (let posted = 0; posted < count; ) {
    const room = Math.min((await asleep()) + ahead, count) - posted;
    await byClients(room, () => postLead(product));
    posted += room;
    await sleep(500, undefined, { signal: product.signal });
  }
}
