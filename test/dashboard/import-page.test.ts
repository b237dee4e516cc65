import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type HeldPerson, heldPerson } from '../api/held-person.ts';
import {
  describeInBrowser,
  openBrowser,
  seriousViolations,
  signInOnPage,
  watchedPage,
} from '../harness/browser.ts';
import { type FailingWay, openWay } from '../harness/network.ts';
import { type Product, startProduct } from '../harness/product.ts';

jest.setTimeout(120_000);

const PICTURES = process.env.LEAD_FLOW_SCREENSHOTS;

let product: Product;
let way: FailingWay;
let browser: Browser;
let closeBrowser: () => Promise<void>;

let held: HeldPerson | undefined;
afterEach(() => held?.letGo());

let used = 0;
const phone = () => `(31) 98762-${String(1_000 + used++)}`;
const fileOf = (...phones: string[]) =>
  ['nome;telefone;consultor;status_indicacao', ...phones.map((one) => `Ana;${one};Zé;qualificado`), ''].join(
    '\n',
  );

async function openImport(options: Parameters<typeof watchedPage>[2] = {}): Promise<Page> {
  const { page } = await watchedPage(browser, `http://127.0.0.1:${way.port}`, options);
  await page.goto('/');
  await signInOnPage(page, product.login);
  await page.goto('/importar');
  return page;
}

const choose = (page: Page, text: string) =>
  page
    .locator('input[type=file]')
    .setInputFiles({ name: 'leads.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

describeInBrowser(
  'an import on its page',
  { needs: ['dist/dashboard/index.html'], made: 'npm run build:dashboard' },
  () => {
    beforeAll(async () => {
      product = await startProduct({ worker: false });
      way = await openWay(Number(new URL(product.url).port));
      ({ browser, close: closeBrowser } = await openBrowser());
    });
    afterAll(async () => {
      await closeBrowser?.();
      await way?.close();
      await product?.stop();
    });

    test.each([
      ['light', 1440],
      ['dark', 390],
    ] as const)('shows how far it is, then what became of it (%s, %i)', async (colorScheme, width) => {
      const page = await openImport({ colorScheme, viewport: { width, height: 900 } });
      held = await heldPerson(product, phone());
      await choose(page, fileOf(phone(), '123', phone(), held.telefone, phone()));
      await page.getByRole('button', { name: 'Importar 4 indicações' }).click();
      await page.getByText('3 de 5 linhas').waitFor();
      const bar = page.getByRole('progressbar', { name: 'Importação' });
      expect(await bar.getAttribute('aria-valuenow')).toBe('60');
      await picture(page, `importando-${colorScheme}`);
      expect(await seriousViolations(page)).toEqual([]);
      await held.letGo();
      await page.getByText('3 leads novos · 1 juntou-se a um lead em aberto · 1 recusada').waitFor();
      expect(await bar.count()).toBe(0);
      await picture(page, `importado-${colorScheme}`);
      await page.context().close();
    });

    test('who loses the connection half-way is told to send the same file again, and nothing repeats', async () => {
      const page = await openImport();
      held = await heldPerson(product, phone());
      await choose(page, fileOf(phone(), held.telefone, phone()));
      await page.getByRole('button', { name: 'Importar 3 indicações' }).click();
      await page.getByText('1 de 3 linhas').waitFor();
      way.cut();
      await page.getByRole('alert').getByText('envie o mesmo arquivo de novo').waitFor();
      await picture(page, 'importacao-interrompida');
      way.heal();
      await held.letGo();
      await page.getByRole('button', { name: 'Enviar de novo' }).click();
      await page.getByText(/já tinham? sido importada/).waitFor();
      const [stored] = await product.query(
        `select count(*)::int as referrals from referral where name = 'Ana' and created_at > now() - interval '1 minute'
         and lead_id in (select id from lead order by created_at desc limit 3)`,
      );
      expect(stored).toEqual({ referrals: 3 });
      await page.context().close();
    });
  },
);
