import { Agent, type Dispatcher } from 'undici';

/** What a provider answered. `headers` have lower-case names; `body` is the raw text. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One call to a provider. `url` is absolute; `json`, where given, is the body; `timeoutMs` is for the whole call. */
export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  json?: unknown;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * The call brought no answer. `sent` is false only where nothing of the request can have left this process
 * (name not found, connection refused or not made in time): only then is repeating it certain to be harmless.
 * `reason` is a short code (`ECONNREFUSED`, `timeout`, `aborted`, …) without anything personal in it.
 */
export class HttpFailure extends Error {
  readonly sent: boolean;
  readonly reason: string;

  constructor(sent: boolean, reason: string) {
    super(`no answer (${reason}), request ${sent ? 'sent' : 'not sent'}`);
    this.name = 'HttpFailure';
    this.sent = sent;
    this.reason = reason;
  }
}

/** Time-out of a call whose connection names none, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;

const MAX_ANSWER_BYTES = 8_000_000;

// One agent for all providers: keep-alive connections are reused. undici never re-sends a POST by itself.
const agent = new Agent({
  connections: 64,
  pipelining: 1,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
  connect: { timeout: DEFAULT_TIMEOUT_MS },
});

/** Closes the kept-alive connections; for the end of a process or a test. Calls made later fail. */
export async function closeHttp(): Promise<void> {
  await agent.close();
}

class AnswerReader implements Dispatcher.DispatchHandler {
  #resolve: (answer: HttpAnswer) => void;
  #reject: (failure: HttpFailure) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #deadline: NodeJS.Timeout;
  #signal: AbortSignal | undefined;
  #onAbort = () => this.stop('aborted');
  #settled = false;
  #sent = false;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(call: HttpCall, resolve: (answer: HttpAnswer) => void, reject: (failure: HttpFailure) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = setTimeout(() => this.stop('timeout'), call.timeoutMs);
    this.#signal = call.signal;
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  // undici calls this on an open connection, just before the first byte of the request is written.
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) {
      controller.abort(new Error('given up'));
      return;
    }
    this.#controller = controller;
    this.#sent = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpAnswer['headers']): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_ANSWER_BYTES) this.stop('answer_too_large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#settle()) return;
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body: body.toString('utf8') });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error & { code?: unknown }): void {
    this.fail(typeof error.code === 'string' ? error.code : error.name);
  }

  fail(reason: string): void {
    if (this.#settle()) this.#reject(new HttpFailure(this.#sent, reason));
  }

  /** Gives the call up; a request still waiting for its connection is then never written. */
  stop(reason: string): void {
    if (this.#settled) return;
    this.fail(reason);
    this.#controller?.abort(new Error(reason));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

/**
 * Makes one HTTP call, once, and resolves with whatever status came back.
 *
 * @throws HttpFailure where no complete answer came
 */
export function callOnce(call: HttpCall): Promise<HttpAnswer> {
  if (call.signal?.aborted) return Promise.reject(new HttpFailure(false, 'aborted'));
  let url: URL;
  try {
    url = new URL(call.url);
  } catch {
    return Promise.reject(new HttpFailure(false, 'invalid_url'));
  }
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers };
  let body: string | null = null;
  if (call.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(call.json);
  }
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(call, resolve, reject);
    const options: Dispatcher.DispatchOptions = {
      origin: url.origin,
      path: url.pathname + url.search,
      method: call.method,
      headers,
      body,
      headersTimeout: 0, // the deadline above covers the whole call
      bodyTimeout: 0,
    };
    try {
      agent.dispatch(options, reader);
    } catch (error) {
      reader.fail((error as { code?: string }).code ?? 'invalid_request');
    }
  });
}

/** One call of a provider's, at a path below the address of its installation. */
export type ProviderCall = Pick<HttpCall, 'method' | 'headers' | 'json' | 'signal'> & {
  baseUrl: string;
  path: string;
  /** For the call as a whole, milliseconds; 10,000 where not given. */
  timeoutMs?: number | undefined;
};

/**
 * The same for a provider, whose own error is thrown for every answer that is not 2xx, and where none came.
 *
 * @param errors how the provider names an answer, and a call that got none
 */
export async function callProvider(
  { baseUrl, path, timeoutMs, ...call }: ProviderCall,
  errors: { ofAnswer: (answer: HttpAnswer) => Error; ofFailure: (failure: unknown) => Error },
): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    const url = `${baseUrl.replace(/\/+$/, '')}${path}`;
    answer = await callOnce({ ...call, url, timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS });
  } catch (failure) {
    throw errors.ofFailure(failure);
  }
  if (answer.status < 200 || answer.status >= 300) throw errors.ofAnswer(answer);
  return answer;
}

/** Why no answer came, in a code. */
export function reasonOf(failure: unknown): string {
  return failure instanceof HttpFailure ? failure.reason : 'unexpected';
}

/**
 * `Retry-After` in milliseconds; both forms, seconds and HTTP date.
 *
 * @returns null where the header is missing or unreadable; never negative
 */
export function retryAfterMs(headers: HttpAnswer['headers'], now: number = Date.now()): number | null {
  const header = headers['retry-after'];
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/**
 * A provider's own words, made fit to be shown and kept: at most 500 characters, phone numbers and e-mail
 * addresses masked.
 */
export function providerWords(words: string): string {
  return words
    .replace(/[^\s@"'<>]+@[^\s@"'<>]+\.[^\s@"'<>]+/g, '[e-mail]')
    .replace(/\+?\d[\d\s().-]{6,}\d/g, (run) => (run.replace(/\D/g, '').length >= 8 ? '[number]' : run))
    .slice(0, 500);
}

/** JSON text to a value; undefined where it is none (an HTML page from a proxy, a cut answer). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
