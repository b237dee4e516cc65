import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useEffect, useRef } from 'react';
import type { LeadPage, MessageLine } from '../../../src/contract/lead.ts';
import { useZone } from '../../api/session.ts';
import { templatesQuery } from '../../api/settings.ts';
import { useNow } from '../../elements/use-now.ts';
import { dayHeading, isoDay } from '../../words/formatting.ts';
import { templateText } from '../../words/template-text.ts';
import classes from './conversation.module.css';
import { MessageBubble } from './message-bubble.tsx';

/** What was said, as on WhatsApp; the rework's part begins with its own mark. */
export function Conversation({ lead }: { lead: LeadPage }) {
  const zone = useZone();
  const now = useNow(60_000);
  const { data: templates } = useQuery(templatesQuery);
  const wall = useRef<HTMLElement>(null);
  const { messages } = lead;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is to be in sight
  useEffect(() => {
    wall.current?.scrollTo({ top: wall.current.scrollHeight });
  }, [messages.length]);
  const wordsOf = ({ template }: MessageLine) => {
    const found = templates?.templates.find(({ name }) => name === template);
    return found ? templateText(found, lead.name) : null;
  };

  return (
    <section className={`surface ${classes.conversation}`} aria-labelledby="conversa">
      <header className={classes.head}>
        <Title order={2} id="conversa" size="h3">
          Conversa
        </Title>
        <Text size="xs" c="dimmed">
          O que um agente escreve fica no Chatwoot.
        </Text>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className={classes.wall} ref={wall} tabIndex={0} aria-label="Mensagens">
        {messages.length === 0 && (
          <Text size="sm" className={classes.note}>
            Nenhuma mensagem ainda. A primeira sai assim que o contato estiver no Chatwoot.
          </Text>
        )}
        {messages.map((message, index) => {
          const before = messages[index - 1];
          const day = isoDay(new Date(message.created_at), zone);
          const isNewDay = !before || isoDay(new Date(before.created_at), zone) !== day;
          const isRework = message.stage === 'rework' && before?.stage !== 'rework';
          return (
            <Fragment key={message.id}>
              {isNewDay && <p className={classes.note}>{dayHeading(message.created_at, zone, now)}</p>}
              {isRework && (
                <p className={classes.note} data-rework>
                  Retrabalho
                </p>
              )}
              <MessageBubble message={message} words={wordsOf(message)} zone={zone} />
            </Fragment>
          );
        })}
      </section>
    </section>
  );
}
