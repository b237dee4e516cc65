import { Alert, Group, List, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import type { ConnectionTest } from '../../src/contract/connection.ts';

const LOOKS = {
  ok: { color: 'verde', icon: IconCheck, word: 'Certo' },
  warning: { color: 'yellow', icon: IconAlertTriangle, word: 'Atenção' },
  failed: { color: 'red', icon: IconX, word: 'Errado' },
} as const;

/** What a test of a connection found right and wrong, each with its remedy. */
export function ConnectionTestResult({ test }: { test: ConnectionTest }) {
  const warned = test.checks.some(({ state }) => state === 'warning');
  const title = !test.ok ? 'Há o que corrigir' : warned ? 'Funciona, com ressalvas' : 'Tudo certo';
  return (
    <Alert variant="light" color={!test.ok ? 'red' : warned ? 'yellow' : 'verde'} title={title} role="status">
      <List spacing={8} size="sm" listStyleType="none">
        {test.checks.map(({ name, state, message }) => {
          const { color, icon: Picture, word } = LOOKS[state];
          return (
            <List.Item key={`${name} ${message}`}>
              <Group gap="xs" wrap="nowrap" align="flex-start">
                <ThemeIcon size={20} radius="xl" color={color} variant="light" aria-label={word} role="img">
                  <Picture size={13} stroke={2.4} />
                </ThemeIcon>
                <Text size="sm">{message}</Text>
              </Group>
            </List.Item>
          );
        })}
      </List>
    </Alert>
  );
}
