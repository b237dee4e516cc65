import { Button, Group } from '@mantine/core';
import { ApiProblem } from '../api/problem.ts';
import { FailureNotice } from './failure-notice.tsx';

/** The end of a form in a dialog: what went wrong where no field says it, the way out, and the button that sends. */
export function FormFooter({
  error,
  isSending,
  action = 'Salvar',
  onClose,
}: {
  error: unknown;
  isSending: boolean;
  /** The words on the button that sends. */
  action?: string;
  onClose: () => void;
}) {
  const isInFields = error instanceof ApiProblem && error.fields.length > 0;
  return (
    <>
      {error && !isInFields ? <FailureNotice error={error} /> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancelar
        </Button>
        <Button type="submit" loading={isSending}>
          {action}
        </Button>
      </Group>
    </>
  );
}
