import { seriousViolations, signInOnPage, type WatchedPage } from '../harness/browser.ts';
import { until } from '../harness/product.ts';
import { describeDashboard, picture } from './dashboard-suite.ts';
import { signIn } from '../harness/signing-in.ts';
import { someLeads } from './some-leads.ts';

jest.setTimeout(180_000);

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

let leadId: string;

/** Every page with something that stands on it once it is read. */
const PAGES: readonly { name: string; path: () => string; shows: string | RegExp }[] = [
  { name: 'quadro', path: () => '/leads', shows: 'Maria Aparecida' },
  { name: 'tabela', path: () => '/leads/tabela', shows: 'Maria Aparecida' },
  { name: 'lead', path: () => `/leads/${leadId}`, shows: 'Maria Aparecida' },
  { name: 'visao-geral', path: () => '/visao-geral', shows: 'Até onde as mensagens chegaram' },
  { name: 'consultores', path: () => '/consultores', shows: 'Ana Martins' },
  { name: 'numeros', path: () => '/numeros', shows: 'API oficial do WhatsApp' },
  { name: 'eventos', path: () => '/eventos?estado=all', shows: 'aplicado' },
  { name: 'importar', path: () => '/importar', shows: 'Escolha o arquivo' },
  { name: 'chatwoot', path: () => '/configuracoes/chatwoot', shows: 'Token de acesso' },
  { name: 'fluxo', path: () => '/configuracoes/fluxo', shows: 'Primeiro contato' },
  { name: 'modelos', path: () => '/configuracoes/modelos', shows: 'indicacao_boas_vindas' },
  { name: 'retrabalho', path: () => '/configuracoes/retrabalho', shows: 'Fuso horário' },
  { name: 'status', path: () => '/configuracoes/status', shows: 'Status de sempre' },
  { name: 'mensagens', path: () => '/configuracoes/mensagens', shows: 'Etiquetas no Chatwoot' },
  { name: 'descadastro', path: () => '/configuracoes/descadastro', shows: 'SAIR' },
  { name: 'precos', path: () => '/configuracoes/precos', shows: 'Autenticação' },
  { name: 'chaves', path: () => '/configuracoes/chaves', shows: 'Começa com' },
  { name: 'telefone', path: () => '/telefone', shows: 'Parar de receber' },
  { name: 'conta', path: () => '/conta', shows: 'Senha atual' },
];

describeDashboard('the pages of the dashboard', {}, ({ product, page: openPage, signedInPage }) => {
  beforeAll(async () => {
    leadId = await someLeads(product);
  });

  // Each page is opened in one scheme and turned to the other, so that each scheme is opened in at one size.
  describe.each([
    ['desktop', ['light', 'dark']],
    ['phone', ['dark', 'light']],
  ] as const)('%s, %j', (size, schemes) => {
    let watched: WatchedPage;

    beforeAll(async () => {
      watched = await openPage({ colorScheme: schemes[0], viewport: SIZES[size] });
      await watched.page.goto('/');
      await watched.page.getByRole('button', { name: 'Entrar' }).waitFor();
      await expectFine('entrar');
      await signInOnPage(watched.page, product.login);
    });

    afterAll(() => watched?.page.context().close());

    /** Looks at the open page in both schemes, and leaves it in the first. */
    async function expectFine(name: string) {
      const { page, faults, settled } = watched;
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
        await settled();
        await picture(page, `${name}-${colorScheme}-${size}`);
        expect([colorScheme, ...(await seriousViolations(page))]).toEqual([colorScheme]);
        expect(faults).toEqual([]);
        // Nothing sticks out at the side: a phone would scroll sideways.
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        );
      }
      await page.emulateMedia({ colorScheme: schemes[0] });
    }

    test.each(PAGES)(
      '$name: as expected, accessible, asks nobody else, within its policy',
      async ({ name, path, shows }) => {
        await watched.page.goto(path());
        await watched.page.getByRole('main').getByText(shows).first().waitFor();
        await expectFine(name);
      },
    );
  });

  test('a name that is markup is text', async () => {
    const { lead_id: injected } = await product.refer({ nome: '<img src=x onerror=alert(1)>' });
    const { page, faults } = await signedInPage();
    await page.goto(`/leads/${injected}`);
    await page.getByRole('heading', { level: 1, name: '<img src=x onerror=alert(1)>' }).waitFor();
    expect(await page.locator('main img[src="x"]').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('a session that is over leads to the sign-in, and from there back', async () => {
    const { page } = await signedInPage();
    await page.context().clearCookies();
    await page.goto('/consultores');
    await page.getByRole('button', { name: 'Entrar' }).waitFor();
    expect(await page.getByText('Sua sessão terminou').count()).toBe(0);
    await signInOnPage(page, product.login);
    await page.getByRole('heading', { level: 1, name: 'Consultores' }).waitFor();
    await page.context().close();
  });

  test('a session that ends while somebody works is said to have ended, on the way in again', async () => {
    const { page } = await signedInPage({ colorScheme: 'dark' });
    await page.goto('/consultores');
    await page.getByRole('complementary').getByText('Ao vivo').waitFor();
    await (await signIn(product)).call('POST', '/api/auth/revoke-sessions', {});
    await page.getByRole('alert').getByText('Sua sessão terminou. Entre de novo para continuar.').waitFor();
    await picture(page, 'sessao-terminou', { afterMs: 400 });
    expect(await seriousViolations(page)).toEqual([]);
    await signInOnPage(page, product.login);
    await page.getByRole('heading', { level: 1, name: 'Consultores' }).waitFor();
    await page.context().close();
  });

  test('whoever signs out is told nothing, also where the stream hears of it first', async () => {
    const { page } = await signedInPage();
    await page.getByRole('complementary').getByText('Ao vivo').waitFor();
    let answer = () => {};
    const isHeld = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/auth/sign-out', async (route) => {
      const response = await route.fetch();
      await isHeld;
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Minha conta' }).click();
    await page.getByRole('menuitem', { name: 'Sair', exact: true }).click();
    await page.waitForURL(({ pathname, search }) => pathname === '/entrar' && search !== '');
    await page.getByRole('button', { name: 'Entrar' }).waitFor();
    expect(await page.getByText('Sua sessão terminou').count()).toBe(0);
    answer();
    await page.waitForURL(({ pathname, search }) => pathname === '/entrar' && search === '');
    expect(await page.getByText('Sua sessão terminou').count()).toBe(0);
    await page.context().close();
  });

  test('what somebody else changes is on the open board and in the open lead by itself', async () => {
    const { page } = await signedInPage();
    await page.goto('/leads');
    await page.getByRole('complementary').getByText('Ao vivo').waitFor();
    const { lead_id } = await product.refer({ nome: 'Zuleica Chegou Agora' });
    const card = page.getByRole('link', { name: /Zuleica Chegou Agora/ });
    await card.waitFor();
    const lead = await until(async () => {
      const read = await product.lead(lead_id);
      return read.stage === 'waiting' && read;
    });
    await product.call('POST', '/v1/conversions', { lead_id });
    await page
      .getByRole('region', { name: 'Convertido', exact: true })
      .getByText('Zuleica Chegou Agora')
      .waitFor();
    await page.goto(`/leads/${lead.id}`);
    await page.getByText('Convertido').first().waitFor();
    await page.context().close();
  });
});
