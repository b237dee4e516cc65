import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { signInOnPage } from '../harness/browser.ts';
import {
  describeExtension,
  type ExtensionBrowser,
  openExtensionBrowser,
  openPanel,
} from '../harness/extension.ts';
import { type FailingWay, openWay } from '../harness/network.ts';
import { ownFolder } from '../harness/processes.ts';
import { until } from '../harness/product.ts';
import { ownStart } from '../local/programs.ts';
import { loginIn, RunningStart } from '../local/running-start.ts';

jest.setTimeout(180_000);

let start: RunningStart;
let api: string;
let apiKey: string;
let way: FailingWay;
let browser: ExtensionBrowser;
let dashboard: Page;
let callScreen: Page;
let panel: Frame;

/** The leads whose name is this, as the API has them. */
async function leadsNamed(
  name: string,
): Promise<{ id: string; outcome: string | null; referral_count: number }[]> {
  const answer = await fetch(`${api}/v1/leads?${new URLSearchParams({ text: name })}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  return ((await answer.json()) as { leads: never[] }).leads;
}

/** What one call screen says of its caller. */
const callerName = async () => (await callScreen.locator('#cliente-nome').textContent())?.trim() ?? '';

const column = (name: string) => dashboard.getByRole('region', { name, exact: true });

describeExtension('from the first start to a conversion, as its users do it', () => {
  beforeAll(async () => {
    const dataDir = join(await ownFolder('first-use'), 'data');
    const env = await ownStart(dataDir);
    api = `http://127.0.0.1:${env.LEAD_FLOW_PORT}`;
    start = new RunningStart(env);
    await start.prints(/Ctrl-C stops everything/);
    apiKey = readFileSync(join(dataDir, 'sample-api-key'), 'utf8').trim();
    way = await openWay(Number(env.LEAD_FLOW_PORT));
    browser = await openExtensionBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await way?.close();
    await start?.end('SIGINT');
  });

  test('the printed login opens the dashboard', async () => {
    const [, address = ''] = /^Dashboard +(\S+)$/m.exec(start.printed) ?? [];
    dashboard = await browser.context.newPage();
    dashboard.setDefaultTimeout(30_000);
    await dashboard.goto(address);
    await signInOnPage(dashboard, loginIn(start.printed));
    await dashboard.goto(`${address}/leads`);
    await dashboard.getByRole('complementary').getByText('Ao vivo').waitFor();
  });

  test('a key is made in the settings, and the extension takes it', async () => {
    await dashboard.goto(`${api}/configuracoes/chaves`);
    await dashboard.getByLabel('Nome da chave nova').fill('Extensão');
    await dashboard.getByRole('button', { name: 'Criar chave' }).click();
    const key = (await dashboard.getByTestId('shown-once').textContent()) ?? '';
    await dashboard.getByRole('button', { name: 'Pronto' }).click();

    const options = await browser.options();
    await options.getByLabel('Endereço do servidor').fill(`http://127.0.0.1:${way.port}`);
    await options.getByLabel('Chave').fill(key);
    await options.getByRole('button', { name: 'Salvar e testar' }).click();
    await options.getByText('Conectado a Empresa Exemplo.').waitFor();

    const [, screen = ''] = /^Call screen +(\S+)$/m.exec(start.printed) ?? [];
    await options.getByLabel('Endereço da tela da chamada').fill(screen);
    await options.getByRole('button', { name: 'Adicionar' }).click();
    await options.getByRole('heading', { name: new URL(screen).host }).waitFor();
    await options.close();
    callScreen = await browser.context.newPage();
    callScreen.setDefaultTimeout(30_000);
    await callScreen.goto(screen);
  });

  test('a lead sent from the call screen moves over the open board by itself', async () => {
    await dashboard.goto(`${api}/leads`);
    await dashboard.getByRole('complementary').getByText('Ao vivo').waitFor();
    await callScreen.bringToFront();
    const name = await callerName();
    await send(name);
    await panel.getByRole('heading', { name: 'Indicação enviada' }).waitFor();
    await panel.getByRole('listitem').filter({ hasText: 'lido: feito' }).waitFor();
    await dashboard.bringToFront();
    await column('Aguardando D+3').getByText(name).waitFor();
  });

  test('the answer from the fake phone is on the board and in the lead, and Converter ends it', async () => {
    const name = await nameOfCall(1);
    await dashboard.goto(`${api}/telefone`);
    await dashboard
      .getByRole('navigation', { name: 'Telefones' })
      .getByRole('button', { name: new RegExp(name) })
      .click();
    await answer('Pode me ligar depois das 15h?');
    await dashboard.goto(`${api}/leads`);
    await column('Em contato').getByText(name).click();
    await dashboard.getByRole('heading', { level: 1, name }).waitFor();
    await dashboard.getByText('Pode me ligar depois das 15h?').first().waitFor();
    await dashboard.getByRole('button', { name: 'Converter' }).click();
    await dashboard.getByRole('button', { name: 'Registrar a venda' }).click();
    await dashboard.getByText('Convertido').first().waitFor();
    await dashboard.goto(`${api}/leads`);
    await column('Convertido').getByText(name).waitFor();
    expect(await leadsNamed(name)).toMatchObject([{ outcome: 'converted' }]);
  });

  test('SAIR from the fake phone stops the lead', async () => {
    await callScreen.bringToFront();
    await callScreen.goto(screenOf(2));
    const name = await callerName();
    await send(name);
    await panel.getByRole('listitem').filter({ hasText: 'entregue: feito' }).waitFor();
    await dashboard.bringToFront();
    await dashboard.goto(`${api}/telefone`);
    await dashboard
      .getByRole('navigation', { name: 'Telefones' })
      .getByRole('button', { name: new RegExp(name) })
      .click();
    await answer('SAIR');
    await dashboard.goto(`${api}/leads`);
    await column('Descadastrado').getByText(name).waitFor();
    expect(await leadsNamed(name)).toMatchObject([{ outcome: 'opted_out' }]);
  });

  test('what was sent while the network was away arrives later, once', async () => {
    await callScreen.bringToFront();
    await callScreen.goto(screenOf(3));
    const name = await callerName();
    way.cut();
    await send(name);
    await panel
      .getByText(/na fila|assim que|sem conexão/i)
      .first()
      .waitFor();
    expect(await leadsNamed(name)).toEqual([]);
    way.heal();
    await until(async () => (await leadsNamed(name)).length > 0, { ms: 90_000 });
    await panel.getByRole('listitem').filter({ hasText: 'entregue: feito' }).waitFor();
    expect(await leadsNamed(name)).toMatchObject([{ referral_count: 1 }]);
  });
});

const screenOf = (call: number) => `${callScreen.url().split('?')[0]}?chamada=${call}`;

async function nameOfCall(call: number): Promise<string> {
  await callScreen.goto(screenOf(call));
  return callerName();
}

/** Opens the panel over the call screen and sends what it read there. */
async function send(name: string): Promise<void> {
  panel = await openPanel(callScreen);
  await until(async () => (await panel.getByLabel('Nome').inputValue()) === name);
  const consultant = panel.getByLabel('Consultor');
  if ((await consultant.inputValue()) === '') await consultant.selectOption({ index: 1 });
  await panel.getByRole('button', { name: /Enviar/ }).click();
}

async function answer(text: string): Promise<void> {
  await dashboard.getByLabel('Responder como a pessoa').fill(text);
  await dashboard.keyboard.press('Enter');
}
