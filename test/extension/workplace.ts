import { type ExtensionBrowser, openExtensionBrowser } from '../harness/extension.ts';
import { type FailingWay, openWay } from '../harness/network.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { type CallScreen, startCallScreen } from './call-screen.ts';

/** All that somebody refers with: a call screen, a browser with the extension, and a way to the product. */
export type Workplace = {
  product: Product;
  /** The way from the browser to the product, which can be made to fail. */
  way: FailingWay;
  /** The product's address at the near end of that way. */
  server: string;
  screen: CallScreen;
  browser: ExtensionBrowser;
  /** How many referrals of this name the database has. */
  referrals(name: string): Promise<number>;
  close(): Promise<void>;
};

/** Opens it, with one consultant, Ana Martins; `close` it in `afterAll`. The extension is not connected yet. */
export async function openWorkplace(): Promise<Workplace> {
  const [product, screen] = await Promise.all([startProduct(), startCallScreen()]);
  const way = await openWay(Number(new URL(product.url).port));
  await product.call('POST', '/v1/consultants', { nome: 'Ana Martins' });
  const browser = await openExtensionBrowser();
  return {
    product,
    way,
    server: `http://127.0.0.1:${way.port}`,
    screen,
    browser,
    async referrals(name) {
      const rows = await product.query('select from referral where name = $1', [name]);
      return rows.length;
    },
    async close() {
      await browser.close();
      await way.close();
      await screen.close();
      await product.stop();
    },
  };
}
