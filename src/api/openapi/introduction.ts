import { problemWords } from './problem-answers.ts';

/** What holds for the whole API, in Markdown; it stands first on the page. */
export const INTRODUCTION = `
Uma indicação entra por \`POST /v1/leads\`; o Lead Flow a entrega à pessoa certa no Chatwoot, envia o template oficial
pelo WhatsApp, espera, retrabalha quem não converteu e para de vez quando a pessoa pede.

### Chave

Toda operação em \`/v1\` pede uma chave da API, no cabeçalho \`Authorization: Bearer CHAVE\` ou \`X-Api-Key: CHAVE\`. A
chave pertence a uma empresa e só enxerga os dados dela. Nesta página, use **Authorize** para experimentar; quem entrou
no painel neste navegador nem precisa.

### Repetir sem duplicar

Envie \`Idempotency-Key\` em \`POST /v1/leads\`: a mesma chave com o mesmo corpo devolve a mesma resposta e não faz nada
de novo; com outro corpo, é recusada. Assim se repete sem medo depois de uma queda de rede ou de um 503.

### Datas, telefones e páginas

- Datas nas respostas: ISO 8601 em UTC com milissegundos, \`2026-11-20T12:00:00.000Z\`.
- Datas em filtros: no fuso da empresa, salvo se trouxerem \`Z\` ou deslocamento. Só o dia (\`2026-11-20\`) é o dia
  inteiro, também em \`until\`.
- Telefones nas respostas: E.164, com o nono dígito, \`+5511987654321\`.
- Listas: \`next_cursor\` é o \`cursor\` da próxima página; \`null\` quando não há mais.
- Ids são opacos. Respostas podem ganhar campos novos; ignore os que não conhece.

### Erros

${problemWords()}

Fora das operações desta página: \`not_found\` para um endereço que não existe, e \`method_not_allowed\` para um método
que o endereço não tem (o cabeçalho \`Allow\` diz quais tem).
`.trim();
