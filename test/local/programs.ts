import { execFile, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '../../src/local/ports.ts';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** How a program ended and what it said. */
export type Ended = { code: number | null; stdout: string; stderr: string };

// What a developer's shell may have set must not decide a test.
const OURS =
  /^(LEAD_FLOW_|DATABASE_|TEMPORAL_|CHATWOOT_|WHATSAPP_|TENANT_|ADMIN_|SANDBOX_|NODE_OPTIONS$|npm_)/;

/** Our environment without anything that Lead Flow reads, and `more`. */
export function cleanEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return { ...Object.fromEntries(rest), ...more };
}

/** `npm start`'s variables for a start of its own: its folder, and ports that nobody uses. */
export async function ownStart(dataDir: string): Promise<Record<string, string>> {
  const ports = await freePorts(7);
  const names = ['', '_WORKER', '_POSTGRES', '_TEMPORAL', '_TEMPORAL_UI'];
  const sandbox = ['_SANDBOX_CHATWOOT', '_SANDBOX_WHATSAPP'];
  return {
    LEAD_FLOW_DATA_DIR: dataDir,
    LEAD_FLOW_TEMPORAL_CLI: process.env.LEAD_FLOW_TEMPORAL_CLI ?? '',
    ...Object.fromEntries(
      [...names, ...sandbox].map((name, i) => [`LEAD_FLOW${name}_PORT`, String(ports[i])]),
    ),
  };
}

/** Runs a program to its end. */
export function runToEnd(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      ended.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      ended.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

/** Runs what `npm start` runs once the packages are there. */
export function runMain(env: NodeJS.ProcessEnv): Promise<Ended> {
  return runToEnd(process.execPath, [join(ROOT, 'src/local/main.ts')], cleanEnv(env));
}

/** The command lines of living processes that name `text`. */
export async function processesNaming(text: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'stat=,args='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').filter((line) => line.includes(text) && !line.startsWith('Z'));
}

/** Waits for half a minute at most until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; !condition(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
  }
}

/** Writes an executable shell script. */
export function writeScript(path: string, lines: string): void {
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
}
