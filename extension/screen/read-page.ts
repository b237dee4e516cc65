import { LONGEST_FIELD, LONGEST_TEXT, type PageText, type Selectors } from '../reading/page-text.ts';

/** What the page shows where the selectors point, and the text to guess from where they say nothing. */
export function readPage(selectors: Selectors): PageText {
  const fields: PageText['fields'] = {};
  for (const [field, selector] of Object.entries(selectors)) {
    const element = find(selector);
    if (element) fields[field as keyof Selectors] = textOf(element).slice(0, LONGEST_FIELD);
  }
  const guessing = selectors.telefone === undefined || selectors.cnpj === undefined;
  return {
    fields,
    text: guessing ? visibleText() : '',
    links: guessing ? phoneLinks() : [],
    names: selectors.nome === undefined ? customerNames() : [],
  };
}

/** What an element says: what stands in a field, is chosen in a list, or is written. */
export function textOf(element: Element): string {
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.text ?? '';
  if (element instanceof HTMLInputElement) return element.type === 'password' ? '' : element.value;
  if (element instanceof HTMLTextAreaElement) return element.value;
  return element instanceof HTMLElement ? shownText(element) : (element.textContent ?? '');
}

function find(selector: string): Element | null {
  try {
    return document.querySelector(selector);
  } catch {
    return null;
  }
}

function visibleText(): string {
  const typed = Array.from(document.querySelectorAll('input, textarea'))
    .filter((field) => field.checkVisibility())
    .map(textOf);
  return [...typed, document.body ? shownText(document.body) : ''].join('\n').slice(0, LONGEST_TEXT);
}

function shownText(element: HTMLElement): string {
  // biome-ignore lint/performance/useDomNodeTextContent: what the page hides is not what the consultant sees
  return element.innerText;
}

function phoneLinks(): string[] {
  const links = Array.from(document.querySelectorAll<HTMLAnchorElement>('a[href^="tel:"]'));
  return links.map(({ href }) => href.slice('tel:'.length).replaceAll('%20', ' '));
}

/** What tells a customer's name apart from other names on a page, in Portuguese and in English. */
const NAMED = ['cliente', 'contato', 'lead', 'customer', 'contact', 'caller'].flatMap((who) =>
  ['nome', 'name'].flatMap((what) =>
    ['id', 'name', 'data-field', 'data-testid', 'class'].map(
      (mark) => `[${mark}*="${who}" i][${mark}*="${what}" i]`,
    ),
  ),
);

function customerNames(): string[] {
  const elements = Array.from(document.querySelectorAll([...NAMED, 'input[autocomplete="name"]'].join(',')));
  return elements.filter((element) => element.checkVisibility()).map(textOf);
}
