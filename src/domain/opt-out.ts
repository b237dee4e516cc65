import { readButton } from './button.ts';

/** Words that stop everything for the person who writes them, unless the tenant chose others. */
export const DEFAULT_OPT_OUT_WORDS: string[] = ['SAIR', 'PARAR', 'CANCELAR', 'STOP', 'REMOVER', 'NÃO QUERO'];

/**
 * What buttons that stop messages are called, in `plainWords`; the first two are Meta's own. On a button nothing else
 * can be meant by them, so that they count whatever words the tenant chose, and whatever the payload says.
 */
const STOP_BUTTONS: ReadonlySet<string> = new Set([
  'PARAR PROMOCOES',
  'STOP PROMOTIONS',
  'PARAR DE RECEBER',
  'PARAR MENSAGENS',
  'PARAR DE RECEBER MENSAGENS',
  'NAO QUERO MAIS',
  'NAO QUERO RECEBER',
  'NAO QUERO MAIS RECEBER',
  'NAO QUERO RECEBER MAIS',
  'NAO QUERO RECEBER MENSAGENS',
  'NAO QUERO MAIS RECEBER MENSAGENS',
  'NAO RECEBER MAIS',
  'NAO RECEBER MAIS MENSAGENS',
  'SAIR',
  'SAIR DA LISTA',
  'DESCADASTRAR',
  'DESCADASTRE ME',
  'QUERO ME DESCADASTRAR',
  'ME DESCADASTRAR',
  'CANCELAR INSCRICAO',
  'CANCELAR RECEBIMENTO',
  'DESINSCREVER',
  'UNSUBSCRIBE',
  'OPT OUT',
]);

/** What somebody said, by whichever provider: `type` is the Cloud API's word for what it was said with. */
export type Stopping = { type: string; text: string | null; buttonPayload: string | null };

/** Whether what was said asks to be left alone: by a word, or by a button whose payload or wording is a stop. */
export function asksToStop({ type, text, buttonPayload }: Stopping, words: readonly string[]): boolean {
  if (readButton(buttonPayload)?.meaning === 'opt_out') return true;
  if (text !== null && isOptOut(text, words)) return true;
  const pressed = type === 'button' || type === 'interactive';
  return (
    pressed &&
    [text, buttonPayload].some((said) => {
      if (said === null) return false;
      return isOptOut(said, words) || STOP_BUTTONS.has(plainWords(said));
    })
  );
}

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
