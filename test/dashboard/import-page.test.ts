import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type HeldPerson, heldPerson } from '../api/held-person.ts';
import { seriousViolations } from '../harness/browser.ts';
import { type FailingWay, openWay } from '../harness/network.ts';
import { describeDashboard, picture } from './dashboard-suite.ts';

jest.setTimeout(120_000);

let used = 0;
const phone = () => `(31) 98762-${String(1_000 + used++)}`;
const fileOf = (...phones: string[]) =>
  ['nome;telefone;consultor;status_indicacao', ...phones.map((one) => `Ana;${one};Zé;qualificado`), ''].join(
    '\n',
  );

const choose = (page: Page, text: string) =>
  page
    .locator('input[type=file]')
    .setInputFiles({ name: 'leads.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

/** Chooses a file on disk as the browser's own dialog does, which says nothing of a file that the input holds already. */
async function chooseOnDisk(page: Page, path: string): Promise<void> {
  await page.locator('input[type=file]').waitFor({ state: 'attached' });
  const devtools = await page.context().newCDPSession(page);
  const { root } = await devtools.send('DOM.getDocument');
  const input = await devtools.send('DOM.querySelector', {
    nodeId: root.nodeId,
    selector: 'input[type=file]',
  });
  await devtools.send('DOM.setFileInputFiles', { nodeId: input.nodeId, files: [path] });
  await devtools.detach();
}

describeDashboard('an import on its page', { worker: false }, ({ product, signedInPage }) => {
  let way: FailingWay;
  let held: HeldPerson | undefined;
  beforeAll(async () => {
    way = await openWay(Number(new URL(product.url).port));
  });
  afterEach(() => held?.letGo());
  afterAll(() => way?.close());

  async function openImport(context: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await signedInPage(context, `http://127.0.0.1:${way.port}`);
    await page.goto('/importar');
    return page;
  }

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
    const says = ['aria-valuemin', 'aria-valuenow', 'aria-valuemax', 'aria-valuetext'];
    expect(await Promise.all(says.map((one) => bar.getAttribute(one)))).toEqual([
      '0',
      '60',
      '100',
      '3 de 5 linhas',
    ]);
    await picture(page, `importando-${colorScheme}`, { fullPage: true });
    expect(await seriousViolations(page)).toEqual([]);
    await held.letGo();
    await page.getByText('3 leads novos · 1 juntou-se a um lead em aberto · 1 recusada').waitFor();
    expect(await bar.count()).toBe(0);
    await picture(page, `importado-${colorScheme}`, { fullPage: true });
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
    await picture(page, 'importacao-interrompida', { fullPage: true });
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

  describe('a file on disk', () => {
    let folder: string;
    let path: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lead-flow-import-'));
      path = join(folder, 'leads.csv');
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('is read again when it is chosen again, and sent as it was when it was checked', async () => {
      const page = await openImport();
      const [first, second] = [phone(), phone()];
      await writeFile(path, fileOf(first, '123'));
      await chooseOnDisk(page, path);
      await page.getByRole('button', { name: 'Importar 1 indicação' }).waitFor();
      await writeFile(path, fileOf(first, second));
      await chooseOnDisk(page, path);
      const send = page.getByRole('button', { name: 'Importar 2 indicações' });
      await send.waitFor();
      await writeFile(path, fileOf(first, second, phone()));
      await send.click();
      await page.getByText('2 leads novos').waitFor();
      await page.context().close();
    });

    test('that cannot be read is to be chosen again', async () => {
      const page = await openImport();
      await chooseOnDisk(page, join(folder, 'moved.csv'));
      await page.getByRole('alert').getByText('Não foi possível ler o arquivo').waitFor();
      await picture(page, 'importar-ilegivel', { fullPage: true });
      await writeFile(path, fileOf(phone()));
      await chooseOnDisk(page, path);
      await page.getByRole('button', { name: 'Importar 1 indicação' }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.context().close();
    });
  });
});
