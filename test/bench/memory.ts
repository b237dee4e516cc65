import { setTimeout as sleep } from 'node:timers/promises';
import { allAsleep, allQuiet, databaseNow, standing } from './asleep.ts';
import { postKeepingPace } from './leads.ts';
import type { Product } from './product.ts';
import { figure, table, total } from './report.ts';
import { memoryMiB } from './usage.ts';

/** Leads that may be under way at the same time while they are loaded: enough to keep the machine busy. */
const AHEAD = 300;
const SAY_EVERY_MS = 10_000;
const REST_MS = 3_000;

/** The memory each process holds with nobody asleep and with `count` leads asleep, loaded at the machine's pace. */
export async function measureMemory(product: Product, count: number): Promise<string[]> {
  const { progress, signal, watched } = product;
  await sleep(REST_MS, undefined, { signal });
  const empty = memoryMiB(watched);
  const begun = Date.now();
  await progress.step(`${count} leads, until asleep`, () => load(product, count));
  const seconds = (Date.now() - begun) / 1000;
  await sleep(REST_MS, undefined, { signal });
  const full = memoryMiB(watched);

  const row = (name: string, before: number | undefined, after: number | undefined) => {
    const each = before === undefined || after === undefined ? undefined : ((after - before) * 1024) / count;
    return [name, figure(before, 0), figure(after, 0), figure(each)];
  };
  return [
    `${count} leads in ${figure(seconds, 0)} s (${figure(count / seconds)}/s, at most ${AHEAD} under way), then ${REST_MS / 1000} s of rest.`,
    'Resident memory; for PostgreSQL and its connections together, pages that they share counted once.',
    '',
    ...table([
      ['MiB', 'at 0', `at ${count}`, 'KiB a lead'],
      ...watched.map(({ name }) => row(name, empty.get(name), full.get(name))),
      row('all of these', total(empty), total(full)),
    ]),
  ];
}

async function load(product: Product, count: number): Promise<void> {
  const since = await databaseNow(product);
  let saidAt = Date.now();
  await postKeepingPace(product, count, AHEAD, async () => {
    const { asleep } = await standing(product, since);
    if (Date.now() - saidAt > SAY_EVERY_MS) {
      product.progress.line(`  ${asleep} of ${count} leads asleep`);
      saidAt = Date.now();
    }
    return asleep;
  });
  await allAsleep(product, since, count);
  await allQuiet(product);
}
