import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { allAsleep, allQuiet, databaseNow } from './asleep.ts';
import { type Bare, startBare } from './bare.ts';
import { describeSteps, historyAsleep } from './engine-steps.ts';
import { byClients, CLIENTS, postLead } from './leads.ts';
import type { Product } from './product.ts';
import { figure, median, medianByProcess, table, total } from './report.ts';
import { describeStragglers } from './stragglers.ts';
import { type ByProcess, cpuMs, usedFor, type Watched } from './usage.ts';

const WARM_UP = 50;

/** Its own cost is told, as it takes from the same cores; it is no part of a lead's. */
const DRIVER: Watched = { name: '(this benchmark)', pid: process.pid };

type Round = { perSecond: number; cpu: ByProcess; stragglers: string[] };
type Pair = { bare: Round; lead: Round };

/**
 * Leads a second from POST to asleep, and the CPU each process spends on one, beside bare workflows that have the
 * engine's steps of a lead and nothing in them. The rounds take turns, so that a machine that is slower for a
 * while is slower for both.
 */
export async function measureThroughput(
  product: Product,
  { leads, rounds }: { leads: number; rounds: number },
): Promise<string[]> {
  const { progress } = product;
  const sample = await postLeadAndSleep(product);
  const { steps } = await historyAsleep(product.temporal, sample);
  const bare = await progress.step('bare worker', () => startBare(product, steps));
  await progress.step(`warm-up of ${WARM_UP} each`, async () => {
    await bareRound(product, bare, WARM_UP);
    await leadRound(product, WARM_UP);
  });
  const pairs: Pair[] = [];
  const speed = ({ perSecond }: Round) => `${figure(perSecond)}/s`;
  for (let round = 1; round <= rounds; round++) {
    const bareDone = await progress.step(
      `round ${round}: ${leads} bare workflows`,
      () => bareRound(product, bare, leads),
      (done) => `round ${round}: ${leads} bare workflows, ${speed(done)}`,
    );
    const leadDone = await progress.step(
      `round ${round}: ${leads} leads`,
      () => leadRound(product, leads),
      (done) => `round ${round}: ${leads} leads, ${speed(done)}`,
    );
    pairs.push({ bare: bareDone, lead: leadDone });
  }
  return [
    `${leads} a round by ${CLIENTS} clients at once. Asleep: the last step before the timer of days is done. A lead's steps`,
    `until then, as its history has them: ${describeSteps(steps)}. The bare workflow has the same, empty.`,
    '',
    ...speedTable(pairs),
    ...pairs.flatMap(({ lead }, index) => lead.stragglers.map((line) => `  round ${index + 1}: ${line}`)),
    '',
    'CPU-ms a lead by process, user and system, until its last status webhook has been applied too:',
    '',
    ...cpuTable(pairs),
    '',
    mostBy(pairs),
  ];
}

/** Takes one lead through and gives its id. */
export async function postLeadAndSleep(product: Product): Promise<string> {
  const since = await databaseNow(product);
  const leadId = await postLead(product);
  await allAsleep(product, since, 1);
  await allQuiet(product);
  return leadId;
}

async function leadRound(product: Product, count: number): Promise<Round> {
  const since = await databaseNow(product);
  const measured = await round(count, product.watched, {
    async untilAsleep() {
      await byClients(count, () => postLead(product));
      await allAsleep(product, since, count);
    },
    untilQuiet: () => allQuiet(product),
  });
  return { ...measured, stragglers: await describeStragglers(product, since) };
}

function bareRound(product: Product, bare: Bare, count: number): Promise<Round> {
  return round(count, bare.watched, {
    untilAsleep: () => bare.run(count),
    // Their last workflow tasks are still under way when their last activities have ended.
    untilQuiet: () => sleep(500, undefined, { signal: product.signal }),
  });
}

async function round(
  count: number,
  watched: readonly Watched[],
  wait: { untilAsleep: () => Promise<void>; untilQuiet: () => Promise<void> },
): Promise<Round> {
  const all = [...watched, DRIVER];
  const before = cpuMs(all);
  const begun = performance.now();
  await wait.untilAsleep();
  const seconds = (performance.now() - begun) / 1000;
  await wait.untilQuiet();
  return { perSecond: count / seconds, cpu: usedFor(before, cpuMs(all), count), stragglers: [] };
}

function speedTable(pairs: readonly Pair[]): string[] {
  const row = (name: string, bare: number, lead: number, ratio: number) => [
    name,
    figure(bare),
    figure(lead),
    figure(ratio, 2),
  ];
  const rates = pairs.map(({ bare, lead }) => [bare.perSecond, lead.perSecond] as const);
  const lines = table([
    ['round', 'bare/s', 'leads/s', 'ratio'],
    ...rates.map(([bare, lead], index) => row(String(index + 1), bare, lead, lead / bare)),
    row(
      'median',
      median(rates.map(([bare]) => bare)),
      median(rates.map(([, lead]) => lead)),
      median(rates.map(([bare, lead]) => lead / bare)),
    ),
  ]);
  return [...lines.slice(0, -1), `${lines.at(-1)}   (aim: ratio 0.8 or more)`];
}

function cpuTable(pairs: readonly Pair[]): string[] {
  const { lead, bare } = medianCpu(pairs);
  const ofProcess = (name: string) => [
    name,
    figure(lead.get(name)),
    bare.has(name) ? figure(bare.get(name)) : '-',
  ];
  return table([
    ['process', 'lead', 'bare'],
    ...[...ours(lead).keys()].map(ofProcess),
    ['all of these', figure(total(ours(lead))), figure(total(ours(bare)))],
    ofProcess(DRIVER.name),
  ]);
}

/** What the cores could carry if nobody else used them; unlike the speeds, hardly moved by what else they did. */
function mostBy(pairs: readonly Pair[]): string {
  const { lead, bare } = medianCpu(pairs);
  const cores = availableParallelism();
  // With the benchmark's own CPU: somebody has to ask.
  const most = (cpu: ByProcess) => {
    const sum = total(cpu);
    return sum === undefined ? undefined : (cores * 1000) / sum;
  };
  return `By this CPU alone, ${cores} cores carry at most ${figure(most(lead))} leads/s or ${figure(most(bare))} bare workflows/s.`;
}

function medianCpu(pairs: readonly Pair[]): { lead: ByProcess; bare: ByProcess } {
  return {
    lead: medianByProcess(pairs.map((pair) => pair.lead.cpu)),
    bare: medianByProcess(pairs.map((pair) => pair.bare.cpu)),
  };
}

/** Without the benchmark's own. */
const ours = (cpu: ByProcess) => new Map([...cpu].filter(([name]) => name !== DRIVER.name));
