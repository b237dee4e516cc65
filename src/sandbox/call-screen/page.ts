import { CALLS, type Call, CONSULTANT } from './calls.ts';

/** Where the screen is, below the address of the Chatwoot stand-in. */
export const CALL_SCREEN_PATH = '/tela-de-chamada';

const STATUSES: Readonly<Record<Call['status'], string>> = {
  qualificado: 'Qualificado',
  nao_qualificado: 'Não qualificado',
};

/** The page of one of the calls, by its number from 1; the first where there is none of that number. */
export function callPage(given: string | null): string {
  const chosen = Math.max(
    CALLS.findIndex((_, index) => String(index + 1) === given),
    0,
  );
  const call = CALLS[chosen] as Call;
  return `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(call.name)} · Central de chamadas</title>
<link rel="stylesheet" href="${CALL_SCREEN_PATH}/tela.css">
<script src="${CALL_SCREEN_PATH}/tela.js" defer></script>
</head>
<body>
<header class="topo">
  <p class="sistema">Central de chamadas <span>exemplo</span></p>
  <p class="operador">Consultor: <strong id="consultor-nome" class="consultor">${text(CONSULTANT)}</strong></p>
</header>
<div class="colunas">
  <nav class="fila" aria-label="Chamadas">
    <h2>Chamadas</h2>
    <ol>
${CALLS.map((other, index) => entry(other, index, index === chosen)).join('\n')}
    </ol>
  </nav>
  <main class="chamada" id="chamada" data-chamada="${chosen + 1}">
    <section class="ligacao" aria-label="Ligação">
      <div>
        <p class="estado" id="chamada-estado" role="status">Em chamada</p>
        <h1 id="cliente-nome" class="nome">${text(call.name)}</h1>
        <p class="cargo">${text(call.role)}</p>
      </div>
      <p class="tempo"><span class="rotulo">Tempo</span> <time id="chamada-tempo">00:00</time></p>
      <div class="comandos">
        <button type="button" id="chamada-mudo" aria-pressed="false">Mudo</button>
        <button type="button" id="chamada-espera" aria-pressed="false">Espera</button>
        <button type="button" id="chamada-encerrar" class="encerrar">Encerrar</button>
      </div>
    </section>
    <section class="cliente" aria-labelledby="titulo-cliente">
      <h2 id="titulo-cliente">Cliente</h2>
      <dl>
        ${field('Telefone', 'cliente-telefone', 'telefone', call.phone)}
        ${field('CNPJ', 'cliente-cnpj', 'cnpj', call.cnpj)}
        ${field('Empresa', 'cliente-empresa', 'empresa', call.company)}
        ${field('Cidade', 'cliente-cidade', 'cidade', call.city)}
        ${field('Interesse', 'cliente-interesse', 'interesse', call.interest)}
        ${field('Status da indicação', 'indicacao-status', 'status', STATUSES[call.status])}
      </dl>
    </section>
    <section class="notas" aria-labelledby="titulo-notas">
      <h2 id="titulo-notas"><label for="observacoes">Observações da chamada</label></h2>
      <textarea id="observacoes" class="observacoes" rows="4">${text(call.notes)}</textarea>
    </section>
  </main>
</div>
<footer class="rodape">Tela de exemplo do Lead Flow: nomes, telefones e CNPJs são fictícios.</footer>
</body>
</html>
`;
}

function entry({ name, company }: Call, index: number, current: boolean): string {
  const here = current ? ' aria-current="page"' : '';
  return `      <li><a href="${CALL_SCREEN_PATH}?chamada=${index + 1}"${here}><strong>${text(name)}</strong>
        <span>${text(company)}</span></a></li>`;
}

function field(label: string, id: string, kind: string, value: string): string {
  return `<div><dt>${label}</dt><dd id="${id}" class="${kind}">${text(value)}</dd></div>`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
