import { Alert, Button, Code, Drawer, Group, ScrollArea, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { EventPage } from '../../../src/contract/listings.ts';
import { get, send } from '../../api/client.ts';
import { keys } from '../../api/query-keys.ts';
import { useZone } from '../../api/session.ts';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { toastDone, toastFailed } from '../../elements/toasts.ts';
import { fullWhen } from '../../words/formatting.ts';
import { kindName, outcomeWords, SOURCES, STATES } from './event-words.ts';

/** One event with what it brought, and the button that applies it again. */
export function EventDrawer({ id, onClose }: { id: number | null; onClose: () => void }) {
  const zone = useZone();
  const queryClient = useQueryClient();
  const { data: event, error } = useQuery({
    queryKey: [...keys.events, 'one', id],
    queryFn: ({ signal }) => get<EventPage>(`/v1/events/${id}`, {}, signal),
    enabled: id !== null,
  });
  const replay = useMutation({
    mutationFn: () => send('POST', `/v1/events/${id}/replay`, {}),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: keys.events });
      toastDone('O evento voltou para a fila e será aplicado em instantes.');
      onClose();
    },
    onError: toastFailed,
  });
  return (
    <Drawer opened={id !== null} onClose={onClose} position="right" size="lg" title={`Evento ${id ?? ''}`}>
      {error && <FailureNotice error={error} />}
      {!event && !error && <Skeleton h={240} />}
      {event && (
        <Stack>
          <Text size="sm" c="dimmed">
            {SOURCES[event.source]} · {kindName(event.kind)} · recebido em {fullWhen(event.received_at, zone)}{' '}
            · {STATES[event.state].name}
            {event.outcome && ` (${outcomeWords(event.outcome)})`}
          </Text>
          {event.error && (
            <Alert color="red" variant="light" title={`Falhou ${event.attempts} vezes`}>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {event.error}
              </Text>
            </Alert>
          )}
          <Text size="sm">
            {event.state === 'dead' && 'Corrija a causa e aplique de novo. '}O que já teve efeito não acontece
            outra vez.
          </Text>
          <Group>
            <Button
              leftSection={<IconRefresh size={17} />}
              loading={replay.isPending}
              disabled={event.state === 'pending'}
              onClick={() => replay.mutate()}
            >
              Aplicar de novo
            </Button>
          </Group>
          <ScrollArea tabIndex={0} aria-label="Conteúdo do evento">
            <Code block>{JSON.stringify(event.payload, null, 2)}</Code>
          </ScrollArea>
        </Stack>
      )}
    </Drawer>
  );
}
