import { Group, Text, Tooltip } from '@mantine/core';
import { useLiveState } from '../live/live-provider.tsx';
import classes from './shell.module.css';

const WORDS = {
  connecting: ['Conectando…', 'A página ainda está se ligando ao servidor.'],
  live: ['Ao vivo', 'O que muda aparece aqui sozinho, em até um segundo.'],
  away: [
    'Reconectando…',
    'A ligação com o servidor caiu. A página tenta de novo sozinha e recupera o que perdeu.',
  ],
  refused: ['Desconectado', 'A sessão terminou. Entre de novo.'],
} as const;

/** Whether what is on the page is moving by itself right now. */
export function LiveIndicator() {
  const state = useLiveState();
  const [name, explanation] = WORDS[state];
  return (
    <Tooltip label={explanation} multiline maw={240}>
      <Group gap={8} wrap="nowrap" role="status" aria-live="polite">
        <span className={classes.dot} data-live={state === 'live' || undefined} aria-hidden />
        <Text size="xs" c="dimmed" fw={500}>
          {name}
        </Text>
      </Group>
    </Tooltip>
  );
}
