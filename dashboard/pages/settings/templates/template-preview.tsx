import { IconArrowBackUp, IconExternalLink } from '@tabler/icons-react';
import type { Template } from '../../../../src/contract/listings.ts';
import { templateText } from '../../../words/template-text.ts';
import classes from './template-preview.module.css';

const EXAMPLE = 'Maria';

const NO_TEXT = {
  header: null,
  body: 'A Meta ainda não mandou o texto deste modelo.',
  footer: null,
  buttons: [],
};

/** The message as it stands on a phone. */
export function TemplatePreview({ template }: { template: Pick<Template, 'components' | 'name'> }) {
  const { header, body, footer, buttons } = templateText(template, EXAMPLE) ?? NO_TEXT;
  return (
    <figure className={classes.wall} aria-label={`Prévia do modelo ${template.name}`}>
      <div className={classes.bubble}>
        {header && <p className={classes.header}>{header}</p>}
        <p>{body}</p>
        {footer && <p className={classes.footer}>{footer}</p>}
      </div>
      {buttons.map(({ text, isQuickReply }) => (
        <div key={text} className={classes.button}>
          {isQuickReply ? (
            <IconArrowBackUp size={16} aria-hidden />
          ) : (
            <IconExternalLink size={16} aria-hidden />
          )}
          {text}
        </div>
      ))}
    </figure>
  );
}
