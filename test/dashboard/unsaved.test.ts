import type { BrowserContext, Page } from 'playwright-core';
import { seriousViolations } from '../harness/browser.ts';
import { until } from '../harness/product.ts';
import { describeDashboard, picture } from './dashboard-suite.ts';

jest.setTimeout(120_000);

let page: Page;

const question = () => page.getByRole('dialog', { name: 'Sair sem salvar?' });
const stay = () => page.getByRole('button', { name: 'Continuar editando' }).click();
const leave = () => page.getByRole('button', { name: 'Sair sem salvar' }).click();
const menu = (name: string) => page.getByRole('complementary').getByRole('link', { name }).click();
const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click();
const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const days = () => page.getByLabel('Dias depois da indicação');

describeDashboard('what is typed and not saved', {}, ({ product, page: openPage, signedInPage }) => {
  let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;
  beforeAll(async () => {
    await product.call('POST', '/v1/templates/sync');
    const { page: first } = await signedInPage();
    signedIn = await first.context().storageState();
    await first.context().close();
  });
  beforeEach(async () => {
    const viewport = { width: 1280, height: 800 };
    ({ page } = await openPage({ viewport, storageState: signedIn }));
  });
  afterEach(() => page.context().close());

  const FORMS: [path: string, change: () => Promise<unknown>][] = [
    ['chatwoot', () => page.getByLabel('Segredo do webhook').fill('x')],
    [
      'fluxo',
      async () => {
        await page
          .getByRole('combobox', { name: /^Botão/ })
          .first()
          .click();
        await page.getByRole('option', { name: 'Comprou: o lead converte' }).click();
      },
    ],
    ['retrabalho', () => page.getByLabel('Só em dias úteis').click()],
    ['status', () => page.getByRole('button', { name: 'Adicionar status' }).click()],
    ['mensagens', () => page.getByLabel('Vendeu').fill('vendido')],
    [
      'descadastro',
      async () => {
        await page.getByRole('main').locator('input:visible').last().fill('chega');
        await page.keyboard.press('Enter');
      },
    ],
    ['precos', () => page.getByLabel('Marketing').fill('0,5')],
  ];
  test.each(FORMS)('/configuracoes/%s is not left without a word', async (path, change) => {
    await page.goto(`/configuracoes/${path}`);
    await page.getByRole('button', { name: 'Salvar' }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await menu('Consultores');
    await heading('Consultores');
    await page.goBack();
    await change();
    await menu('Consultores');
    await question().waitFor();
    await leave();
    await heading('Consultores');
    await question().waitFor({ state: 'hidden' });
  });

  test('whoever stays finds it as it was; whoever goes on loses it', async () => {
    await page.goto('/configuracoes/retrabalho');
    await days().fill('9');
    await tab('Preços');
    await question().waitFor();
    await picture(page, 'sair-sem-salvar-claro', { afterMs: 400 });
    expect(await seriousViolations(page)).toEqual([]);
    await stay();
    expect([await days().inputValue(), new URL(page.url()).pathname]).toEqual([
      '9',
      '/configuracoes/retrabalho',
    ]);
    await tab('Preços');
    await leave();
    await page.getByLabel('Marketing').waitFor();
    await tab('Retrabalho');
    expect(await days().inputValue()).toBe('3');
  });

  test('what is saved, or put back, is left without a question', async () => {
    await page.goto('/configuracoes/mensagens');
    await page.getByLabel('Vendeu').fill('  Comprou ');
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Configuração salva').waitFor();
    await tab('Retrabalho');
    await days().fill('9');
    await days().fill('3');
    await tab('Chatwoot');
    await page.getByLabel('Token de acesso').fill(product.sandbox.chatwoot.token);
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Conexão com o Chatwoot salva').waitFor();
    await menu('Consultores');
    await heading('Consultores');
  });

  test('the tab that is open already is no step on the way back', async () => {
    await page.goto('/consultores');
    await menu('Configurações');
    await tab('Preços');
    for (let n = 0; n < 3; n++) await tab('Preços');
    await page.getByLabel('Marketing').waitFor();
    await page.goBack();
    await page.waitForURL('**/configuracoes/chatwoot');
    await page.goBack();
    await heading('Consultores');
  });

  test('the way back, out, and a reload ask too', async () => {
    await page.goto('/consultores');
    await heading('Consultores');
    await menu('Configurações');
    await page.getByRole('tab', { name: 'Retrabalho' }).click();
    await days().fill('9');
    await page.goBack();
    await question().waitFor();
    await stay();
    expect(await days().inputValue()).toBe('9');

    await page.getByRole('button', { name: 'Minha conta' }).click();
    await page.getByRole('menuitem', { name: 'Sair', exact: true }).click();
    await question().waitFor();
    await stay();
    expect((await page.request.get('/v1/me')).status()).toBe(200);

    const asked = page.waitForEvent('dialog');
    await page.evaluate('setTimeout(() => location.reload())');
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    expect(await days().inputValue()).toBe('9');
  });

  test('what is typed stays where reading the settings again fails', async () => {
    await page.goto('/configuracoes/retrabalho');
    await days().fill('9');
    await page.getByRole('complementary').getByText('Ao vivo').waitFor();
    let reads = 0;
    await page.route('**/v1/settings', async (route) => {
      await route.abort();
      reads++;
    });
    // Somebody else saves, and the page reads again, until it gives up.
    await product.call('PATCH', '/v1/settings', { weeklyMessages: 5 });
    await until(() => reads === 3);
    await page.waitForTimeout(300);
    expect(await days().inputValue()).toBe('9');
  });

  test('a session that is over leads to the sign-in at once', async () => {
    await page.goto('/configuracoes/retrabalho');
    await days().fill('9');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByRole('button', { name: 'Entrar' }).waitFor();
    await page.getByText('Sua sessão terminou. Entre de novo para continuar.').waitFor();
  });

  test('a dialog is not closed without a word either', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/consultores');
    await page.getByRole('button', { name: 'Adicionar' }).click();
    const dialog = page.getByRole('dialog', { name: 'Adicionar consultor' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Adicionar' }).click();
    await dialog.getByLabel('Nome').fill('Eva Prado');
    await page.keyboard.press('Escape');
    await question().waitFor();
    await picture(page, 'sair-sem-salvar-dialogo-escuro', { afterMs: 400 });
    await page.keyboard.press('Escape');
    await question().waitFor({ state: 'hidden' });
    expect(await dialog.getByLabel('Nome').inputValue()).toBe('Eva Prado');
    await dialog.getByRole('button', { name: 'Salvar' }).click();
    await dialog.waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Adicionar' }).click();
    await dialog.getByLabel('Nome').fill('Ivo Prado');
    await dialog.getByRole('button', { name: 'Cancelar' }).click();
    await leave();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Eva Prado').waitFor();
    expect(await page.getByText('Ivo Prado').count()).toBe(0);
  });

  test('whoever signs out and goes on is signed out', async () => {
    await page.goto('/configuracoes/retrabalho');
    await days().fill('9');
    await page.getByRole('button', { name: 'Minha conta' }).click();
    await page.getByRole('menuitem', { name: 'Sair', exact: true }).click();
    await leave();
    await page.getByRole('button', { name: 'Entrar' }).waitFor();
  });
});
