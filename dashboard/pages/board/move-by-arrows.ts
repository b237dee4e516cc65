import type { KeyboardEvent } from 'react';

/** Leads by arrow keys from card to card: up and down in a column, left and right to its neighbours. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const card = document.activeElement;
  if (!(card instanceof HTMLElement) || !card.matches('[data-card]')) return;
  const next = neighbour(card, event.key, event.currentTarget);
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function neighbour(card: HTMLElement, key: string, board: HTMLElement): HTMLElement | null {
  const column = card.closest('section');
  if (!column) return null;
  const cards = cardsOf(column);
  const at = cards.indexOf(card);
  if (key === 'ArrowDown') return cards[at + 1] ?? null;
  if (key === 'ArrowUp') return cards[at - 1] ?? null;
  if (key !== 'ArrowRight' && key !== 'ArrowLeft') return null;
  const columns = [...board.querySelectorAll('section')].filter((other) => cardsOf(other).length > 0);
  const beside = columns[columns.indexOf(column) + (key === 'ArrowRight' ? 1 : -1)];
  const { top } = card.getBoundingClientRect();
  const distance = (other: HTMLElement) => Math.abs(other.getBoundingClientRect().top - top);
  return beside ? (cardsOf(beside).sort((a, b) => distance(a) - distance(b))[0] ?? null) : null;
}

/** In the order in which they stand: drawn again, they may be in another one in the document. */
function cardsOf(column: HTMLElement): HTMLElement[] {
  const cards = [...column.querySelectorAll<HTMLElement>('[data-card]')];
  return cards.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
}
