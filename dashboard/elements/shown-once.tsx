import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';

/** Something secret that is shown this once, to be copied: a click beside it does not close it. */
export function ShownOnce({
  title,
  warning,
  text,
  secret,
  onClose,
}: {
  title: string;
  warning: string;
  /** What it is for. */
  text: string;
  secret: string;
  onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <Stack>
        <Alert color="yellow" variant="light" title={warning}>
          <Text size="sm">{text}</Text>
        </Alert>
        <Code block data-testid="shown-once">
          {secret}
        </Code>
        <Group justify="flex-end" gap="xs">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copiado' : 'Copiar'}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>Pronto</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
