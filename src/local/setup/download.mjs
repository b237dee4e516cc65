import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const ANSWER_WITHIN_MS = 5_000;
const WHOLE_WITHIN_MS = 15 * 60_000;

/**
 * Asks for `url` and gives the answer's body to be saved. Rejects within five seconds where the host cannot be
 * reached, so that another way can be tried at once.
 */
export async function download(url, signal) {
  const gaveUp = new AbortController();
  const patience = setTimeout(() => gaveUp.abort(new Error('no answer in time')), ANSWER_WITHIN_MS);
  const signals = [gaveUp.signal, AbortSignal.timeout(WHOLE_WITHIN_MS), ...(signal ? [signal] : [])];
  try {
    const response = await fetch(url, { redirect: 'follow', signal: AbortSignal.any(signals) });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    return {
      save: (file) => pipeline(Readable.fromWeb(response.body), createWriteStream(file)),
    };
  } finally {
    clearTimeout(patience);
  }
}
