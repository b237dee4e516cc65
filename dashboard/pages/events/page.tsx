import {
  Badge,
  Button,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Table,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { IconCircleCheck, IconWebhook } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { EventLine } from '../../../src/contract/listings.ts';
import { get } from '../../api/client.ts';
import { keys } from '../../api/query-keys.ts';
import { useZone } from '../../api/session.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { RowSkeletons } from '../../elements/row-skeletons.tsx';
import { Surface } from '../../elements/surface.tsx';
import { fullWhen } from '../../words/formatting.ts';
import { EventDrawer } from './event-drawer.tsx';
import { kindName, outcomeWords, SOURCES, STATES } from './event-words.ts';
import classes from './events.module.css';

type Page = { events: EventLine[]; next_cursor: string | null };

/** What webhooks brought: first of all what failed, and how it is applied again. */
export function EventsPage() {
  const [query, setQuery] = useSearchParams();
  const [open, setOpen] = useState<number | null>(null);
  const zone = useZone();
  const state = query.get('estado') ?? 'dead';
  const source = query.get('origem');
  const filter = { state: state === 'all' ? null : state, source };
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...keys.events, 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      get<Page>('/v1/events', { ...filter, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 15_000,
  });
  const events = data?.pages.flatMap((page) => page.events);
  const choose = (name: string, value: string | null) => {
    const next = new URLSearchParams(query);
    if (value === null) next.delete(name);
    else next.set(name, value);
    setQuery(next, { replace: true });
  };
  return (
    <>
      <PageHeader
        title="Eventos"
        description="O que os webhooks trouxeram. Cada um é guardado antes de ser aplicado: o que falhou pode ser aplicado de novo."
      />
      <Stack gap="md">
        <Group gap="sm">
          <SegmentedControl
            aria-label="Estado"
            value={state}
            onChange={(value) => choose('estado', value)}
            data={[
              { value: 'dead', label: 'Falharam' },
              { value: 'pending', label: 'Na fila' },
              { value: 'applied', label: 'Aplicados' },
              { value: 'all', label: 'Todos' },
            ]}
          />
          <Select
            aria-label="Origem"
            placeholder="Todas as origens"
            clearable
            w={180}
            data={Object.entries(SOURCES).map(([value, label]) => ({ value, label }))}
            value={source}
            onChange={(value) => choose('origem', value)}
          />
        </Group>
        {error && <FailureNotice error={error} onRetry={() => void refetch()} />}
        {!events && !error && <RowSkeletons />}
        {events?.length === 0 && (
          <Surface>
            {state === 'dead' ? (
              <EmptyState
                icon={IconCircleCheck}
                title="Nada falhou"
                text="Todos os webhooks recebidos foram aplicados."
              />
            ) : (
              <EmptyState
                icon={IconWebhook}
                title="Nenhum evento aqui"
                text="Mude o estado ou a origem para ver outros."
              />
            )}
          </Surface>
        )}
        {events && events.length > 0 && (
          <Surface>
            <Table.ScrollContainer minWidth={640}>
              <Table verticalSpacing={8} highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Recebido</Table.Th>
                    <Table.Th>Origem</Table.Th>
                    <Table.Th>Tipo</Table.Th>
                    <Table.Th>Estado</Table.Th>
                    <Table.Th>O que houve</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {events.map((event) => (
                    <Table.Tr key={event.id}>
                      <Table.Td className="tabular">
                        <UnstyledButton
                          className={classes.open}
                          onClick={() => setOpen(event.id)}
                          aria-label={`${fullWhen(event.received_at, zone)}: abrir o evento ${event.id}`}
                        >
                          {fullWhen(event.received_at, zone)}
                        </UnstyledButton>
                      </Table.Td>
                      <Table.Td>{SOURCES[event.source]}</Table.Td>
                      <Table.Td>{kindName(event.kind)}</Table.Td>
                      <Table.Td>
                        <Badge variant="light" tt="none" color={STATES[event.state].color}>
                          {STATES[event.state].name}
                        </Badge>
                      </Table.Td>
                      <Table.Td maw={320}>
                        <Text size="sm" truncate>
                          {event.error ?? (event.outcome ? outcomeWords(event.outcome) : '–')}
                        </Text>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {hasNextPage && (
              <Group justify="center" mt="md">
                <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  Mostrar mais
                </Button>
              </Group>
            )}
          </Surface>
        )}
      </Stack>
      <EventDrawer id={open} onClose={() => setOpen(null)} />
    </>
  );
}
