import type { Frame, Page } from 'playwright-core';
import { seriousViolations } from '../harness/browser.ts';
import { describeExtension, openPanel } from '../harness/extension.ts';
import { allowSite, connect, fill } from './steps.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let at: Workplace;
let options: Page;
let page: Page;
let panel: Frame;

describeExtension('panel and options for everybody', () => {
  beforeAll(async () => {
    at = await openWorkplace();
    options = await at.browser.options();
    page = await at.browser.context.newPage();
    await page.goto(at.screen.url);
  });

  afterAll(() => at?.close());

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    beforeAll(async () => {
      await options.emulateMedia({ colorScheme });
      await page.emulateMedia({ colorScheme });
    });

    test('the options', async () => {
      await options.bringToFront();
      await connect(options, at.product.url, at.product.apiKey);
      await allowSite(options, at.screen.url);
      await options.getByRole('button', { name: 'Testar leitura' }).click();
      await options.getByText('(achado na tela)').first().waitFor();
      expect(await seriousViolations(options)).toEqual([]);
      await options.getByLabel('Chave').fill('wrong');
      await options.getByRole('button', { name: 'Salvar e testar' }).click();
      await options.getByText('A chave foi recusada').waitFor();
      expect(await seriousViolations(options)).toEqual([]);
    });

    test('the form, its errors, the fields and a referral that was sent', async () => {
      await page.bringToFront();
      await page.reload();
      panel = await openPanel(page);
      await panel.getByLabel('Telefone').waitFor();
      expect(await seriousViolations(panel)).toEqual([]);
      await panel.getByLabel('Nome').fill('');
      await panel.getByRole('button', { name: 'Enviar' }).click();
      await panel.getByText('Informe o nome.').waitFor();
      expect(await seriousViolations(panel)).toEqual([]);
      await panel.getByRole('button', { name: 'Escolher os campos da tela' }).click();
      await panel.getByRole('button', { name: 'Escolher Nome na tela' }).waitFor();
      expect(await seriousViolations(panel)).toEqual([]);
      await panel.getByRole('button', { name: 'Voltar' }).click();
      await fill(panel, {
        nome: `Lead ${colorScheme}`,
        telefone: '(11) 97777-5555',
        consultor: 'Ana Martins',
      });
      await panel.getByLabel('Nome').press('Enter');
      await panel.getByRole('listitem').filter({ hasText: 'lido: feito' }).waitFor();
      expect(await seriousViolations(panel)).toEqual([]);
    });
  });
});
