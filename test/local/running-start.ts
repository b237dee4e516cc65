import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cleanEnv, ROOT } from './programs.ts';

/** A start that is running, with what it has printed. */
export class RunningStart {
  readonly process: ChildProcess;
  printed = '';

  /** `env`: its variables, as `ownStart` gives them. */
  constructor(env: NodeJS.ProcessEnv) {
    this.process = spawn(process.execPath, [join(ROOT, 'src/local/main.ts')], {
      cwd: ROOT,
      env: cleanEnv(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    }
  }

  /** Waits until it has printed this. */
  async prints(pattern: RegExp): Promise<void> {
    for (const deadline = Date.now() + 60_000; !pattern.test(this.printed); await sleep(50)) {
      if (this.process.exitCode !== null || Date.now() > deadline)
        throw new Error(`not printed:\n${this.printed}`);
    }
  }

  /** Sends it a signal; gives its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.process, 'exit');
    this.process.kill(signal);
    return (await exited)[0] as number | null;
  }

  /** Its children by command line. */
  async children(): Promise<{ pid: number; command: string }[]> {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
    const lines = stdout.split('\n').map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(.*)$/));
    return lines
      .filter((match) => Number(match?.[2]) === this.process.pid)
      .map((match) => ({ pid: Number(match?.[1]), command: match?.[3] ?? '' }));
  }
}

/** The login that a start printed. */
export function loginIn(printed: string): { email: string; password: string } {
  const [, email = '', password = ''] = /^ {2}e-mail +(\S+)\n {2}password +(.+)$/m.exec(printed) ?? [];
  return { email, password };
}
