import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { constants } from 'node:os';
import { watchStarter } from './starter.mjs';

/** A failure that is told in one line, with its remedy; nothing else is printed for it. */
export class SetupFailure extends Error {}

/** Ctrl-C, or its like, while the set-up works. */
export class Interrupted extends Error {}

/**
 * Runs a command without showing its output, which goes to `logFile` where one is given.
 * Resolves with what it printed; rejects with its last line of words where it fails.
 *
 * It has a process group of its own: where `signal` is aborted, it and all that it started are ended, and only
 * once they are gone this rejects with Interrupted. What was half made is then nobody's any more.
 */
export function runQuietly(command, args, { cwd, env, logFile, signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Interrupted());
    const child = spawn(command, args, {
      cwd,
      env,
      detached: signal !== undefined,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = logFile && createWriteStream(logFile);
    // A log that cannot be written must not hide what the command says.
    log?.on('error', () => {});
    let output = '';
    let ending;
    const finish = (settle) => {
      signal?.removeEventListener('abort', onAbort);
      log?.end();
      settle();
    };
    const onAbort = () => {
      ending = endGroup(child.pid).then(() => finish(() => reject(new Interrupted())));
    };
    signal?.addEventListener('abort', onAbort);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log?.write(chunk);
        output = (output + chunk).slice(-20_000);
      });
    }
    child.on('error', (error) => ending ?? finish(() => reject(error)));
    child.on('close', (code, killedBy) => {
      if (ending) return;
      finish(() => {
        if (code === 0) resolve(output);
        else reject(new Error(lastWords(output) ?? `${command} ended with ${killedBy ?? code}`));
      });
    });
  });
}

const GRACE_MS = 5_000;
const PATIENCE_MS = 8_000;

/** Ends a process group as Ctrl-C does, and after a grace without asking; resolves once nobody of it is left. */
async function endGroup(pid) {
  const began = Date.now();
  let signal = 'SIGINT';
  // A dead one that nobody takes note of stays in its group for ever.
  while (pid && sendTo(-pid, signal) && Date.now() - began < PATIENCE_MS) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    signal = Date.now() - began > GRACE_MS ? 'SIGKILL' : 0;
  }
}

/** Whether there was anybody to take the signal. */
function sendTo(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Runs a command as if in its place: it has our terminal, gets the signals that we get, and the exit code it
 * ends with is returned (128 + number where a signal ended it, as shells do).
 *
 * Under npm it is also asked to end when npm dies: a SIGTERM to npm ends npm's shell but never reaches us, and a
 * SIGKILL leaves even the shell.
 */
export function runInOurPlace(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const pass = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    const watch = watchStarter(env, () => pass('SIGTERM'));
    const over = (settle) => {
      watch.stop();
      for (const name of signals) process.off(name, pass);
      settle();
    };
    child.on('error', (error) => over(() => reject(error)));
    child.on('exit', (code, signal) => over(() => resolve(code ?? 128 + constants.signals[signal])));
  });
}

function lastWords(output) {
  const lines = output
    .split('\n')
    .map((text) => text.replace(/^npm (error|ERR!)/, '').trim())
    .filter((text) => /\w/.test(text) && !/complete log of this run/.test(text));
  // npm gives its error's code first, then the reason, then its manual.
  const code = lines.findIndex((text) => /^code E/.test(text));
  return code === -1
    ? lines.at(-1)
    : lines
        .slice(code, code + 2)
        .join(': ')
        .replace('code ', '');
}
