import type { ProblemAnswer } from '../../src/contract/listings.ts';

/** What the API, or the way to it, turned down: `message` is a sentence in Portuguese that says what to do. */
export class ApiProblem extends Error {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Stable code: `lead_not_qualified`, `unreachable` … */
  readonly code: string;
  /** What is wrong with each field. */
  readonly fields: readonly { field: string; code: string; message: string }[];

  constructor(answer: Pick<ProblemAnswer, 'status' | 'code' | 'title' | 'errors'>) {
    super(answer.title);
    this.status = answer.status;
    this.code = answer.code;
    this.fields = (answer.errors ?? []).map((error) => ({ ...error, message: forPeople(error.message) }));
  }

  /** The words for one field; undefined where nothing is wrong with it. */
  fieldError(field: string): string | undefined {
    return this.fields.find((error) => error.field === field)?.message;
  }
}

/** Without the name that the API gives the field, where the words begin with it: a form shows its own. */
function forPeople(message: string): string {
  const words = message.replace(/^[a-z][A-Za-z]*(\.[A-Za-z]+)*: /, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** No answer came. */
export const unreachable = () =>
  new ApiProblem({
    status: 0,
    code: 'unreachable',
    title: 'O servidor não respondeu. Confira a sua conexão e tente de novo.',
  });

/** An answer without words of its own, such as a proxy's. */
export const unexpected = (status: number) =>
  new ApiProblem({
    status,
    code: 'unexpected',
    title:
      status === 429
        ? 'Muitas tentativas em pouco tempo. Espere um minuto e tente de novo.'
        : `O servidor respondeu de um jeito inesperado (${status}). Tente de novo em instantes.`,
  });

/** The sentence to show for whatever went wrong, field by field where the API said so. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'Algo falhou nesta página. Recarregue e tente de novo.';
  const details = error.fields.map(({ message }) => message);
  return details.length > 0 ? details.join(' ') : error.message;
}
