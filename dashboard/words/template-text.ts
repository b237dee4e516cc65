import type { Template } from '../../src/contract/listings.ts';

/** A template as the person reads it. */
export type TemplateText = {
  header: string | null;
  body: string;
  footer: string | null;
  buttons: TemplateButton[];
};

/** A button below a template; only a quick reply is sent back when it is pressed. */
export type TemplateButton = { text: string; isQuickReply: boolean };

/**
 * The words of a template by Meta's components, its parameter replaced by the person's first name; null where it has
 * no body.
 */
export function templateText(template: Pick<Template, 'components'>, name: string): TemplateText | null {
  const textOf = (type: string) => {
    const text = template.components.find((component) => component.type === type)?.text;
    return typeof text === 'string' ? text.replace(/\{\{\s*\w+\s*\}\}/g, () => firstName(name)) : null;
  };
  const body = textOf('BODY');
  if (body === null) return null;
  return { header: textOf('HEADER'), body, footer: textOf('FOOTER'), buttons: buttonsOf(template) };
}

function buttonsOf({ components }: Pick<Template, 'components'>): TemplateButton[] {
  const buttons = components.find((component) => component.type === 'BUTTONS')?.buttons;
  if (!Array.isArray(buttons)) return [];
  return buttons.flatMap((button: unknown) => {
    const { type, text } = (button ?? {}) as { type?: unknown; text?: unknown };
    return typeof text === 'string' ? [{ text, isQuickReply: type === 'QUICK_REPLY' }] : [];
  });
}

/** The template's quick-reply buttons, in their order. */
export const quickReplies = (template: Pick<Template, 'components'>): TemplateButton[] =>
  buttonsOf(template).filter(({ isQuickReply }) => isQuickReply);

const firstName = (name: string) => name.trim().split(/\s+/)[0] ?? name;
