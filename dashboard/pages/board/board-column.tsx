import { Button, Loader, Text, Tooltip } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Board, BoardColumn } from '../../../src/contract/lead.ts';
import { readMore } from '../../api/leads.ts';
import { useZone } from '../../api/session.ts';
import { ColumnDot } from '../../elements/column-badge.tsx';
import { toastFailed } from '../../elements/toasts.ts';
import { useSteadyScroll } from '../../elements/use-steady-scroll.ts';
import { COLUMNS } from '../../words/columns.ts';
import { count } from '../../words/formatting.ts';
import classes from './board.module.css';
import { LeadCard } from './lead-card.tsx';

const CARD_HEIGHT = 96;
const GAP = 8;
const READ_AHEAD = 8;

type Column = Board['columns'][number];

/** The id of a column's heading. */
export const headingOf = (column: BoardColumn) => `coluna-${column}`;

/** One column: its count, and its cards, of which only those in sight are drawn; it reads on as one scrolls. */
export function BoardColumnView({ column, now }: { column: Column; now: number }) {
  const { name, meaning, empty, color } = COLUMNS[column.column];
  const scroller = useRef<HTMLDivElement>(null);
  const { leads } = column;
  const zone = useZone();
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: leads.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => leads[index]?.id ?? index,
    estimateSize: () => CARD_HEIGHT,
    gap: GAP,
    overscan: 6,
    paddingEnd: GAP,
  });
  useSteadyScroll(virtual, scroller, leads);
  const items = virtual.getVirtualItems();
  const { isReading, hasFailed, tryAgain } = useReadingOn(column, items.at(-1)?.index ?? 0);
  const headingId = headingOf(column.column);

  return (
    <section className={classes.column} aria-labelledby={headingId}>
      <header className={classes.heading}>
        <ColumnDot color={color} />
        <Tooltip label={meaning} multiline maw={240} position="top-start">
          <h2 id={headingId}>{name}</h2>
        </Tooltip>
        <span className={classes.count}>
          <span className="visually-hidden">, leads: </span>
          {count(column.count)}
        </span>
        {isReading && <Loader size={12} role="status" aria-label="Carregando mais" />}
        {hasFailed && (
          <Button size="compact-xs" variant="default" onClick={tryAgain} ml="auto">
            Carregar mais
          </Button>
        )}
      </header>
      <div className={classes.scroller} ref={scroller}>
        {leads.length === 0 ? (
          <Text className={classes.empty} size="sm" c="dimmed">
            {empty}
          </Text>
        ) : (
          <ul
            className={classes.cards}
            style={{ height: virtual.getTotalSize() }}
            aria-labelledby={headingId}
          >
            {items.map((item) => {
              const lead = leads[item.index];
              return (
                lead && (
                  <li
                    key={item.key}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    className={classes.place}
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <LeadCard lead={lead} now={now} zone={zone} />
                  </li>
                )
              );
            })}
          </ul>
        )}
      </div>
    </section>
  );
}

/** Reads on once the last cards come in sight. */
function useReadingOn({ column, leads, next_cursor: cursor }: Column, lastShown: number) {
  const client = useQueryClient();
  const { mutate, status, reset } = useMutation({
    mutationFn: (after: string) => readMore(client, column, after),
    onError: toastFailed,
  });
  const isNear = cursor !== null && lastShown >= leads.length - READ_AHEAD;
  const isDue = isNear && status !== 'pending' && status !== 'error';
  useEffect(() => {
    if (isDue && cursor !== null) mutate(cursor);
  }, [isDue, mutate, cursor]);
  return { isReading: status === 'pending', hasFailed: status === 'error', tryAgain: reset };
}
