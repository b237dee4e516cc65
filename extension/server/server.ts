import { z } from 'zod';
import { me } from '../../src/contract/connection.ts';
import { type LeadLine, leadLine, leadList } from '../../src/contract/lead.ts';
import { consultantList, problem } from '../../src/contract/listings.ts';
import { referralStatus } from '../../src/domain/referral-status.ts';
import type { HoldReason, Outgoing } from '../outbox/outgoing.ts';
import { type Answer, type Verdict, verdictOf } from '../outbox/verdict.ts';

/** Where the product is, and the key that proves the consultant's browser. */
export type Connection = { url: string; key: string };

/** What the form chooses from, kept so that it works without the server. */
export type Directory = z.infer<typeof settingsPart> & { consultants: string[] };

const settingsPart = z.object({
  referralStatuses: z.array(referralStatus).min(1),
  defaultReferralStatus: z.string(),
});

/** An answer that was not what was asked for, by the reason the queue would wait for. */
export class ServerAway extends Error {
  readonly reason: HoldReason;
  constructor(reason: HoldReason) {
    super(reason);
    this.reason = reason;
  }
}

const TIMEOUT_MS = 15_000;

/** One try to refer a lead. Never rejects. */
export async function postReferral(connection: Connection, { key, body }: Outgoing): Promise<Verdict> {
  const answer = await ask(connection, '/v1/leads', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  return verdictOf(answer);
}

/** The tenant whose key this is. Rejects with ServerAway. */
export async function readTenant(connection: Connection): Promise<string> {
  return (await read(connection, '/v1/me', me)).tenant.name;
}

/** Statuses and consultants. Rejects with ServerAway. */
export async function readDirectory(connection: Connection): Promise<Directory> {
  const [settings, { consultants }] = await Promise.all([
    read(connection, '/v1/settings', settingsPart),
    read(connection, '/v1/consultants', consultantList),
  ]);
  return { ...settings, consultants: consultants.map(({ nome }) => nome) };
}

/** A lead as it stands. Rejects with ServerAway. */
export async function readLead(connection: Connection, id: string): Promise<LeadLine> {
  return read(connection, `/v1/leads/${encodeURIComponent(id)}`, leadLine);
}

/** The open lead of whoever has a phone (E.164) now, or null. Rejects with ServerAway. */
export async function findOpenLead(connection: Connection, phone: string): Promise<LeadLine | null> {
  const query = new URLSearchParams({ owner_phone: phone, open: 'true', limit: '1' });
  return (await read(connection, `/v1/leads?${query}`, leadList)).leads[0] ?? null;
}

async function read<Schema extends z.ZodType>(
  connection: Connection,
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const answer = await ask(connection, path, {});
  const said = answer?.status === 200 ? schema.safeParse(answer.body) : undefined;
  if (said?.success) return said.data;
  throw new ServerAway(awayReason(answer));
}

function awayReason(answer: Answer): HoldReason {
  if (answer === null) return 'offline';
  if (answer.status === 401 || answer.status === 403) return 'key_refused';
  if (answer.status === 429) return 'busy';
  if (answer.status >= 500) return 'server_failing';
  return problem.safeParse(answer.body).success && answer.status !== 404 ? 'not_ready' : 'wrong_server';
}

/** Asks the server; null where no answer came. */
async function ask({ url, key }: Connection, path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${key}` },
      // The key is for this address alone, and what a browser keeps for it is no part of the answer.
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: parsed(text) };
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
