import type { ProblemAnswer } from '../../src/contract/listings.ts';
import { jsonLines } from './json-lines.ts';
import { ApiProblem, unexpected, unreachable } from './problem.ts';

/** What is asked for in an address; what is empty is left out. */
export type Query = Record<string, string | number | boolean | null | undefined>;

/** An address with its query. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap<[string, string]>(([name, value]) =>
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

/**
 * Sends a file's bytes and hears how the work on it goes: the values of the JSON lines of the answer, as they come.
 * Throws an `ApiProblem`, also for one that is told on the way; that of `interrupted` where the answer does not go on.
 */
export async function* sendForLines<Line>(
  path: string,
  type: string,
  bytes: ArrayBuffer,
  interrupted: () => ApiProblem,
): AsyncGenerator<Line> {
  const { body } = await fetched(path, {
    method: 'POST',
    headers: { 'content-type': type, accept: 'application/x-ndjson' },
    body: bytes,
  });
  try {
    for await (const line of jsonLines(body ?? new ReadableStream())) {
      if (isProblem(line)) throw new ApiProblem(line);
      yield line as Line;
    }
  } catch (error) {
    throw error instanceof ApiProblem ? error : interrupted();
  }
}

async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
  return (await bodyOf(await fetched(path, init))) as Answer;
}

async function fetched(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, credentials: 'same-origin' }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw unreachable();
  });
  if (response.ok) return response;
  const answer = await bodyOf(response);
  throw isProblem(answer) ? new ApiProblem(answer) : unexpected(response.status);
}

async function bodyOf(response: Response): Promise<unknown> {
  if (!/[/+]json/.test(response.headers.get('content-type') ?? '')) return null;
  return response.json().catch(() => null);
}

function isProblem(answer: unknown): answer is ProblemAnswer {
  return typeof answer === 'object' && answer !== null && 'title' in answer && 'code' in answer;
}
