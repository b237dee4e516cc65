import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** It may be asked from within a dialog, which has 200. */
const ABOVE_DIALOGS = 250;

/** Asks before something that is hard to undo; `onClose` is called either way. */
export function Confirm({
  opened,
  title,
  text,
  action,
  cancel = 'Cancelar',
  isDangerous = false,
  onConfirm,
  onCancel,
  onClose,
}: {
  opened: boolean;
  title: string;
  text: ReactNode;
  /** The words on the button that does it. */
  action: string;
  /** The words on the button that does not. */
  cancel?: string;
  isDangerous?: boolean;
  onConfirm: () => void;
  /** Called where it is turned down. */
  onCancel?: () => void;
  onClose: () => void;
}) {
  const turnDown = () => {
    onClose();
    onCancel?.();
  };
  return (
    <Modal opened={opened} onClose={turnDown} title={title} zIndex={ABOVE_DIALOGS}>
      <Stack>
        <Text size="sm">{text}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus={isDangerous || undefined} onClick={turnDown}>
            {cancel}
          </Button>
          <Button
            color={isDangerous ? 'red.8' : undefined}
            data-autofocus={!isDangerous || undefined}
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
