import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call screen of somebody's own, whose calls follow one another without the page being loaded again. */
export type CallScreen = { url: string; close(): Promise<void> };

/** The person whom the screen shows first. */
export const CALLER = {
  nome: 'Mariana Azevedo Prado',
  telefone: '(11) 98765-4321',
  cnpj: '41.307.528/0001-95',
};
/** The one whom its button "Próxima" shows. */
export const NEXT_CALLER = { nome: 'Conceição Araújo', telefone: '71 9 8123-4567', cnpj: '27751963000183' };

/** Serves it on 127.0.0.1. */
export async function startCallScreen(): Promise<CallScreen> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    // As strict a page as there is: the panel must not depend on what it allows.
    response.setHeader(
      'content-security-policy',
      "default-src 'none'; script-src 'nonce-x'; style-src 'unsafe-inline'",
    );
    response.end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

const PAGE = `<!doctype html><html lang="pt-BR"><title>Chamada</title>
<style>body { font: 16px system-ui; margin: 2rem } dt { color: #555 } * { letter-spacing: .01em }</style>
<nav>Próximas: ${NEXT_CALLER.telefone}</nav>
<main><h1 id="cliente-nome">${CALLER.nome}</h1>
<dl><dt>Telefone</dt><dd class="valor">${CALLER.telefone}</dd><dt>CNPJ</dt><dd class="valor">${CALLER.cnpj}</dd></dl>
<p>Pedido 9912345678 de 41307528000100</p>
<button id="proxima">Próxima</button><p id="cliques">0</p></main>
<script nonce="x">
  let cliques = 0;
  addEventListener('click', () => { document.querySelector('#cliques').textContent = ++cliques; });
  document.querySelector('#proxima').addEventListener('click', () => {
    document.querySelector('h1').textContent = ${JSON.stringify(NEXT_CALLER.nome)};
    const [telefone, cnpj] = document.querySelectorAll('.valor');
    telefone.textContent = ${JSON.stringify(NEXT_CALLER.telefone)};
    cnpj.textContent = ${JSON.stringify(NEXT_CALLER.cnpj)};
  });
</script></html>`;
