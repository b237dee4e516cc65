import { IconArrowBackUp, IconExternalLink } from '@tabler/icons-react';
import type { Template } from '../../../../src/contract/listings.ts';
import classes from './template-preview.module.css';
import { templateText } from './template-text.ts';

/** The message as it stands on a phone. */
export function TemplatePreview({ template }: { template: Pick<Template, 'components' | 'name'> }) {
  const { header, body, footer, buttons } = templateText(template);
  return (
    <figure className={classes.wall} aria-label={`Prévia do modelo ${template.name}`}>
      <div className={classes.bubble}>
        {header && <p className={classes.header}>{header}</p>}
        <p className={classes.body}>{body || 'A Meta ainda não mandou o texto deste modelo.'}</p>
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
