import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 1_000;
const SHELL = /^(-?|.*\/)(ba|da|z|a|k)?sh$/;

/**
 * Calls `gone` once the npm that runs us is no more: it can die without a word to us (SIGKILL, SIGHUP), and must
 * not leave behind what it was asked to start. Without npm nobody is watched, as a start may then be meant to
 * outlive the shell it was typed into.
 */
export function watchStarter(env, gone) {
  const parent = process.ppid;
  const shell = env.npm_lifecycle_event ? describe(parent) : undefined;
  // npm starts us through a shell, unless that gives its place to us.
  const npm = shell && SHELL.test(shell.name) ? shell.parent : undefined;
  const timer =
    env.npm_lifecycle_event &&
    setInterval(() => {
      if (process.ppid === parent && (npm === undefined || describe(parent)?.parent === npm)) return;
      clearInterval(timer);
      gone();
    }, LOOK_EVERY_MS);
  timer?.unref?.();
  return { stop: () => clearInterval(timer) };
}

/** Name and parent of a process; undefined where there is none. */
function describe(pid) {
  try {
    if (process.platform === 'linux') {
      // The name, in brackets, may hold spaces and brackets; the state follows it, then the parent.
      const [, name, parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return { name, parent: Number(parent) };
    }
    const said = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, name] = /^\s*(\d+)\s+(.*?)\s*$/.exec(said);
    return { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
