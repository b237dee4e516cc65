/** A page's beginning. */
export const CURSOR_WORDS = 'O `next_cursor` da página anterior; sem ele, a primeira.';

/** A page's length. */
export const LIMIT_WORDS = 'Quantos por página.';

/** A day or instant in a query. */
export const dayWords = (description: string) => ({
  description,
  examples: ['2026-11-20', '2026-11-20T09:00', '2026-11-20T12:00:00Z'],
});
