import type { ProblemAnswer } from '../../src/contract/listings.ts';
import { ApiProblem, unexpected, unreachable } from './problem.ts';

/** What is asked for in an address; what is empty is left out. */
export type Query = Record<string, string | number | boolean | null | undefined>;

/** An address with its query. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

/** Reads. Throws an `ApiProblem`. */
export function get<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> {
  return ask(address(path, query), { signal });
}

/** Sends JSON, or nothing. Throws an `ApiProblem`. */
export function send<Answer = void>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  if (body === undefined) return ask(path, { method });
  return ask(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Sends text of another kind, such as CSV, or a file of it. Throws an `ApiProblem`. */
export function sendText<Answer>(path: string, type: string, text: string | Blob): Promise<Answer> {
  return ask(path, { method: 'POST', headers: { 'content-type': type }, body: text });
}

async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, { ...init, credentials: 'same-origin' }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw unreachable();
  });
  const answer = await bodyOf(response);
  if (response.ok) return answer as Answer;
  if (isProblem(answer)) throw new ApiProblem(answer);
  throw unexpected(response.status);
}

async function bodyOf(response: Response): Promise<unknown> {
  if (!/[/+]json/.test(response.headers.get('content-type') ?? '')) return null;
  return response.json().catch(() => null);
}

function isProblem(answer: unknown): answer is ProblemAnswer {
  return typeof answer === 'object' && answer !== null && 'title' in answer && 'code' in answer;
}
