/**
 * Why a template cannot be sent as we send it: with the first name as the one value of its body, and a payload for
 * each of its quick-reply buttons.
 * - `parameters`: the body has another number of values (`found`) than one
 * - `named_parameter`: the one value has a name instead of a place
 * - `header`, `link`: a header, or the address of a button, wants a value of its own
 * - `buttons`: it has `found` quick replies, where meanings are given for another number
 * - `button_order`: another button stands before a quick reply
 */
export type Misfit =
  | { misfit: 'parameters' | 'buttons'; found: number }
  | { misfit: 'named_parameter' | 'header' | 'link' | 'button_order' };

type Component = { type?: unknown; format?: unknown; text?: unknown; buttons?: unknown };
type Button = { type?: unknown; text?: unknown; url?: unknown };

/** Checks Meta's components of a template against the number of meanings that its buttons are given. */
export function misfitsOf(components: readonly unknown[], meanings: number): Misfit[] {
  const misfits: Misfit[] = [];
  const parts = components.map((component) => (component ?? {}) as Component);
  const body = valuesOf(textOf(parts, 'BODY'));
  if (body.length !== 1) misfits.push({ misfit: 'parameters', found: body.length });
  else if (body[0] !== '1') misfits.push({ misfit: 'named_parameter' });

  const header = parts.find(({ type }) => type === 'HEADER');
  const media = header && typeof header.format === 'string' && header.format !== 'TEXT';
  if (media || valuesOf(textOf(parts, 'HEADER')).length > 0) misfits.push({ misfit: 'header' });

  const buttons = buttonsOf(parts);
  const replies = buttons.filter(({ type }) => type === 'QUICK_REPLY').length;
  if (replies !== meanings) misfits.push({ misfit: 'buttons', found: replies });
  else if (buttons.slice(0, replies).some(({ type }) => type !== 'QUICK_REPLY')) {
    misfits.push({ misfit: 'button_order' });
  }
  const wantsValue = ({ type, url }: Button) =>
    type === 'COPY_CODE' || (typeof url === 'string' && valuesOf(url).length > 0);
  if (buttons.some(wantsValue)) misfits.push({ misfit: 'link' });
  return misfits;
}

function textOf(parts: readonly Component[], wanted: string): string {
  const text = parts.find(({ type }) => type === wanted)?.text;
  return typeof text === 'string' ? text : '';
}

function buttonsOf(parts: readonly Component[]): Button[] {
  const buttons = parts.find(({ type }) => type === 'BUTTONS')?.buttons;
  return Array.isArray(buttons) ? buttons : [];
}

/** The different values that a text has places for, by number or name. */
function valuesOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name = '']) => name))];
}
