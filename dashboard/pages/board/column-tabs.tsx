import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import type { Board, BoardColumn } from '../../../src/contract/lead.ts';
import { ColumnDot } from '../../elements/column-badge.tsx';
import { COLUMNS } from '../../words/columns.ts';
import { count } from '../../words/formatting.ts';
import classes from './board.module.css';

/** The columns as tabs: one is shown, the others are a tap or an arrow key away, with their counts in sight. */
export function ColumnTabs({
  columns,
  children,
}: {
  columns: Board['columns'];
  children: (column: Board['columns'][number]) => ReactNode;
}) {
  const id = useId();
  const [chosen, setChosen] = useState<BoardColumn>(
    () => columns.find((column) => column.count > 0)?.column ?? 'new',
  );
  const shown = columns.find(({ column }) => column === chosen) ?? columns[0];
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !shown) return;
    const next = columns.at((columns.indexOf(shown) + step) % columns.length);
    if (!next) return;
    event.preventDefault();
    setChosen(next.column);
    document.getElementById(`${id}-${next.column}`)?.focus();
  };

  return (
    <>
      <div role="tablist" aria-label="Colunas do quadro" className={classes.tabs} onKeyDown={move}>
        {columns.map((column) => (
          <button
            key={column.column}
            type="button"
            role="tab"
            id={`${id}-${column.column}`}
            aria-selected={column === shown}
            aria-controls={`${id}-coluna`}
            tabIndex={column === shown ? 0 : -1}
            className={classes.tab}
            onClick={() => setChosen(column.column)}
          >
            <ColumnDot color={COLUMNS[column.column].color} />
            {COLUMNS[column.column].name}
            <span className="tabular">{count(column.count)}</span>
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-coluna`}
        aria-labelledby={`${id}-${shown?.column}`}
        className={classes.panel}
      >
        {shown && children(shown)}
      </div>
    </>
  );
}
