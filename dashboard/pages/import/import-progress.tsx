import { Progress, Stack, Text } from '@mantine/core';
import type { ImportProgress as Reached } from '../../../src/contract/connection.ts';
import { count } from '../../words/formatting.ts';

/** How far an import is; null until the server has begun. */
export function ImportProgress({ reached }: { reached: Reached | null }) {
  const words = reached
    ? `${count(reached.done)} de ${count(reached.lines)} ${reached.lines === 1 ? 'linha' : 'linhas'}`
    : 'Enviando o arquivo…';
  const percent = reached ? (reached.done / Math.max(1, reached.lines)) * 100 : 0;
  return (
    <Stack gap={6} maw={520}>
      <Text size="sm" fw={600} className="tabular">
        {words}
      </Text>
      <Progress.Root size="lg" radius="xl">
        <Progress.Section
          value={percent}
          animated
          // What it would say by itself is the bare percentage, in place of the words.
          withAria={false}
          role="progressbar"
          aria-label="Importação"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
          aria-valuetext={words}
        />
      </Progress.Root>
      <Text size="xs" c="dimmed">
        Um arquivo grande leva um minuto ou mais. Se a conexão cair ou você sair desta página, envie o mesmo
        arquivo de novo: nada se repete.
      </Text>
    </Stack>
  );
}
