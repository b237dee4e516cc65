import type { Frame, Page } from 'playwright-core';
import {
  describeExtension,
  type ExtensionBrowser,
  openExtensionBrowser,
  openPanel,
} from '../harness/extension.ts';
import { type FailingWay, openWay } from '../harness/network.ts';
import { type Product, startProduct, until } from '../harness/product.ts';
import { allowSite, connect } from './steps.ts';
import { CALLER, type CallScreen, NEXT_CALLER, startCallScreen } from './call-screen.ts';

let product: Product;
let way: FailingWay;
let screen: CallScreen;
let browser: ExtensionBrowser;
let page: Page;
let panel: Frame;

/** How often the database has a referral of this name. */
const referrals = async (name: string) => {
  const [row] = await product.query<{ count: number }>(
    'select count(*)::int as count from referral where name = $1',
    [name],
  );
  return row?.count;
};
const serverAddress = () => `http://127.0.0.1:${way.port}`;

describeExtension('a referral from the call screen', () => {
  beforeAll(async () => {
    [product, screen] = await Promise.all([startProduct(), startCallScreen()]);
    way = await openWay(Number(new URL(product.url).port));
    await product.call('POST', '/v1/consultants', { nome: 'Ana Martins' });
    browser = await openExtensionBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await way?.close();
    await screen?.close();
    await product?.stop();
  });

  test('the options try server and key, and say whose key it is or what is wrong with it', async () => {
    const options = await browser.options();
    const tryOut = async (address: string, key: string) => {
      await options.getByLabel('Endereço do servidor').fill(address);
      await options.getByLabel('Chave').fill(key);
      await options.getByRole('button', { name: 'Salvar e testar' }).click();
    };

    await tryOut('http://leads.exemplo.com.br', 'x');
    await options.getByText('Use um endereço https://').waitFor();
    await tryOut(serverAddress(), 'not-a-key');
    await options.getByText('A chave foi recusada').waitFor();
    await tryOut(screen.url, product.apiKey);
    await options.getByText('não é o Lead Flow').waitFor();
    await tryOut('http://127.0.0.1:9', product.apiKey);
    await options.getByText('O servidor não responde').waitFor();
    await connect(options, serverAddress(), product.apiKey);
    await options.getByText('Conectado a Empresa Exemplo.').waitFor();
    expect(await options.getByLabel('Chave').inputValue()).toBe('');

    await allowSite(options, `${screen.url}/qualquer?pagina=1`);
  });

  test('the form is filled from the page, by guesses until its fields were picked', async () => {
    page = await browser.context.newPage();
    await page.goto(screen.url);
    panel = await openPanel(page);
    await panel.getByLabel('Telefone').waitFor();
    await until(async () => (await panel.getByLabel('Telefone').inputValue()) === CALLER.telefone);
    expect(await panel.getByLabel('CNPJ').inputValue()).toBe(CALLER.cnpj);
    expect(await panel.getByLabel('Nome').inputValue()).toBe(CALLER.nome);

    await panel.getByRole('button', { name: 'Escolher os campos da tela' }).click();
    await panel.getByRole('button', { name: 'Escolher Nome na tela' }).click();
    await page.locator('lead-flow-picker').waitFor({ state: 'attached' });
    await page.locator('#cliente-nome').click({ force: true });
    await panel.getByText(CALLER.nome, { exact: true }).waitFor();
    // The page must not act on a click that was meant for the picker.
    expect(await page.locator('#cliques').textContent()).toBe('0');
    await panel.getByRole('button', { name: 'Voltar' }).click();
    await panel.getByText('lido da tela').waitFor();
    expect(await panel.getByLabel('Nome').inputValue()).toBe(CALLER.nome);
  });

  test('what the API would refuse is said at its field before anything is sent', async () => {
    await panel.getByLabel('Telefone').fill('(11) 1234');
    await panel.getByRole('button', { name: /Enviar/ }).click();
    await panel.getByText('Este telefone não existe.').waitFor();
    await panel.getByText('Informe o consultor').waitFor();
    expect(await panel.evaluate('document.activeElement.id')).toBe('telefone');
    await panel.getByLabel('Telefone').fill(CALLER.telefone);
    await panel.getByLabel('Consultor').selectOption('Ana Martins');
  });

  test('Enter sends it once, and the panel follows the lead to its reading and its reply', async () => {
    await panel.getByLabel('CNPJ').press('Enter');
    await panel.getByRole('heading', { name: 'Indicação enviada' }).waitFor();
    const step = (name: string) => panel.getByRole('listitem').filter({ hasText: `${name}: feito` });
    for (const name of ['contato', 'conversa', 'template enviado', 'entregue', 'lido'])
      await step(name).waitFor();
    expect(await referrals(CALLER.nome)).toBe(1);
    const { leads } = (await product.call('GET', '/v1/leads')).body;
    expect(leads[0]).toMatchObject({ name: CALLER.nome, phone: '+5511987654321', consultant: 'Ana Martins' });
    const metrics = await (await fetch(`${product.url}/metrics`)).text();
    expect(metrics).toMatch(/^lead_flow_stream_pages 1$/m);

    await product.sandbox.whatsapp.reply({ from: '5511987654321', text: 'Tenho interesse' });
    await step('respondeu').waitFor();
  });

  test('the next call fills the form by itself, with the consultant as before', async () => {
    await page.bringToFront();
    await page.locator('#proxima').click();
    await until(async () => (await panel.getByLabel('Nome').inputValue()) === NEXT_CALLER.nome);
    expect(await panel.getByLabel('Telefone').inputValue()).toBe('(71) 98123-4567');
    expect(await panel.getByLabel('Consultor').inputValue()).toBe('Ana Martins');
  });

  test('an open lead of the same phone is said before anything is sent', async () => {
    await panel.getByLabel('Telefone').fill(CALLER.telefone);
    await panel.getByText('Este telefone já tem um lead aberto, de Ana Martins').waitFor();
    await panel.getByLabel('Telefone').fill('(11) 97777-6666');
    await panel.getByText('já tem um lead aberto').waitFor({ state: 'detached' });
  });

  test('what was typed of one person does not mix with the next one on the page', async () => {
    await page.reload();
    panel = await openPanel(page);
    await until(async () => (await panel.getByLabel('Nome').inputValue()) === CALLER.nome);
    await panel.getByLabel('Nome').fill('Mariana A. Prado');
    await page.locator('#proxima').click();
    await panel.getByText('A tela mostra outra pessoa agora.').waitFor();
    expect(await panel.getByLabel('Telefone').inputValue()).toBe(CALLER.telefone);
    await panel.getByRole('button', { name: 'Usar os dados da tela' }).click();
    expect(await panel.getByLabel('Nome').inputValue()).toBe(NEXT_CALLER.nome);
  });

  test('Esc closes the panel, and the page cannot open it by a click of its own making', async () => {
    await panel.getByLabel('Nome').focus();
    await page.keyboard.press('Escape');
    await until(() => !page.frames().includes(panel));
    await page.evaluate(`document.querySelector('lead-flow-panel').click()`);
    expect(await page.evaluate(`document.querySelector('lead-flow-panel').shadowRoot`)).toBeNull();
    expect(page.frames()).toHaveLength(1);
  });

  test('a script on a call screen cannot read the key', async () => {
    const session = await browser.context.newCDPSession(page);
    const worlds: { id: number; origin: string }[] = [];
    session.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context));
    await session.send('Runtime.enable');
    const world = await until(() => worlds.find(({ origin }) => origin.startsWith('chrome-extension://')));
    const answer = await session.send('Runtime.evaluate', {
      contextId: world.id,
      expression: `chrome.storage.local.get().then(JSON.stringify, (error) => 'refused: ' + error.message)`,
      awaitPromise: true,
    });
    expect(answer.result.value).toMatch(/^refused: /);
    const asked = await session.send('Runtime.evaluate', {
      contextId: world.id,
      expression: `chrome.runtime.sendMessage({ type: 'refer', key: 'x', body: {} }).then(JSON.stringify)`,
      awaitPromise: true,
    });
    expect(asked.result.value).toContain('not for a call screen to ask');
    await session.detach();
  });

  test('a site that is removed has no panel any more', async () => {
    const options = await browser.options();
    await options.getByRole('button', { name: /^Remover/ }).click();
    await page.locator('lead-flow-panel').waitFor({ state: 'detached' });
    await page.reload();
    await page.waitForLoadState();
    expect(await page.locator('lead-flow-panel').count()).toBe(0);
  });

  test('beside a site that is not allowed the side panel offers to, and then reads it', async () => {
    const side = await browser.context.newPage();
    await side.goto(browser.address('panel.html'));
    await page.bringToFront();
    await side.getByRole('button', { name: 'Permitir este site' }).click();
    await until(async () => (await side.getByLabel('Telefone').inputValue()) === CALLER.telefone);
    await page.locator('lead-flow-panel').waitFor({ state: 'attached' });
  });
});
