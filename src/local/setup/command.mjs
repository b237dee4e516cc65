import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { constants } from 'node:os';

/** A failure that is told in one line, with its remedy; nothing else is printed for it. */
export class SetupFailure extends Error {}

/**
 * Runs a command without showing its output, which goes to `logFile` where one is given.
 * Resolves with what it printed; rejects with its last line of words where it fails.
 */
export function runQuietly(command, args, { cwd, env, logFile, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = logFile && createWriteStream(logFile);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log?.write(chunk);
        output = (output + chunk).slice(-20_000);
      });
    }
    child.on('error', (error) => {
      log?.end();
      reject(error);
    });
    child.on('close', (code, killedBy) => {
      log?.end();
      if (code === 0) resolve(output);
      else reject(new Error(lastWords(output) ?? `${command} ended with ${killedBy ?? code}`));
    });
  });
}

/**
 * Runs a command as if in its place: it has our terminal, gets the signals that we get, and the exit code it
 * ends with is returned (128 + number where a signal ended it, as shells do).
 *
 * Under npm it is also asked to end when our parent dies: a SIGTERM to npm ends npm's shell but never reaches us.
 */
export function runInOurPlace(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const pass = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    const parent = process.ppid;
    const watch =
      env.npm_lifecycle_event && setInterval(() => process.ppid !== parent && pass('SIGTERM'), 1_000);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + constants.signals[signal]);
    });
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
