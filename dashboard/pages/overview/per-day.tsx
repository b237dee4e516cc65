import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { Overview } from '../../../src/contract/overview.ts';
import { count } from '../../words/formatting.ts';

const SERIES = [
  { name: 'leads', label: 'Leads', color: 'verde.5' },
  { name: 'converted', label: 'Convertidos', color: 'orange.6' },
];

/** `2026-11-20` as `20/11`. */
const shortDay = (day: string) => `${day.slice(8)}/${day.slice(5, 7)}`;

/** How many leads came in each day, and how many of them have converted. */
export function PerDay({ days }: { days: Overview['per_day'] }) {
  const most = days.reduce((best, day) => (day.leads > best.leads ? day : best), { day: '', leads: 0 });
  const words =
    most.leads === 0
      ? 'Nenhum lead no período.'
      : `O dia com mais leads foi ${shortDay(most.day)}: ${count(most.leads)}.`;
  return (
    <div role="img" aria-label={`Leads e convertidos por dia. ${words}`}>
      <BarChart
        h={240}
        data={days.map((day) => ({ ...day, name: shortDay(day.day) }))}
        dataKey="name"
        series={SERIES}
        withLegend
        legendProps={{ verticalAlign: 'top', height: 36 }}
        tickLine="none"
        gridAxis="x"
        valueFormatter={count}
        yAxisProps={{ allowDecimals: false, width: 44 }}
        barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false, maxBarSize: 26 }}
      />
    </div>
  );
}
