import { ownSelectors } from './selector.ts';

/**
 * A selector that finds this element and no other on the page: by its own marks where they suffice, else by its
 * place below the nearest ancestor that has some.
 */
export function selectorOf(element: Element): string {
  const page = element.ownerDocument;
  const unique = (selector: string) => page.querySelectorAll(selector).length === 1;
  const own = ownSelectors(element, CSS.escape).find(unique);
  if (own) return own;
  let path = placeOf(element);
  for (let above = element.parentElement; above; above = above.parentElement) {
    const anchor = ownSelectors(above, CSS.escape).find(unique);
    if (anchor && unique(`${anchor} > ${path}`)) return `${anchor} > ${path}`;
    path = `${placeOf(above)} > ${path}`;
    if (above === page.body) break;
  }
  return path;
}

function placeOf(element: Element): string {
  const tag = element.tagName.toLowerCase();
  const alike = Array.from(element.parentElement?.children ?? []).filter(
    ({ tagName }) => tagName === element.tagName,
  );
  return alike.length > 1 ? `${tag}:nth-of-type(${alike.indexOf(element) + 1})` : tag;
}
