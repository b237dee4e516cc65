import { readFile } from 'node:fs/promises';
import { seriousViolations } from '../harness/browser.ts';
import { describeDashboard, picture } from './dashboard-suite.ts';

jest.setTimeout(120_000);

describeDashboard('the overview as files', { worker: false }, ({ product, signedInPage }) => {
  beforeAll(() => product.refer());

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('each part of the page is one, of the days it shows (%s, %i)', async (colorScheme, width) => {
    const viewport = { width, height: 844 };
    const { page, faults } = await signedInPage({ colorScheme, viewport });
    await page.goto('/visao-geral?from=2026-11-01&until=2026-11-02');
    const menu = page.getByRole('button', { name: 'Exportar em CSV' });
    const parts = page.getByRole('menuitem');
    await menu.click();
    await parts.first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, `exportar-${colorScheme}`, { afterMs: 400 });
    const files: [name: string, titles: string | undefined][] = [];
    for (const part of await parts.allTextContents()) {
      if (files.length > 0) await menu.click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: part }).click();
      const file = await downloading;
      await page.getByRole('menu').waitFor({ state: 'hidden' });
      const text = await readFile(await file.path(), 'utf8');
      files.push([file.suggestedFilename(), text.replace('\ufeff', '').split('\r\n')[0]]);
    }
    expect(files).toEqual([
      ['resumo-2026-11-01-a-2026-11-02.csv', 'Indicador;Valor'],
      ['leads-por-dia-2026-11-01-a-2026-11-02.csv', 'Dia;Leads;Convertidos'],
      [
        'consultores-2026-11-01-a-2026-11-02.csv',
        'Consultor;Leads;Convertidos no contato;Convertidos no retrabalho;Conversão',
      ],
      ['mensagens-2026-11-01-a-2026-11-02.csv', 'Etapa;Enviadas;Entregues;Lidas;Respondidas'],
      ['custo-2026-11-01-a-2026-11-02.csv', 'Categoria;Mensagens;Custo (R$)'],
      ['erros-2026-11-01-a-2026-11-02.csv', 'Causa;Código da Meta;Tipo;Vezes'],
    ]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
