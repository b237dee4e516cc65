import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type LeadFilters, readFilters, writeFilters } from '../../api/lead-filters.ts';
import { leadListQuery, leadsCsv } from '../../api/leads.ts';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { LeadsViews } from '../../elements/leads-views.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { FilterBar } from './filter-bar.tsx';
import { LeadTable } from './lead-table.tsx';
import classes from './leads.module.css';

/** All leads in a list that can be searched; what is looked for stands in the address, which can be passed on. */
export function LeadsPage() {
  const [search, setSearch] = useSearchParams();
  const filters = readFilters(search);
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(leadListQuery(filters));
  const leads = useMemo(() => data?.pages.flatMap((page) => page.leads) ?? [], [data]);
  const setFilters = (changed: LeadFilters) =>
    setSearch(writeFilters({ ...filters, ...changed }), { replace: true });

  return (
    <div className={classes.page}>
      <PageHeader
        title="Leads"
        actions={
          <>
            <Button
              component="a"
              href={leadsCsv(filters)}
              download
              variant="default"
              size="sm"
              leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
            >
              CSV
            </Button>
            <LeadsViews />
          </>
        }
      />
      <FilterBar filters={filters} onChange={setFilters} />
      {error && !data ? (
        <FailureNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <LeadTable
          leads={leads}
          isLoading={isPending}
          isReadingOn={isFetchingNextPage}
          isFiltered={[...writeFilters(filters)].length > 0}
          onNearEnd={() => {
            if (hasNextPage && !isFetchingNextPage && !error) void fetchNextPage();
          }}
          onClear={() => setSearch({}, { replace: true })}
          failure={
            error && data ? <FailureNotice error={error} onRetry={() => void fetchNextPage()} /> : undefined
          }
        />
      )}
    </div>
  );
}
