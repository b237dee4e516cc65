import { parseArgs } from 'node:util';

/** The parts of the benchmark, in the order they run. */
export const PARTS = [
  'throughput',
  'history',
  'ack',
  'webhooks',
  'backlog',
  'stream',
  'wave',
  'memory',
] as const;
export type Part = (typeof PARTS)[number];

/** What a run was asked for. */
export type Flags = {
  /** Leads, and bare workflows, of one round. */
  leads: number;
  /** Pairs of rounds, one bare and one of leads each. */
  rounds: number;
  /** Leads asleep when memory is looked at. */
  asleep: number;
  /** Webhooks a second beside the bare handler, and for how long. */
  webhookRate: number;
  webhookSeconds: number;
  /** Stored events that are worked off while webhooks come in. */
  backlog: number;
  /** Pages that are open at the live stream, and for how long. */
  pages: number;
  streamSeconds: number;
  /** Leads that wake at once, and the messages a second of their number. */
  wave: number;
  waveRate: number;
  parts: readonly Part[];
};

export const HELP = `npm run bench -- [flags]

Measures Lead Flow on this machine, each process on its own, with a database and an engine of its own that are
removed at the end: leads a second beside bare workflows, CPU a lead, how soon a POST is acknowledged, events in
a lead's history, how soon webhooks are acknowledged and applied, how soon a change is at open pages, how leads that
wake at once are paced, and memory with many leads asleep. Prints a report; exits with 1 where a part failed or a lead
did not fall asleep. How fast it was never fails it.

  --leads N        leads of one round (400)
  --rounds N       pairs of rounds, bare workflows and leads in turn (3)
  --asleep N       leads asleep when memory is looked at (10000; that takes minutes)
  --webhook-rate N, --webhook-seconds N
                   webhooks a second, and for how long (500, 60)
  --backlog N      stored events that are worked off while webhooks come in (100000)
  --pages N, --stream-seconds N
                   open pages, and for how long they are looked at (200, 30)
  --wave N, --wave-rate N
                   leads that wake at once, messages a second of their number (2000, 10)
  --skip-memory    leave that part out
  --only PART      one part alone: ${PARTS.join(', ')}
  --help           this page
`;

/** Reads the command line; 'help' where that was asked for. Throws with a line that says what is wrong. */
export function readFlags(args: readonly string[]): Flags | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      leads: { type: 'string', default: '400' },
      rounds: { type: 'string', default: '3' },
      asleep: { type: 'string', default: '10000' },
      'webhook-rate': { type: 'string', default: '500' },
      'webhook-seconds': { type: 'string', default: '60' },
      backlog: { type: 'string', default: '100000' },
      pages: { type: 'string', default: '200' },
      'stream-seconds': { type: 'string', default: '30' },
      wave: { type: 'string', default: '2000' },
      'wave-rate': { type: 'string', default: '10' },
      'skip-memory': { type: 'boolean', default: false },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    leads: whole('--leads', values.leads),
    rounds: whole('--rounds', values.rounds),
    asleep: whole('--asleep', values.asleep),
    webhookRate: whole('--webhook-rate', values['webhook-rate']),
    webhookSeconds: whole('--webhook-seconds', values['webhook-seconds']),
    backlog: whole('--backlog', values.backlog),
    pages: whole('--pages', values.pages),
    streamSeconds: whole('--stream-seconds', values['stream-seconds']),
    wave: whole('--wave', values.wave),
    waveRate: whole('--wave-rate', values['wave-rate']),
    parts: partsOf(values.only, values['skip-memory']),
  };
}

function partsOf(only: string | undefined, skipMemory: boolean): readonly Part[] {
  if (only === undefined) return PARTS.filter((part) => part !== 'memory' || !skipMemory);
  const part = PARTS.find((name) => name === only);
  if (!part) throw new Error(`--only takes one of ${PARTS.join(', ')}, not "${only}"`);
  if (part === 'memory' && skipMemory) throw new Error('--only memory and --skip-memory leave nothing to do');
  return [part];
}

function whole(flag: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Error(`${flag} must be a whole number from 1 to 9999999, not "${text}"`);
}
