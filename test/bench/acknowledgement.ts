import { join } from 'node:path';
import { Pool } from 'undici';
import { answersOk, ourProcess } from '../../src/local/our-process.ts';
import { freePorts } from '../../src/local/ports.ts';
import { startProcess } from '../../src/local/processes.ts';
import { allAsleep, allQuiet, databaseNow } from './asleep.ts';
import { byClients, nextReferral, postLead } from './leads.ts';
import { acknowledgedLoop, LOAD_COLUMNS, type Load, loadCells, ratioCells } from './open-loop.ts';
import type { Product } from './product.ts';
import { BenchFailure, table } from './report.ts';

const RATES = [20, 100];
const SECONDS = 15;
const WARM_UP = 200;

/**
 * How soon `POST /v1/leads` is acknowledged while the leads it brought are being carried on these same cores,
 * beside a handler that does one insert and has nothing else to do.
 */
export async function measureAcknowledgement(product: Product): Promise<string[]> {
  const { progress } = product;
  const postBare = await progress.step('bare handler', () =>
    startBareHandler(product, () => nextReferral(product.consultants)),
  );
  await progress.step('warm-up', async () => {
    await byClients(WARM_UP, postBare);
    await leadsOf(product, () => byClients(WARM_UP, () => postLead(product)).then(() => WARM_UP));
  });
  const rows = [['requests/s', '', ...LOAD_COLUMNS]];
  for (const rate of RATES) {
    const bare = await progress.step(`${rate}/s to the bare handler`, () =>
      acknowledgedLoop({ rate, seconds: SECONDS, signal: product.signal }, postBare),
    );
    const ours = await progress.step(`${rate}/s to POST /v1/leads, until asleep`, () =>
      loadOfLeads(product, rate),
    );
    rows.push(
      [`${rate}`, 'bare', ...loadCells(bare)],
      ['', 'leads', ...loadCells(ours)],
      ['', 'ratio', ...ratioCells(ours, bare)],
    );
  }
  return [
    `${SECONDS} s at each rate, sent on schedule whatever the answers do, each timed from the instant it was due.`,
    'The bare handler (Express, one insert) runs while the machine is idle; POST /v1/leads while its leads are',
    'carried to sleep by the other processes.',
    '',
    ...table(rows),
  ];
}

async function loadOfLeads(product: Product, rate: number): Promise<Load> {
  let result: Load | undefined;
  await leadsOf(product, async () => {
    const schedule = { rate, seconds: SECONDS, signal: product.signal };
    result = await acknowledgedLoop(schedule, () => postLead(product));
    return result.latencies.length;
  });
  if (!result) throw new Error('nothing was sent');
  return result;
}

/** Runs `post`, which tells how many leads it posted, and waits until they are asleep and all is quiet. */
async function leadsOf(product: Product, post: () => Promise<number>): Promise<void> {
  const since = await databaseNow(product);
  await allAsleep(product, since, await post());
  await allQuiet(product);
}

/** Starts the bare handler as a process; gives what posts such a body to it. */
export async function startBareHandler(
  product: Product,
  nextBody: () => string,
): Promise<() => Promise<unknown>> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  await product.start((options) =>
    startProcess(
      ourProcess('bare handler', 'test/bench/bare-handler.ts', {
        env: {
          ...process.env,
          DATABASE_URL: product.services.databaseUrl,
          LEAD_FLOW_SECRET_KEY: product.services.secretKey,
          LEAD_FLOW_HOST: '127.0.0.1',
          LEAD_FLOW_PORT: String(port),
        },
        logFile: join(product.folder, 'bare-handler.log'),
        ready: () => answersOk(url),
      }),
      options,
    ),
  );
  const pool = new Pool(url, { connections: 256 });
  product.atEnd(() => pool.destroy());
  return async () => {
    const { statusCode, body } = await pool.request({
      path: '/',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: nextBody(),
      signal: product.signal,
    });
    const answer = await body.text();
    if (statusCode !== 202) throw new BenchFailure(`the bare handler answered ${statusCode}`, [answer]);
  };
}
