import type { Template } from '../../../../src/contract/listings.ts';

/** A template as the person sees it: `{{1}}` filled with an example. */
export type TemplateText = {
  header: string | null;
  body: string;
  footer: string | null;
  buttons: { text: string; isQuickReply: boolean }[];
};

const EXAMPLE = 'Maria';

/** Reads Meta's components; what they do not say is left out. */
export function templateText({ components }: Pick<Template, 'components'>): TemplateText {
  const textOf = (type: string) => {
    const text = components.find((component) => component.type === type)?.text;
    return typeof text === 'string' ? text.replace(/\{\{\s*[\w]+\s*\}\}/g, EXAMPLE) : null;
  };
  const listed = components.find(({ type }) => type === 'BUTTONS')?.buttons;
  const buttons = Array.isArray(listed) ? (listed as { type?: unknown; text?: unknown }[]) : [];
  return {
    header: textOf('HEADER'),
    body: textOf('BODY') ?? '',
    footer: textOf('FOOTER'),
    buttons: buttons.map(({ type, text }) => ({
      text: typeof text === 'string' ? text : '',
      isQuickReply: type === 'QUICK_REPLY',
    })),
  };
}

/** The template's quick-reply buttons, in their order. */
export const quickReplies = (template: Pick<Template, 'components'>) =>
  templateText(template).buttons.filter(({ isQuickReply }) => isQuickReply);
