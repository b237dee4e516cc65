import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import {
  describeInBrowser,
  openBrowser,
  signInOnPage,
  type WatchedPage,
  watchedPage,
} from '../harness/browser.ts';
import type { Product, ProductOptions } from '../harness/product.ts';
import { suiteProduct } from '../harness/suite-product.ts';

/** A folder that gets the pictures; none is taken where it is not named. */
const PICTURES = process.env.LEAD_FLOW_SCREENSHOTS;

/** The product of a suite, and the ways to its dashboard; `url` where it is not reached at the product's own. */
export type Dashboard = {
  product: Product;
  page(context?: BrowserContextOptions, url?: string): Promise<WatchedPage>;
  signedInPage(context?: BrowserContextOptions, url?: string): Promise<WatchedPage>;
};

/** `describe` for what is seen of the dashboard in Chromium; the suite has a product and a browser of its own. */
export function describeDashboard(
  name: string,
  options: ProductOptions,
  suite: (dashboard: Dashboard) => void,
): void {
  const needed = { needs: ['dist/dashboard/index.html'], made: 'npm run build:dashboard' };
  describeInBrowser(name, needed, () => {
    const product = suiteProduct(options);
    let browser: Browser;
    let close: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      ({ browser, close } = await openBrowser());
    });
    afterAll(() => close?.());

    const page: Dashboard['page'] = (context, url = product.url) => watchedPage(browser, url, context);
    suite({
      product,
      page,
      async signedInPage(context, url) {
        const watched = await page(context, url);
        await watched.page.goto('/');
        await signInOnPage(watched.page, product.login);
        return watched;
      },
    });
  });
}

/** Takes a picture where they are wanted; `afterMs`: once what is coming in has come. */
export async function picture(
  page: Page,
  name: string,
  { afterMs = 0, fullPage = false }: { afterMs?: number; fullPage?: boolean } = {},
): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.waitForTimeout(afterMs);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
}
