import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangleFilled, IconFileImport, IconSeeding } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Board } from '../../../src/contract/lead.ts';
import { boardQuery } from '../../api/leads.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { LeadsViews } from '../../elements/leads-views.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { useNow } from '../../elements/use-now.ts';
import { count } from '../../words/formatting.ts';
import classes from './board.module.css';
import { BoardColumnView, headingOf } from './board-column.tsx';
import { ColumnTabs } from './column-tabs.tsx';
import { moveByArrows } from './move-by-arrows.ts';

/** All leads by where they stand; they move by themselves. On a phone one column at a time. */
export function BoardPage() {
  const { data: board, error, refetch } = useQuery(boardQuery);
  const isPhone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const total = board?.columns.reduce((sum, column) => sum + column.count, 0);

  return (
    <div className={classes.page}>
      <PageHeader
        title="Leads"
        description={
          total === undefined ? 'Carregando…' : `${count(total)} ${total === 1 ? 'lead' : 'leads'}`
        }
        actions={
          <>
            {board && !isPhone && <AttentionJump board={board} />}
            <LeadsViews />
          </>
        }
      />
      {error && !board && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {!board && !error && <BoardSkeleton />}
      {board && total === 0 && <NoLeads />}
      {board && total !== 0 && (isPhone ? <OneColumn board={board} /> : <AllColumns board={board} />)}
    </div>
  );
}

/** Leads to the column of what needs somebody, which may be out of sight. */
function AttentionJump({ board }: { board: Board }) {
  const waiting = board.columns.find(({ column }) => column === 'attention')?.count ?? 0;
  if (waiting === 0) return null;
  const show = () => {
    const column = document.getElementById(headingOf('attention'))?.closest('section');
    column?.scrollIntoView({ behavior: 'smooth', inline: 'center', block: 'nearest' });
    column?.querySelector<HTMLElement>('[data-card]')?.focus({ preventScroll: true });
  };
  return (
    <Button
      variant="light"
      color="orange"
      c="var(--warn-text)"
      leftSection={<IconAlertTriangleFilled size={15} aria-hidden />}
      onClick={show}
    >
      {waiting === 1 ? '1 precisa de atenção' : `${count(waiting)} precisam de atenção`}
    </Button>
  );
}

function AllColumns({ board }: { board: Board }) {
  const now = useNow(30_000);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the cards in it are links; arrows only lead from one to another
    <div className={classes.columns} onKeyDown={moveByArrows}>
      {board.columns.map((column) => (
        <BoardColumnView key={column.column} column={column} now={now} />
      ))}
    </div>
  );
}

function OneColumn({ board }: { board: Board }) {
  const now = useNow(30_000);
  return (
    <ColumnTabs columns={board.columns}>
      {(column) => <BoardColumnView key={column.column} column={column} now={now} />}
    </ColumnTabs>
  );
}

function BoardSkeleton() {
  return (
    <div className={classes.columns} role="status" aria-label="Carregando os leads">
      {[3, 4, 4, 2, 3].map((cards, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stand for nothing and never move
        <div className={classes.column} key={index}>
          <Skeleton h={20} w={130} m={12} radius="sm" />
          {Array.from({ length: cards }, (_, card) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: likewise
            <Skeleton h={86} mx={8} mb={8} w="auto" radius="md" key={card} />
          ))}
        </div>
      ))}
    </div>
  );
}

function NoLeads() {
  return (
    <div className="surface">
      <EmptyState
        icon={IconSeeding}
        title="Ainda não há leads"
        text="Assim que um consultor indicar alguém pela extensão, ou um sistema pela API, o cartão aparece aqui sozinho."
      >
        <Button
          component={Link}
          to="/importar"
          variant="light"
          leftSection={<IconFileImport size={18} />}
          mt="xs"
        >
          Importar uma planilha
        </Button>
      </EmptyState>
    </div>
  );
}
