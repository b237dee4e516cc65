import type { Frame, Page } from 'playwright-core';
import { describeExtension, openPanel } from '../harness/extension.ts';
import { until } from '../harness/product.ts';
import { allowSite, connect, fill } from './steps.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let at: Workplace;
let page: Page;
let panel: Frame;

const openCall = async () => {
  page = await at.browser.context.newPage();
  await page.goto(at.screen.url);
  panel = await openPanel(page);
};

/** Types a referral of this name into the panel and sends it. */
const send = async (nome: string, telefone: string) => {
  const again = panel.getByRole('button', { name: 'Nova indicação' });
  if (await again.isVisible()) await again.click();
  await fill(panel, { nome, telefone, consultor: 'Ana Martins' });
  await panel.getByLabel('Nome').press('Enter');
};

describeExtension('referrals that cannot be sent at once', () => {
  beforeAll(async () => {
    at = await openWorkplace();
    await connect(await at.browser.options(), at.server, at.product.apiKey);
    await allowSite(await at.browser.options(), at.screen.url);
    await openCall();
  });

  afterAll(() => at?.close());

  test('without the server they wait in their order, and leave by themselves, once each', async () => {
    at.way.cut();
    await send('Primeira Da Fila', '(11) 98000-0001');
    await panel.getByRole('heading', { name: 'Indicação guardada' }).waitFor();
    await panel.getByText('O servidor não responde. A indicação está guardada na fila.').waitFor();
    await send('Segunda Da Fila', '(11) 98000-0002');
    await panel.getByText('As 2 indicações estão guardadas na fila.').waitFor();
    expect(await at.referrals('Primeira Da Fila')).toBe(0);

    at.way.heal();
    await panel.getByRole('heading', { name: 'Indicação enviada' }).waitFor();
    expect(await at.referrals('Primeira Da Fila')).toBe(1);
    expect(await at.referrals('Segunda Da Fila')).toBe(1);
    const { leads } = (await at.product.call('GET', '/v1/leads')).body;
    expect(leads.map(({ name }: { name: string }) => name).slice(0, 2)).toEqual([
      'Segunda Da Fila',
      'Primeira Da Fila',
    ]);
  });

  test('an answer lost on its way doubles nothing', async () => {
    at.way.loseAnswers();
    await send('Resposta Perdida', '(11) 98000-0003');
    await until(async () => (await at.referrals('Resposta Perdida')) === 1);
    at.way.cut();
    await panel.getByText('O servidor não responde.').waitFor();
    at.way.heal();
    await panel.getByRole('heading', { name: 'Indicação enviada' }).waitFor();
    expect(await at.referrals('Resposta Perdida')).toBe(1);
  });

  test('a browser that is closed meanwhile sends them when it is opened again', async () => {
    at.way.cut();
    await send('Fechou O Navegador', '(11) 98000-0004');
    await panel.getByRole('heading', { name: 'Indicação guardada' }).waitFor();
    await at.browser.reopen();
    at.way.heal();
    // Nobody opens the panel: the extension does it by itself.
    await until(async () => (await at.referrals('Fechou O Navegador')) === 1, { ms: 45_000 });
    await openCall();
    await panel.getByText('Fechou O Navegador').waitFor();
    expect(await at.referrals('Fechou O Navegador')).toBe(1);
  });

  test('with a revoked key nothing is lost: the panel says so, and another key sends it', async () => {
    await at.product.query("update api_key set revoked_at = now() where name <> 'other'");
    // The API knows a key for up to five seconds.
    await until(async () => (await at.product.call('GET', '/v1/settings')).status === 401);
    await send('Chave Revogada', '(11) 98000-0005');
    await panel.getByText('A chave foi recusada: não existe ou foi revogada.').waitFor();
    await panel.getByText('A indicação está guardada na fila.').waitFor();
    expect(await at.referrals('Chave Revogada')).toBe(0);

    await at.product.query('update api_key set revoked_at = null');
    await until(async () => (await at.product.call('GET', '/v1/settings')).status === 200);
    const options = await at.browser.context.newPage();
    await options.goto(at.browser.address('options.html'));
    await connect(options, at.server, at.product.apiKey);
    await until(async () => (await at.referrals('Chave Revogada')) === 1);
    await panel.getByRole('heading', { name: 'Indicação enviada' }).waitFor();
  });

  test('what the server refuses is shown at its field, corrected, and does not hold up the others', async () => {
    // The form still has the statuses of a minute ago.
    await at.product.call('PATCH', '/v1/settings', {
      referralStatuses: [{ value: 'quente', label: 'Quente', qualified: true }],
      defaultReferralStatus: 'quente',
    });
    await until(
      async () =>
        (await at.product.call('POST', '/v1/leads', { status_indicacao: 'qualificado' })).body.errors
          .length === 4,
    );
    await send('Status Antigo', '(11) 98000-0006');
    await panel.getByRole('heading', { name: 'O servidor não aceitou a indicação' }).waitFor();
    await panel.getByText('Status desconhecido. Valores aceitos: quente.').waitFor();
    await at.product.call('PATCH', '/v1/settings', {
      referralStatuses: [{ value: 'qualificado', label: 'Qualificado', qualified: true }],
      defaultReferralStatus: 'qualificado',
    });
    await panel.getByRole('button', { name: 'Corrigir' }).click();
    await until(
      async () =>
        (await at.product.call('POST', '/v1/leads', { status_indicacao: 'qualificado' })).body.errors
          .length === 3,
    );
    await panel.getByRole('button', { name: 'Enviar corrigida' }).click();
    await panel.getByRole('heading', { name: 'Indicação enviada' }).waitFor();
    expect(await at.referrals('Status Antigo')).toBe(1);
  });
});
