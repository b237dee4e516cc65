import { IconHandClick } from '@tabler/icons-react';
import type { MessageLine } from '../../../src/contract/lead.ts';
import { MessageTicks } from '../../elements/message-ticks.tsx';
import { clock, fullWhen, money } from '../../words/formatting.ts';
import { refusalWords } from '../../../src/domain/sending-words.ts';
import { messageKind } from '../../words/sending.ts';
import type { TemplateText } from '../../words/template-text.ts';
import classes from './conversation.module.css';

/** One message with its time, its ticks and its cost; why it did not arrive where it did not. */
export function MessageBubble({
  message,
  words,
  zone,
}: {
  message: MessageLine;
  words: TemplateText | null;
  zone: string;
}) {
  const { direction, state } = message;
  const body = message.body ?? words?.body;
  const isButton = direction === 'in' && message.button_payload !== null;
  return (
    <article
      className={classes.message}
      data-direction={direction}
      data-failed={state === 'failed' || undefined}
    >
      <span className="visually-hidden">{direction === 'in' ? 'A pessoa:' : 'Lead Flow:'}</span>
      {isButton && (
        <p className={classes.kind}>
          <IconHandClick size={14} stroke={1.8} aria-hidden /> Tocou no botão
        </p>
      )}
      {words?.header && !message.body && <p className={classes.header}>{words.header}</p>}
      <p className={classes.body}>
        {body ?? <em>{message.template ? 'Modelo aprovado' : messageKind(message.kind)}</em>}
      </p>
      {words?.footer && !message.body && <p className={classes.footer}>{words.footer}</p>}
      {state === 'failed' && (
        <p className={classes.failure}>{refusalWords(message.error_code, message.error_text)}</p>
      )}
      <p className={classes.meta}>
        {message.template && <span className={classes.template}>{message.template}</span>}
        {message.cost !== null && message.cost > 0 && (
          <span title="Custo estimado pela tabela de preços">{money(message.cost)}</span>
        )}
        <time dateTime={message.created_at} title={steps(message, zone)}>
          {clock(message.sent_at ?? message.created_at, zone)}
        </time>
        <MessageTicks state={state} />
      </p>
      {words && words.buttons.length > 0 && (
        <ul className={classes.buttons} aria-label="Botões da mensagem">
          {words.buttons.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </article>
  );
}

function steps({ sent_at, delivered_at, read_at, created_at }: MessageLine, zone: string): string {
  const told = [
    ['Enviada', sent_at],
    ['Entregue', delivered_at],
    ['Lida', read_at],
  ].flatMap(([name, at]) => (at ? [`${name} ${fullWhen(at, zone)}`] : []));
  return told.join('\n') || fullWhen(created_at, zone);
}
