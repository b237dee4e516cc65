import type { Logger as EngineLogger } from '@temporalio/common';
import type { Logger } from 'pino';

/** Temporal's own words in the worker's log; what it tells of its every move is for debugging alone. */
export function engineLog(log: Logger): EngineLogger {
  const engine = log.child({ part: 'temporal' });
  const words: EngineLogger = {
    log: (level, message, meta) => words[LEVELS[level] ?? 'info'](message, meta),
    trace: (message, meta) => engine.trace(meta, message),
    debug: (message, meta) => engine.trace(meta, message),
    info: (message, meta) => engine.debug(meta, message),
    warn: (message, meta) =>
      engine[KNOWN.some((known) => message.startsWith(known)) ? 'debug' : 'warn'](meta, message),
    error: (message, meta) => engine.error(meta, message),
  };
  return words;
}

/** Warnings of what is meant: a failure the activity has told with its cause, a worker that only sends. */
const KNOWN = ['Activity failed', 'No workflows registered'];

const LEVELS: Record<string, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};
