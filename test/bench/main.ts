// `npm run bench`: the whole product, each part a process of its own, measured on this machine.
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../src/local/start-error.ts';
import { measureAcknowledgement } from './acknowledgement.ts';
import { type Flags, HELP, type Part, readFlags } from './flags.ts';
import { onGround, openRun, type Run } from './ground.ts';
import { measureHistory } from './history.ts';
import { describeMachine, N8N } from './machine.ts';
import { measureMemory } from './memory.ts';
import { type Product, startProduct } from './product.ts';
import { BenchFailure, print } from './report.ts';
import { measureStream } from './stream.ts';
import { measureThroughput } from './throughput.ts';
import { measureWave, wakeOfWave } from './wave.ts';
import { measureBacklog, measureWebhooks } from './webhooks.ts';

// One Ctrl-C can reach us twice: from the terminal and through npm.
const SAME_PRESS_MS = 1_000;
const INTERRUPTED = new BenchFailure('interrupted');

/** Each part with its title; the wave and the memory have products of their own, in which nobody was before. */
const MEASURES: Record<
  Part,
  { title: string; measure: (product: Product, flags: Flags) => Promise<string[]> }
> = {
  throughput: { title: 'From POST to asleep', measure: measureThroughput },
  history: { title: "Events in a lead's history", measure: measureHistory },
  ack: { title: 'Acknowledgement of POST /v1/leads', measure: measureAcknowledgement },
  webhooks: { title: 'Webhooks', measure: measureWebhooks },
  backlog: { title: 'Webhooks while a backlog is worked off', measure: measureBacklog },
  stream: { title: 'Live pages', measure: measureStream },
  wave: { title: 'The wave at 09:00', measure: measureWave },
  memory: {
    title: 'Memory with leads asleep',
    measure: (product, flags) => measureMemory(product, flags.asleep),
  },
};

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  let flags: Flags | 'help';
  try {
    flags = readFlags(args);
  } catch (error) {
    console.error(`${(error as Error).message}\nnpm run bench -- --help tells the flags.`);
    return 1;
  }
  if (flags === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const run = openRun();
  endOnSignal(run);
  try {
    await measureAll(run, flags);
    return 0;
  } catch (error) {
    // Where a process ended, the requests to it fail a moment before its end is told.
    if (!run.callOff.signal.aborted) await sleep(500);
    report(run.callOff.signal.aborted ? run.callOff.signal.reason : error);
    return run.callOff.signal.reason === INTERRUPTED ? 130 : 1;
  }
}

async function measureAll(run: Run, flags: Flags): Promise<void> {
  print('Lead Flow benchmark', [
    `At the start: ${describeMachine()}`,
    'API, worker, Temporal (SQLite file), PostgreSQL (fsync on) and sandbox run as a process each. The sandbox answers',
    'at once; its status webhooks come 300, 900 and 2,500 ms later, while leads are being carried, as in life.',
  ]);
  const alone: readonly Part[] = ['wave', 'memory'];
  const together = flags.parts.filter((part) => !alone.includes(part));
  for (const parts of [together, ...alone.map((one) => flags.parts.filter((part) => part === one))]) {
    if (parts.length === 0) continue;
    await onGround(run, async (ground) => {
      const product = await startProduct(ground, parts.includes('wave') ? wakeOfWave(flags) : undefined);
      for (const part of parts) {
        const { title, measure } = MEASURES[part];
        print(title, await measure(product, flags));
      }
    });
  }
  print('Beside it', [...N8N, '', `At the end: ${describeMachine()}`]);
}

/** The first signal calls the run off; a second one leaves at once, and the keeper ends what runs. */
function endOnSignal({ callOff }: Run): void {
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt !== undefined && Date.now() - firstAt > SAME_PRESS_MS) process.exit(130);
      firstAt ??= Date.now();
      callOff.abort(INTERRUPTED);
    });
  }
}

function report(error: unknown): void {
  if (error === INTERRUPTED) {
    console.error('Interrupted; nothing is left running.');
  } else if (error instanceof BenchFailure || error instanceof StartError) {
    console.error([`FAILED: ${error.message}`, ...error.details].join('\n'));
  } else {
    console.error('FAILED:', error);
  }
}
