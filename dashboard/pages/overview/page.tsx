import { SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { Overview } from '../../../src/contract/overview.ts';
import { get } from '../../api/client.ts';
import { keys } from '../../api/query-keys.ts';
import { useZone } from '../../api/session.ts';
import { DateRangeInput } from '../../elements/date-range.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { Surface } from '../../elements/surface.tsx';
import { isoDay } from '../../words/formatting.ts';
import { ByConsultant } from './by-consultant.tsx';
import { Costs, Errors } from './costs-and-errors.tsx';
import { ExportMenu } from './export-menu.tsx';
import { Funnel } from './funnel.tsx';
import { PerDay } from './per-day.tsx';
import { readRange } from './range.ts';
import { Totals } from './totals.tsx';

const REFRESH_MS = 60_000;

/** What a supervisor reads at a glance: of the leads that came in on some days. */
export function OverviewPage() {
  const [query, setQuery] = useSearchParams();
  const today = isoDay(new Date(), useZone());
  const range = readRange(query, today);
  const { data, error, refetch } = useQuery({
    queryKey: [...keys.overview, range.from, range.until],
    queryFn: ({ signal }) => get<Overview>('/v1/overview', range, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageHeader
        title="Visão geral"
        description="Dos leads que entraram no período."
        actions={
          <>
            <DateRangeInput
              value={range}
              today={today}
              isClearable={false}
              onChange={({ from, until }) => from && until && setQuery({ from, until }, { replace: true })}
            />
            <ExportMenu range={range} />
          </>
        }
      />
      {error && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <Stack gap="md">
          <Totals overview={data} />
          <Surface title="Leads por dia">
            <PerDay days={data.per_day} />
          </Surface>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Surface title="Conversão por consultor">
              <ByConsultant consultants={data.consultants} />
            </Surface>
            <Surface title="Até onde as mensagens chegaram">
              <Funnel funnel={data.funnel} />
            </Surface>
            <Surface title="Custo">
              <Costs cost={data.cost} />
            </Surface>
            <Surface title="Erros de envio">
              <Errors errors={data.errors} />
            </Surface>
          </SimpleGrid>
        </Stack>
      )}
    </>
  );
}

const Waiting = () => (
  <Stack gap="md" aria-label="Carregando" role="status">
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }}>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((place) => (
        <Skeleton key={place} h={92} radius="lg" />
      ))}
    </SimpleGrid>
    <Skeleton h={300} radius="lg" />
    <Skeleton h={260} radius="lg" />
  </Stack>
);
