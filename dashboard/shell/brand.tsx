import { Group, Text } from '@mantine/core';

/** The product's mark and name. */
export function Brand({ size = 28 }: { size?: number }) {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/icon.svg" width={size} height={size} alt="" />
      <Text fw={700} size={size > 30 ? 'xl' : 'md'} lts="-0.01em">
        Lead Flow
      </Text>
    </Group>
  );
}
