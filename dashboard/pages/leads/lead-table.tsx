import { Button, Loader, Skeleton } from '@mantine/core';
import { IconFilterOff, IconSeeding } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import type { LeadLine } from '../../../src/contract/lead.ts';
import { useZone } from '../../api/session.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { useNow } from '../../elements/use-now.ts';
import { useSteadyScroll } from '../../elements/use-steady-scroll.ts';
import { LeadRow } from './lead-row.tsx';
import classes from './leads.module.css';
import { useRowKeys } from './use-row-keys.ts';

const READ_AHEAD = 30;
const HEAD_HEIGHT = 40;
const COLUMNS = ['Lead', 'Telefone', 'Situação', 'Consultor', 'Mensagem', 'Próximo passo', 'Entrou'];

/** The list: only the rows in sight are drawn, so that a hundred thousand scroll as ten do. */
export function LeadTable({
  leads,
  isLoading,
  isReadingOn,
  isFiltered,
  onNearEnd,
  onClear,
  failure,
}: {
  leads: readonly LeadLine[];
  isLoading: boolean;
  isReadingOn: boolean;
  isFiltered: boolean;
  onNearEnd: () => void;
  onClear: () => void;
  failure?: ReactNode;
}) {
  const now = useNow(30_000);
  const zone = useZone();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: leads.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => leads[index]?.id ?? index,
    estimateSize: () => 52,
    overscan: 12,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isNearEnd = leads.length > 0 && last >= leads.length - READ_AHEAD;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  });
  useSteadyScroll(virtual, scroller, leads);
  useRowKeys(scroller, leads.length, (index) => virtual.scrollToIndex(index));

  if (isLoading) return <Loading />;
  if (leads.length === 0) {
    return (
      <div className="surface">
        {isFiltered ? (
          <EmptyState
            icon={IconFilterOff}
            title="Nenhum lead com estes filtros"
            text="Confira o que foi digitado, ou procure com menos filtros."
          >
            <Button variant="light" onClick={onClear} mt="xs">
              Limpar os filtros
            </Button>
          </EmptyState>
        ) : (
          <EmptyState
            icon={IconSeeding}
            title="Ainda não há leads"
            text="Assim que alguém for indicado, aparece aqui sozinho."
          />
        )}
      </div>
    );
  }
  return (
    <div className={classes.frame}>
      <div className={classes.scroller} ref={scroller}>
        <table className={classes.table} aria-label="Leads" aria-rowcount={-1}>
          <thead className={classes.head}>
            <tr className={classes.row} aria-rowindex={1}>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const lead = leads[item.index];
              return (
                lead && (
                  <tr
                    key={item.key}
                    aria-rowindex={item.index + 2}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    className={classes.row}
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <LeadRow lead={lead} now={now} zone={zone} />
                  </tr>
                )
              );
            })}
          </tbody>
        </table>
      </div>
      <div className={classes.foot}>
        {failure ?? (
          <>
            <span>
              <kbd>j</kbd> <kbd>k</kbd> ou setas andam, <kbd>Enter</kbd> abre, <kbd>/</kbd> procura
            </span>
            {isReadingOn && <Loader size={14} role="status" aria-label="Carregando mais leads" />}
          </>
        )}
      </div>
    </div>
  );
}

function Loading() {
  return (
    <div className="surface" role="status" aria-label="Carregando os leads">
      {Array.from({ length: 10 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stand for nothing and never move
        <Skeleton key={row} h={18} mx="md" my={17} w="auto" radius="sm" />
      ))}
    </div>
  );
}
