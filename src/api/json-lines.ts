import type { Request, Response } from 'express';

/** The media type of JSON lines. */
export const LINES = 'application/x-ndjson';

/** How often it is told how far the work is, in milliseconds: proxies cut what is silent for half a minute. */
const TELL_MS = 400;

/** Whether JSON lines are asked for; whoever takes anything gets plain JSON. */
export function wantsLines(request: Request): boolean {
  return request.accepts(['application/json', LINES]) === LINES;
}

/** Whether JSON lines have begun to be answered: what fails now has to be a line too. */
export function isTellingLines(response: Response): boolean {
  return response.headersSent && `${response.getHeader('content-type')}`.startsWith(LINES);
}

/**
 * Answers JSON lines while `work` goes on: at once and then again and again what `progress` gives, and at last what
 * the work gives. The work goes on to its end where whoever asked has gone.
 */
export async function tellLines<Result>(
  response: Response,
  progress: () => object,
  work: () => Promise<Result>,
): Promise<void> {
  response.status(200).type(`${LINES}; charset=utf-8`);
  response.setHeader('cache-control', 'no-store');
  // nginx would keep the lines until it has a whole buffer of them.
  response.setHeader('x-accel-buffering', 'no');
  const tell = () => response.write(lineOf(progress()));
  tell();
  const telling = setInterval(tell, TELL_MS);
  try {
    const result = await work();
    tell();
    response.end(lineOf(result));
  } finally {
    clearInterval(telling);
  }
}

const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;
