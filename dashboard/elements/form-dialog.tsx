import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureNotice } from './failure-notice.tsx';
import { useLeaving } from './unsaved.ts';
import type { Saving } from './use-saving.ts';

/** A form in a dialog: its fields, what went wrong where no field says it, the way out, and the button that sends. */
export function FormDialog({
  title,
  size,
  saving: { submit, isSaving, error, problem },
  action = 'Salvar',
  onClose,
  children,
}: {
  title: string;
  size?: string;
  saving: Saving;
  /** The words on the button that sends. */
  action?: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { leave, isAsking } = useLeaving();
  const close = () => leave(onClose);
  return (
    // The question whether to leave is a dialog of its own, above this one, and the keys are its.
    <Modal opened onClose={close} title={title} size={size} closeOnEscape={!isAsking} trapFocus={!isAsking}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {children}
          {error && !problem?.fields.length && <FailureNotice error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancelar
            </Button>
            <Button type="submit" loading={isSaving}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
