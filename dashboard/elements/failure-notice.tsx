import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { sentenceOf } from '../api/problem.ts';

/** Something could not be read: in words, with a button that tries again. */
export function FailureNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle size={20} />}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 220px">
          {sentenceOf(error)}
        </Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Tentar de novo
          </Button>
        )}
      </Group>
    </Alert>
  );
}
