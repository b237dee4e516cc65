import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import {
  describeExtension,
  type ExtensionBrowser,
  openExtensionBrowser,
  openPanel,
} from '../harness/extension.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { type CallScreen, startCallScreen } from './call-screen.ts';
import { allowSite, connect, fill } from './steps.ts';

const AXE = readFileSync(createRequire(import.meta.filename).resolve('axe-core/axe.min.js'), 'utf8');

let product: Product;
let screen: CallScreen;
let browser: ExtensionBrowser;
let options: Page;
let page: Page;
let panel: Frame;

/** What axe finds that keeps somebody from using it, by rule and place. */
const barriers = async (shown: Page | Frame) => {
  await shown.evaluate(AXE);
  const { violations } = (await shown.evaluate('axe.run()')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
};

describeExtension('panel and options for everybody', () => {
  beforeAll(async () => {
    [product, screen] = await Promise.all([startProduct(), startCallScreen()]);
    await product.call('POST', '/v1/consultants', { nome: 'Ana Martins' });
    browser = await openExtensionBrowser();
    options = await browser.options();
    page = await browser.context.newPage();
    await page.goto(screen.url);
  });

  afterAll(async () => {
    await browser?.close();
    await screen?.close();
    await product?.stop();
  });

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    beforeAll(async () => {
      await options.emulateMedia({ colorScheme });
      await page.emulateMedia({ colorScheme });
    });

    test('the options', async () => {
      await options.bringToFront();
      await connect(options, product.url, product.apiKey);
      await allowSite(options, screen.url);
      await options.getByRole('button', { name: 'Testar leitura' }).click();
      await options.getByText('(achado na tela)').first().waitFor();
      expect(await barriers(options)).toEqual([]);
      await options.getByLabel('Chave').fill('wrong');
      await options.getByRole('button', { name: 'Salvar e testar' }).click();
      await options.getByText('A chave foi recusada').waitFor();
      expect(await barriers(options)).toEqual([]);
    });

    test('the form, its errors, the fields and a referral that was sent', async () => {
      await page.bringToFront();
      await page.reload();
      panel = await openPanel(page);
      await panel.getByLabel('Telefone').waitFor();
      expect(await barriers(panel)).toEqual([]);
      await panel.getByLabel('Nome').fill('');
      await panel.getByRole('button', { name: 'Enviar' }).click();
      await panel.getByText('Informe o nome.').waitFor();
      expect(await barriers(panel)).toEqual([]);
      await panel.getByRole('button', { name: 'Escolher os campos da tela' }).click();
      await panel.getByRole('button', { name: 'Escolher Nome na tela' }).waitFor();
      expect(await barriers(panel)).toEqual([]);
      await panel.getByRole('button', { name: 'Voltar' }).click();
      await fill(panel, {
        nome: `Lead ${colorScheme}`,
        telefone: '(11) 97777-5555',
        consultor: 'Ana Martins',
      });
      await panel.getByLabel('Nome').press('Enter');
      await panel.getByRole('listitem').filter({ hasText: 'lido: feito' }).waitFor();
      expect(await barriers(panel)).toEqual([]);
    });
  });
});
