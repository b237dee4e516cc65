import { ActionIcon } from '@mantine/core';
import { IconArrowLeft, IconBuildingStore, IconSend2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, Fragment, useEffect, useRef, useState } from 'react';
import type { TestPhone } from '../../../src/contract/connection.ts';
import { keys } from '../../api/query-keys.ts';
import { useZone } from '../../api/session.ts';
import { type PhoneReply, replyFromPhone } from '../../api/test-phone.ts';
import { toastFailed } from '../../elements/toasts.ts';
import { useNow } from '../../elements/use-now.ts';
import { clock, dayHeading, isoDay, phone as phoneWords } from '../../words/formatting.ts';
import classes from './fake-phone.module.css';

type Phone = TestPhone['phones'][number];

const QUICK = ['Quero saber mais', 'Pode me ligar amanhã?', 'SAIR'];

/** One phone with its chat: messages, their buttons, and an answer of one's own. */
export function FakePhone({ phone }: { phone: Phone }) {
  const zone = useZone();
  const now = useNow(20_000);
  const client = useQueryClient();
  const wall = useRef<HTMLElement>(null);
  const [typed, setTyped] = useState('');
  const { messages, wa_id: waId } = phone;
  const answering = useMutation({
    mutationFn: (reply: PhoneReply) => replyFromPhone(waId, reply),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.testPhone }),
    onError: toastFailed,
  });
  const write = (event: FormEvent) => {
    event.preventDefault();
    const text = typed.trim();
    if (text === '') return;
    answering.mutate({ text }, { onSuccess: () => setTyped('') });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is to be in sight
  useEffect(() => {
    wall.current?.scrollTo({ top: wall.current.scrollHeight });
  }, [messages.length]);

  return (
    <section className={classes.phone} aria-label={`Telefone ${phoneWords(waId)}`}>
      <header className={classes.bar}>
        <IconArrowLeft size={19} aria-hidden />
        <span className={classes.avatar} aria-hidden>
          <IconBuildingStore size={19} stroke={1.8} />
        </span>
        <span>
          <b>Sua empresa</b>
          <small>{`no aparelho de ${phoneWords(waId)}`}</small>
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className={classes.wall} ref={wall} tabIndex={0} aria-label="Mensagens" aria-live="polite">
        {messages.map((message, index) => {
          const before = messages[index - 1];
          const isNewDay =
            !before || isoDay(new Date(before.at), zone) !== isoDay(new Date(message.at), zone);
          return (
            <Fragment key={message.id}>
              {isNewDay && <p className={classes.day}>{dayHeading(message.at, zone, now)}</p>}
              <Bubble
                message={message}
                zone={zone}
                isBusy={answering.isPending}
                onPress={(button) => answering.mutate({ button })}
              />
            </Fragment>
          );
        })}
      </section>
      <div className={classes.quick}>
        {QUICK.map((text) => (
          <button
            key={text}
            type="button"
            disabled={answering.isPending}
            onClick={() => answering.mutate({ text })}
          >
            {text}
          </button>
        ))}
      </div>
      <form className={classes.write} onSubmit={write}>
        <input
          aria-label="Responder como a pessoa"
          placeholder="Mensagem"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ActionIcon
          type="submit"
          size={42}
          radius="xl"
          variant="filled"
          color="verde"
          aria-label="Enviar"
          loading={answering.isPending}
        >
          <IconSend2 size={19} />
        </ActionIcon>
      </form>
    </section>
  );
}

/** As the person sees it: what the company sent stands at the left. */
function Bubble({
  message,
  zone,
  isBusy,
  onPress,
}: {
  message: Phone['messages'][number];
  zone: string;
  isBusy: boolean;
  onPress: (button: { text: string; payload: string }) => void;
}) {
  const isTheirs = message.direction === 'in';
  return (
    <div className={classes.message} data-own={isTheirs || undefined}>
      <div className={classes.bubble}>
        <span className="visually-hidden">{isTheirs ? 'A pessoa:' : 'A empresa:'}</span>
        <p>{message.text}</p>
        <time dateTime={message.at}>{clock(message.at, zone)}</time>
      </div>
      {message.buttons.map((button) => (
        <button
          key={button.payload || button.text}
          type="button"
          className={classes.button}
          disabled={isBusy}
          onClick={() => onPress(button)}
        >
          {button.text}
        </button>
      ))}
    </div>
  );
}
