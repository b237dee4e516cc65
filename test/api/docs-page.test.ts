import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS } from '../harness/browser.ts';
import { type Product, startProduct } from '../harness/product.ts';

let product: Product;
let browser: Browser;
let page: Page;
/** What the page asked of other hosts, and what its policy stopped. */
let elsewhere: string[];
const violations = () => page.evaluate('violations') as Promise<string[]>;

beforeAll(async () => {
  product = await startProduct({ worker: false });
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: CHROMIUM_ARGS,
  });
});
afterAll(async () => {
  await browser?.close();
  await product.stop();
});
beforeEach(async () => {
  elsewhere = [];
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${product.url}/`) && !url.startsWith('data:')) elsewhere.push(url);
  });
  await page.addInitScript(`
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
    });
  `);
  await page.goto(`${product.url}/docs`);
});
afterEach(() => page.close());

test('it allows nothing from elsewhere and nothing inline', async () => {
  const { headers } = await fetch(`${product.url}/docs`);
  const policy = headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none';script-src 'self';style-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test('it shows every operation, and a lead is referred from it with a key', async () => {
  const operation = page.locator('#operations-Leads-referLead');
  await operation.locator('.opblock-summary-control').click();
  expect(await page.locator('.opblock').count()).toBeGreaterThan(25);

  await page.locator('.btn.authorize').first().click();
  await page.locator('.auth-container input').first().fill(product.apiKey);
  await page.locator('.auth-container .btn.authorize').first().click();
  await page.locator('.btn-done').first().click();
  await operation.locator('.try-out__btn').click();
  await operation.locator('.execute').click();
  const answer = operation.locator('.live-responses-table tbody');
  await answer.getByText('"received"').waitFor();
  expect(await answer.locator('.response-col_status').first().textContent()).toMatch(/^202/);
  expect((await product.call('GET', '/v1/leads')).body.leads).toMatchObject([{ name: 'Maria da Silva' }]);

  await operation.getByText('Schema', { exact: true }).first().click();
  await page.locator('.models button').first().click();
  expect([elsewhere, await violations()]).toEqual([[], []]);
});

test('what its policy would stop is seen by this test', async () => {
  await page.locator('.opblock').first().waitFor();
  await page.evaluate(`document.body.innerHTML += '<p style="color: red">x</p>'`);
  await page.waitForFunction('violations.length > 0');
});

test('only the files of the page are served', async () => {
  for (const name of ['index.html', 'package.json', '..%2fdocumentation.ts', 'page.html']) {
    expect([name, (await fetch(`${product.url}/docs/${name}`)).status]).toEqual([name, 404]);
  }
});
