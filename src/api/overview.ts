import { type Response, Router } from 'express';
import type { Overview } from '../contract/overview.ts';
import type { Database } from '../db/database.ts';
import { type OverviewRows, readOverview } from '../db/overview.ts';
import { cached, settingsReader } from '../db/tenants.ts';
import { endIn, instantIn } from '../domain/business-calendar.ts';
import { inReais, type MessagePrices, messageCost } from '../domain/message-price.ts';
import { classOfCode } from '../domain/whatsapp-errors.ts';
import { tenantOf } from './authentication.ts';
import { csvFile, csvLine } from './csv.ts';
import { otherMethods } from './methods.ts';
import { daysBetween, overviewFile, overviewQuery, type Period } from './overview-query.ts';
import { TABLES, type Table } from './overview-tables.ts';
import { check } from './problems.ts';

/** What became of the leads of a period, for supervisors: as JSON, and each of its tables as CSV. */
export function overviewRoutes({ database }: { database: Database }): Router {
  const settingsOf = settingsReader(database);
  /** Counting a year's leads takes a second or so: those who look at the same within moments share it. */
  const countsOf = cached(async (key) => {
    const [tenantId = '', zone = '', from = '', until = ''] = key.split(' ');
    return database.together(tenantId, (rows) =>
      readOverview(rows, { zone, from: instantIn(zone, from)!, until: endIn(zone, until)! }),
    );
  });
  const router = Router();

  async function overviewOf(tenantId: string, query: unknown): Promise<Overview> {
    const { zone, messagePrices } = await settingsOf(tenantId);
    const period = check(overviewQuery(zone, new Date()), query, 'invalid_query');
    const rows = await countsOf(`${tenantId} ${zone} ${period.from} ${period.until}`);
    return overviewFrom(rows, { ...period, zone }, messagePrices);
  }

  router
    .route('/overview')
    .get(async (request, response) => {
      response.json(await overviewOf(tenantOf(response), request.query));
    })
    .all(otherMethods);

  router
    .route('/overview.csv')
    .get(async (request, response) => {
      const { table, ...days } = check(overviewFile, request.query, 'invalid_query');
      sendTable(response, TABLES[table], await overviewOf(tenantOf(response), days));
    })
    .all(otherMethods);

  return router;
}

function overviewFrom(
  rows: OverviewRows,
  { from, until, zone }: Period & { zone: string },
  prices: MessagePrices,
): Overview {
  const { totals } = rows;
  const days = new Map(rows.days.map((row) => [row.day, row]));
  const categories = categoriesOf(rows.billed, prices);
  const total = inReais(categories.reduce((sum, category) => sum + category.total, 0));
  return {
    from,
    until,
    zone,
    made_at: rows.made_at.toISOString(),
    totals: {
      leads: totals.leads,
      referrals: totals.referrals,
      open: totals.open,
      attention: totals.attention,
      converted: totals.converted,
      converted_main: totals.converted_main,
      converted_rework: totals.converted_rework,
      not_converted: totals.not_converted,
      opted_out: totals.opted_out,
      no_whatsapp: totals.no_whatsapp,
      conversion: shareOf(totals),
    },
    per_day: daysBetween(from, until).map((day) => ({
      day,
      leads: days.get(day)?.leads ?? 0,
      converted: days.get(day)?.converted ?? 0,
    })),
    consultants: rows.consultants.map((row) => ({
      consultant: row.consultant,
      leads: row.leads,
      converted_main: row.converted_main,
      converted_rework: row.converted_rework,
      conversion: shareOf(row),
    })),
    funnel: [
      { stage: 'main', ...rows.main },
      { stage: 'rework', ...rows.rework },
    ],
    first_message: rows.first_message,
    cost: { total, per_lead: totals.leads === 0 ? 0 : inReais(total / totals.leads), categories },
    errors: rows.failures.map(({ code, class: named, text, count }) => ({
      code,
      class: named ?? (code === null ? 'final' : classOfCode(code)),
      text: text ?? '',
      count,
    })),
  };
}

const shareOf = ({ leads, converted }: { leads: number; converted: number }) =>
  leads === 0 ? 0 : converted / leads;

/** What is billed and what is not of one category stand together: its messages, and what they cost. */
function categoriesOf(billed: OverviewRows['billed'], prices: MessagePrices): Overview['cost']['categories'] {
  const categories = new Map<string, { category: string; messages: number; total: number }>();
  for (const { category: named, billable, messages } of billed) {
    const category = named ?? 'unknown';
    const sum = categories.get(category) ?? { category, messages: 0, total: 0 };
    sum.messages += messages;
    sum.total = inReais(sum.total + messages * (messageCost({ category: named, billable }, prices) ?? 0));
    categories.set(category, sum);
  }
  return [...categories.values()].sort((a, b) => b.messages - a.messages);
}

function sendTable(response: Response, { file, titles, rows }: Table, overview: Overview): void {
  csvFile(response, `${file}-${overview.from}-a-${overview.until}`);
  response.end([titles, ...rows(overview)].map(csvLine).join(''));
}
