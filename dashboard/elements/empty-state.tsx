import { Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Says that nothing is here and why, or what to do; `children` may hold a button. */
export function EmptyState({
  icon: Picture,
  title,
  order = 2,
  text,
  children,
}: {
  icon: Icon;
  title: string;
  /** Rank of its heading: 1 where it stands for a whole page. */
  order?: 1 | 2 | 3;
  text?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light" color="gray" aria-hidden>
        <Picture size={26} stroke={1.6} />
      </ThemeIcon>
      <Title order={order} size="h3" mt={4}>
        {title}
      </Title>
      {text && (
        <Text c="dimmed" size="sm" maw={380}>
          {text}
        </Text>
      )}
      {children}
    </Stack>
  );
}
