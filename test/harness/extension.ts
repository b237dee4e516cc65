import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS, describeInBrowser } from './browser.ts';
import { forgetOpen, noteOpen } from './open-resources.ts';
import { until } from './product.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The variant that has this machine's addresses from the start, as Chrome's own question cannot be answered here. */
export const TEST_VARIANT = join(ROOT, 'dist/extension/chrome-mv3-test');
/** What is shipped. */
export const SHIPPED = join(ROOT, 'dist/extension/chrome-mv3');

/** `describe` where Chromium and both builds of the extension are there; see `describeInBrowser`. */
export function describeExtension(name: string, suite: () => void): void {
  const needs = [TEST_VARIANT, SHIPPED].map((dir) => relative(ROOT, join(dir, 'manifest.json')));
  describeInBrowser(name, { needs, made: 'npm run build:extension -- --test' }, suite);
}

/** A browser with the extension. */
export type ExtensionBrowser = {
  context: BrowserContext;
  /** The full address of one of the extension's pages: `options.html`. */
  address(page: string): string;
  /** The options, which the extension opens by itself when it is installed. */
  options(): Promise<Page>;
  /** Ends the browser and starts it again with all that it kept. */
  reopen(): Promise<void>;
  close(): Promise<void>;
};

/** Starts Chromium with the extension and a profile of its own. */
export async function openExtensionBrowser(): Promise<ExtensionBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'lead-flow-chromium-'));
  let context = await launch(profile);
  let id = await extensionId(context);
  const browser: ExtensionBrowser = {
    get context() {
      return context;
    },
    address: (page) => `chrome-extension://${id}/${page}`,
    async options() {
      const address = browser.address('options.html');
      // It may come in the tab that is there already, which no event tells.
      return until(() => context.pages().find((page) => page.url() === address));
    },
    async reopen() {
      await context.close();
      context = await launch(profile);
      id = await extensionId(context);
    },
    async close() {
      forgetOpen(open);
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
  const open = { leak: async () => 'a browser with the extension', close: browser.close };
  noteOpen(open);
  return browser;
}

/** The panel that lies over a page, once it is open. */
export function panelOver(page: Page): Promise<Frame> {
  return until(() => page.frames().find((frame) => frame.url().startsWith('chrome-extension://')));
}

/** Clicks the tab at the page's edge. It lies in a closed shadow root, so it is found by where it is. */
export async function openPanel(page: Page): Promise<Frame> {
  await page.locator('lead-flow-panel').waitFor({ state: 'attached' });
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.mouse.click(width - 20, height * 0.38 + 20);
  return panelOver(page);
}

function launch(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: false,
    viewport: { width: 1280, height: 800 },
    args: [
      '--headless=new',
      ...CHROMIUM_ARGS,
      `--disable-extensions-except=${TEST_VARIANT}`,
      `--load-extension=${TEST_VARIANT}`,
    ],
  });
}

async function extensionId(context: BrowserContext): Promise<string> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  return new URL(worker.url()).host;
}
