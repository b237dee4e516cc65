import { Center, Loader } from '@mantine/core';

/** What stands there until the first page is loaded. */
export const Opening = () => (
  <Center h="100dvh">
    <Loader role="status" aria-label="Carregando" />
  </Center>
);
