import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AxeResults, source as axe } from 'axe-core';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Frame,
  type Page,
  type Request,
} from 'playwright-core';
import { forgetOpen, noteOpen } from './open-resources.ts';
import { until } from './product.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where Chromium is; `LEAD_FLOW_CHROMIUM` names another place. */
export const CHROMIUM = process.env.LEAD_FLOW_CHROMIUM ?? '/usr/bin/chromium';

/** What every Chromium here is started with: nothing of it asks the internet for anything. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * `describe` where Chromium and what it is to show, files below the root, are there; elsewhere the suite is skipped
 * and says why, unless LEAD_FLOW_BROWSER_TESTS=required makes that a failure.
 */
export function describeInBrowser(
  name: string,
  { needs, made }: { needs: readonly string[]; made: string },
  suite: () => void,
): void {
  const missing = [
    ...(existsSync(CHROMIUM) ? [] : [`no Chromium at ${CHROMIUM} (LEAD_FLOW_CHROMIUM)`]),
    ...needs.filter((file) => !existsSync(join(ROOT, file))).map((file) => `no ${file} (${made})`),
  ];
  if (missing.length === 0) return void describe(name, suite);
  const why = missing.join('; ');
  if (process.env.LEAD_FLOW_BROWSER_TESTS === 'required') {
    test(name, () => {
      throw new Error(why);
    });
  } else describe.skip(`${name}: ${why}`, suite);
}

/** Nothing on a page takes longer, milliseconds. */
const PATIENCE_MS = 30_000;

/** A browser without a window, with nothing kept from before. */
export async function openBrowser(): Promise<{ browser: Browser; close(): Promise<void> }> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless=new', ...CHROMIUM_ARGS],
  });
  const close = async () => {
    forgetOpen(open);
    await browser.close();
  };
  const open = { leak: async () => 'a browser', close };
  noteOpen(open);
  return { browser, close };
}

/** A page of the product, and what it did that it must not. */
export type WatchedPage = {
  page: Page;
  /** Breaches of the content security policy, errors, and requests to anybody else. */
  faults: string[];
  /** Waits until it asks for nothing any more and nothing on it moves. */
  settled(): Promise<void>;
};

/** Opens a page at `url` in a context of its own and watches what it does. */
export async function watchedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // An answer of 401 before the sign-in is no fault, and Chromium reports each.
    if (message.type() === 'error' && !/status of 401/.test(message.text())) faults.push(message.text());
  });
  const { host } = new URL(url);
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (/^(https?|wss?):$/.test(asked.protocol) && asked.host !== host) faults.push(`asked ${request.url()}`);
  });
  const open = new Set<Request>();
  page.on('request', (request) => open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  const settled = async () => {
    do {
      await until(() => open.size === 0);
      // What came is shown, and whatever that asks for in its turn is asked.
      await page.evaluate(AT_REST);
    } while (open.size > 0);
  };
  return { page, faults, settled };
}

/** Two frames from now, once every animation that has an end is at it. */
const AT_REST = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => Promise.allSettled(document.getAnimations()
    .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    .map(({ finished }) => finished)))
  .then(() => undefined)`;

/** What axe finds that keeps somebody from using a page or a frame, serious or critical, a line each. */
export async function seriousViolations(shown: Page | Frame): Promise<string[]> {
  if (!(await shown.evaluate(`'axe' in globalThis`))) await shown.evaluate(axe);
  const { violations } = (await shown.evaluate(
    `axe.run(document, { resultTypes: ['violations'] })`,
  )) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary}`),
    );
}

/** Signs in on the sign-in page, which is open, as people do. */
export async function signInOnPage(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Senha', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.waitForURL(({ pathname }) => pathname !== '/' && pathname !== '/entrar');
  await page.getByRole('heading', { level: 1 }).waitFor();
}
