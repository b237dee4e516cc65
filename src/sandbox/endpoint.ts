import { setTimeout as sleep } from 'node:timers/promises';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { CallLog, type Describe, type OpenCall } from './calls.ts';
import { type Fault, Faults } from './faults.ts';

/** A call as the stand-ins see it; `body` is the parsed JSON, undefined where there was none. */
export type Call = {
  method: string;
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Request['headers'];
  body: unknown;
};

/** What is answered; a text goes out as it is, anything else as JSON. `wamid` of a message taken is for the record. */
export type Answer = { status: number; body: unknown; headers?: Record<string, string>; wamid?: string };

/** Thrown anywhere below an endpoint, it becomes the answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, body: unknown) {
    super(`refused with ${status}`);
    this.answer = { status, body };
  }
}

/** What one stand-in's endpoints share: the record of calls, the armed faults, the errors its service would give. */
export class Desk {
  readonly calls: CallLog;
  readonly faults = new Faults();
  readonly errorBody: (status: number) => unknown;

  constructor(errorBody: (status: number) => unknown, describe: Describe = () => ({})) {
    this.errorBody = errorBody;
    this.calls = new CallLog(describe);
  }

  /** An Express handler that records the call, applies a fault, and answers what `handle` returns. */
  endpoint(handle: (call: Call) => Answer): RequestHandler {
    return async (request, response) => {
      const { method, originalUrl: path } = request;
      const bodyText = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
      const record = this.calls.open(method, path, bodyText);
      const fault = this.faults.take(method, path);
      if (fault !== null) record.fault = `${fault.kind} ${fault.when}`;

      if (fault?.when === 'before' && (await this.#broke(fault, record, response))) return;
      const answer = this.#run(handle, request, bodyText);
      record.effect = answer.status < 400;
      if (answer.wamid !== undefined) record.wamid = answer.wamid;
      if (fault?.when === 'after' && (await this.#broke(fault, record, response))) return;
      record.status = answer.status;
      respond(response, answer);
    };
  }

  #run(handle: (call: Call) => Answer, request: Request, bodyText: string): Answer {
    try {
      const question = request.originalUrl.indexOf('?');
      return handle({
        method: request.method,
        path: request.originalUrl,
        params: request.params as Record<string, string>,
        query: new URLSearchParams(question < 0 ? '' : request.originalUrl.slice(question)),
        headers: request.headers,
        body: parsed(bodyText),
      });
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  /** Whether the fault has ended the call. */
  async #broke(fault: Fault, record: OpenCall, response: Response): Promise<boolean> {
    if (fault.kind === 'latency') {
      await sleep(fault.ms);
      return false;
    }
    if (fault.kind === 'cut') {
      response.socket?.destroy();
      return true;
    }
    record.status = fault.status;
    const body = fault.body === undefined ? this.errorBody(fault.status) : fault.body;
    respond(response, { status: fault.status, body, headers: fault.headers });
    return true;
  }
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, { error: 'The body is not JSON' });
  }
}

function respond(response: Response, answer: Answer): void {
  response.status(answer.status);
  if (answer.headers !== undefined) response.set(answer.headers);
  if (typeof answer.body === 'string') response.send(answer.body);
  else response.json(answer.body);
}

/** An Express app that leaves bodies as bytes for the endpoints to parse, up to 5 MB. */
export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  app.use(express.raw({ type: () => true, limit: '5mb' }));
  return app;
}

/** The last handler: an error of the sandbox's own, told in its answer. */
export function failed(
  error: Error & { status?: number },
  _: Request,
  response: Response,
  next: NextFunction,
): void {
  if (response.headersSent) next(error);
  else response.status(error.status ?? 500).json({ error: `sandbox: ${error.message}` });
}
