import type { LeadLine } from '../../src/contract/lead.ts';
import { standing } from '../words/columns.ts';
import classes from './column-badge.module.css';

/** A dot in the colour of a column of the board. */
export const ColumnDot = ({ color }: { color: string }) => (
  <span className={classes.dot} style={{ background: `var(--mantine-color-${color}-6)` }} aria-hidden />
);

/** Where a lead stands. */
export function ColumnBadge({ lead }: { lead: Pick<LeadLine, 'column' | 'stage' | 'outcome'> }) {
  const { name, color } = standing(lead);
  return (
    <span className={classes.badge}>
      <ColumnDot color={color} />
      {name}
    </span>
  );
}
