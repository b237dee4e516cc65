import { z } from 'zod';
import { addDays, localDay } from '../domain/business-calendar.ts';

/** Days on the tenant's clocks, both included: `2026-11-20`. */
export type Period = { from: string; until: string };

const MOST_DAYS = 400;
const USUAL_DAYS = 30;

const DAY = 'Informe um dia, por exemplo 2026-11-22.';
const day = z.iso.date({ error: DAY }).refine((given) => given >= '1970-01-01', {
  error: DAY,
  params: { code: 'date_invalid' },
});

/** The days that `GET /v1/overview` takes. */
export const overviewDays = z.strictObject({ from: day.optional(), until: day.optional() });

/** The tables of the overview, each a file of its own. */
export const OVERVIEW_TABLES = ['summary', 'days', 'consultants', 'funnel', 'cost', 'errors'] as const;
export type OverviewTable = (typeof OVERVIEW_TABLES)[number];

/** What `GET /v1/overview.csv` takes: the days, and which of the tables. */
export const overviewFile = overviewDays.extend({
  table: z
    .enum(OVERVIEW_TABLES, { error: `Informe um destes: ${OVERVIEW_TABLES.join(', ')}.` })
    .default('consultants'),
});

/** What `GET /v1/overview` takes: `from` and `until`; left out, the last thirty days until today in `zone`. */
export function overviewQuery(zone: string, now: Date) {
  return overviewDays
    .transform(({ from, until }): Period => {
      const last = until ?? latest(localDay(now, zone), from);
      return { from: from ?? addDays(last, 1 - USUAL_DAYS), until: last };
    })
    .superRefine(({ from, until }, context) => {
      const wrong = (path: keyof Period, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message, params: { code: 'period_invalid' } });
      if (from > until) wrong('until', 'until: informe o mesmo dia de from ou um dia depois dele.');
      else if (addDays(from, MOST_DAYS - 1) < until) {
        wrong(
          'from',
          `from: o período pode ter no máximo ${MOST_DAYS} dias. Escolha um dia mais perto de until.`,
        );
      }
    });
}

/** Every day of the period. */
export function daysBetween(from: string, until: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) days.push(day);
  return days;
}

const latest = (today: string, from: string | undefined) => (from && from > today ? from : today);
