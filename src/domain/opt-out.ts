/** Words that stop everything for the person who writes them, unless the tenant chose others. */
export const DEFAULT_OPT_OUT_WORDS: string[] = ['SAIR', 'PARAR', 'CANCELAR', 'STOP', 'REMOVER', 'NÃO QUERO'];

/**
 * Whether a message asks to be left alone: it is one of the words, once or repeated, and nothing else.
 * Case, accents, spaces, punctuation and emoji do not count. "Quero sair do Simples Nacional" is a reply.
 */
export function isOptOut(text: string, words: readonly string[] = DEFAULT_OPT_OUT_WORDS): boolean {
  const said = plainWords(text);
  if (said === '') return false;
  return words.some((word) => `${said} `.replaceAll(`${plainWords(word)} `, '') === '');
}

/** Upper-case words without accents, one space between them: `"Não,  quero! 👍"` → `"NAO QUERO"`. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toUpperCase();
}
