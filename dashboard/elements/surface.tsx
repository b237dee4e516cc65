import { Box, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page on its own ground, with a heading; `aside` stands at the heading's right. */
export function Surface({
  title,
  description,
  aside,
  children,
}: {
  title?: string;
  description?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Box component="section" className="surface" p={{ base: 'md', sm: 'lg' }} aria-label={title}>
      {title && (
        <Group justify="space-between" align="flex-start" gap="sm" mb="md">
          <Stack gap={2}>
            <Title order={2} size="h3">
              {title}
            </Title>
            {description && (
              <Text size="sm" c="dimmed" maw={640}>
                {description}
              </Text>
            )}
          </Stack>
          {aside}
        </Group>
      )}
      {children}
    </Box>
  );
}
