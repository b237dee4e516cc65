/** What a selector is made from: an element's own part of it. A DOM `Element` is one. */
export type Marked = {
  tagName: string;
  id: string;
  classList: ArrayLike<string>;
  getAttribute(name: string): string | null;
};

/** Attributes that a page's makers give a field a name by, the most lasting first. */
const NAMING = [
  'data-testid',
  'data-test',
  'data-qa',
  'data-field',
  'data-name',
  'name',
  'itemprop',
  'aria-label',
];

/** Whether a name was made by a tool and is another one after the next build or the next call. */
export function looksMade(name: string): boolean {
  return (
    name.length > 60 ||
    /\d{3,}/.test(name) ||
    /^[:_]|:|^(?:css|sc|jss|ember|react|radix|mui|ext-gen|yui)[-_]?/i.test(name) ||
    /(?:^|[-_])(?=[a-z\d]{5,}$)[a-z\d]*[a-z]\d+[a-z]/i.test(name)
  );
}

/** Selectors for an element by its own marks alone, the most lasting first; its class or tag last. */
export function ownSelectors(element: Marked, escaped: (text: string) => string): string[] {
  const tag = element.tagName.toLowerCase();
  const selectors: string[] = [];
  if (element.id && !looksMade(element.id)) selectors.push(`#${escaped(element.id)}`);
  for (const name of NAMING) {
    const value = element.getAttribute(name);
    if (value && !looksMade(value)) selectors.push(`${tag}[${name}="${escaped(value)}"]`);
  }
  const classes = Array.from(element.classList).filter((name) => !looksMade(name));
  for (const name of classes) selectors.push(`${tag}.${escaped(name)}`);
  if (classes.length > 1) selectors.push(`${tag}${classes.map((name) => `.${escaped(name)}`).join('')}`);
  return selectors;
}
