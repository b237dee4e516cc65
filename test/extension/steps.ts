import type { Frame, Page } from 'playwright-core';

/** Sets the server in the options, as a person does. */
export async function connect(options: Page, address: string, key: string): Promise<void> {
  await options.getByLabel('Endereço do servidor').fill(address);
  await options.getByLabel('Chave').fill(key);
  await options.getByRole('button', { name: 'Salvar e testar' }).click();
  await options.getByText('Conectado a').waitFor();
}

/** Adds a call screen in the options. */
export async function allowSite(options: Page, url: string): Promise<void> {
  await options.getByLabel('Endereço da tela da chamada').fill(url);
  await options.getByRole('button', { name: 'Adicionar' }).click();
  await options.getByRole('heading', { name: new URL(url).host }).waitFor();
}

/** Types into the panel's form, over what it read from the page. */
export async function fill(
  panel: Frame,
  { nome, telefone, consultor }: { nome: string; telefone: string; consultor: string },
): Promise<void> {
  await panel.getByLabel('Nome').fill(nome);
  await panel.getByLabel('Telefone').fill(telefone);
  await panel.getByLabel('CNPJ').fill('');
  await panel.getByLabel('Consultor').selectOption(consultor);
}
