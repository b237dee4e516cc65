import { Skeleton, Stack } from '@mantine/core';

/** Stands for rows that are still being read. */
export const RowSkeletons = ({ rows = 5, height = 44 }: { rows?: number; height?: number }) => (
  <Stack gap="xs" role="status" aria-label="Carregando">
    {Array.from({ length: rows }, (_, row) => `row ${row}`).map((row) => (
      <Skeleton key={row} h={height} radius="md" />
    ))}
  </Stack>
);
