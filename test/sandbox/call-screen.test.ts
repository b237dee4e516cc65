import { cnpj } from 'cpf-cnpj-validator';
import { chromium } from 'playwright-core';
import { parsePhone } from '../../src/domain/phone.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { CHROMIUM, CHROMIUM_ARGS } from '../harness/browser.ts';
import { until } from '../harness/product.ts';

let sandbox: Sandbox;
let address: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  address = `${sandbox.chatwoot.url}/tela-de-chamada`;
});
afterAll(() => sandbox.close());

const shownAs = (html: string, id: string) =>
  new RegExp(`<(\\w+) id="${id}"[^>]*>([^<]+)</\\1>`).exec(html)?.[2]?.replaceAll('&amp;', '&') ?? '';
const page = async (query = '') => {
  const response = await fetch(address + query);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  return { html: await response.text(), policy: response.headers.get('content-security-policy') ?? '' };
};

test('each call has a name, a phone and a CNPJ that are valid, and its own', async () => {
  const seen = new Set<string>();
  for (const number of [1, 2, 3, 4]) {
    const { html } = await page(`?chamada=${number}`);
    const phone = shownAs(html, 'cliente-telefone');
    expect(parsePhone(phone)).toMatchObject({ e164: expect.stringMatching(/^\+55\d{2}9\d{8}$/) });
    expect(cnpj.isValid(shownAs(html, 'cliente-cnpj'))).toBe(true);
    expect(shownAs(html, 'cliente-empresa')).not.toBe('');
    expect(shownAs(html, 'consultor-nome')).toBe(sandbox.chatwoot.agents[0]?.name);
    expect(['Qualificado', 'Não qualificado']).toContain(shownAs(html, 'indicacao-status'));
    seen.add(shownAs(html, 'cliente-nome'));
  }
  expect(seen.size).toBe(4);
});

test('the first call where none, or none of that number, is asked for', async () => {
  const { html } = await page('?chamada=1');
  for (const query of ['', '?chamada=99', '?chamada=<img>', '?chamada'])
    expect((await page(query)).html).toBe(html);
});

test('nothing may be loaded but its own files, which are there', async () => {
  const { html, policy } = await page();
  expect(policy).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self';/);
  expect(html).not.toMatch(/<style|style="|onclick|<script>/);
  for (const [file, type] of [
    ['tela.css', 'text/css'],
    ['tela.js', 'text/javascript'],
  ]) {
    const response = await fetch(`${address}/${file}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  }
});

test('its clock runs until the call ends, and the browser has nothing to complain about', async () => {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: CHROMIUM_ARGS,
  });
  try {
    const tab = await browser.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(error.message));
    await tab.goto(address);
    const clock = tab.locator('#chamada-tempo');
    await expect(clock.textContent()).resolves.toBe('00:00');
    await until(async () => (await clock.textContent()) !== '00:00');
    await tab.click('#chamada-mudo');
    expect(await tab.getAttribute('#chamada-mudo', 'aria-pressed')).toBe('true');
    await tab.click('#chamada-encerrar');
    expect(await tab.textContent('#chamada-estado')).toBe('Chamada encerrada');
    await tab.getByRole('link', { name: 'Conceição Araújo' }).click();
    expect(await tab.textContent('#cliente-nome')).toBe('Conceição Araújo');
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
  } finally {
    await browser.close();
  }
}, 30_000);
