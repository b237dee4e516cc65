import type { Frame, Page } from 'playwright-core';
import { describeExtension, openPanel } from '../harness/extension.ts';
import { until } from '../harness/product.ts';
import { CALLER, NEXT_CALLER } from './call-screen.ts';
import { allowSite, connect } from './steps.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let at: Workplace;
let page: Page;
let panel: Frame;

describeExtension('a referral from the call screen', () => {
  beforeAll(async () => {
    at = await openWorkplace();
  });

  afterAll(() => at?.close());

  test('the options try server and key, and say whose key it is or what is wrong with it', async () => {
    const options = await at.browser.options();
    const tryOut = async (address: string, key: string) => {
      await options.getByLabel('Endereço do servidor').fill(address);
      await options.getByLabel('Chave').fill(key);
      await options.getByRole('button', { name: 'Salvar e testar' }).click();
    };

    await tryOut('http://leads.exemplo.com.br', 'x');
    await options.getByText('Use um endereço https://').waitFor();
    await tryOut(at.server, 'not-a-key');
    await options.getByText('A chave foi recusada').waitFor();
    await tryOut(at.screen.url, at.product.apiKey);
    await options.getByText('não é o Lead Flow').waitFor();
    await tryOut('http://127.0.0.1:9', at.product.apiKey);
    await options.getByText('O servidor não responde').waitFor();
    await connect(options, at.server, at.product.apiKey);
    await options.getByText('Conectado a Empresa Exemplo.').waitFor();
    expect(await options.getByLabel('Chave').inputValue()).toBe('');

    await allowSite(options, `${at.screen.url}/qualquer?pagina=1`);
  });

  test('the form is filled from the page, by guesses until its fields were picked', async () => {
    page = await at.browser.context.newPage();
    await page.goto(at.screen.url);
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
    expect(await at.referrals(CALLER.nome)).toBe(1);
    const { leads } = (await at.product.call('GET', '/v1/leads')).body;
    expect(leads[0]).toMatchObject({ name: CALLER.nome, phone: '+5511987654321', consultant: 'Ana Martins' });
    const metrics = await (await fetch(`${at.product.url}/metrics`)).text();
    expect(metrics).toMatch(/^lead_flow_stream_pages 1$/m);

    await at.product.sandbox.whatsapp.reply({ from: '5511987654321', text: 'Tenho interesse' });
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
    // Not waited for: the key goes up in a frame that is gone, and that may never be answered.
    page.keyboard.press('Escape').catch(() => undefined);
    await until(() => !page.frames().includes(panel));
    await page.evaluate(`document.querySelector('lead-flow-panel').click()`);
    expect(await page.evaluate(`document.querySelector('lead-flow-panel').shadowRoot`)).toBeNull();
    expect(page.frames()).toHaveLength(1);
  });

  test('a script on a call screen cannot read the key', async () => {
    const session = await at.browser.context.newCDPSession(page);
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
    const options = await at.browser.options();
    await options.getByRole('button', { name: /^Remover/ }).click();
    await page.locator('lead-flow-panel').waitFor({ state: 'detached' });
    await page.reload();
    await page.waitForLoadState();
    expect(await page.locator('lead-flow-panel').count()).toBe(0);
  });

  test('beside a site that is not allowed the side panel offers to, and then reads it', async () => {
    const side = await at.browser.context.newPage();
    await side.goto(at.browser.address('panel.html'));
    await page.bringToFront();
    await side.getByRole('button', { name: 'Permitir este site' }).click();
    await until(async () => (await side.getByLabel('Telefone').inputValue()) === CALLER.telefone);
    await page.locator('lead-flow-panel').waitFor({ state: 'attached' });
  });
});
