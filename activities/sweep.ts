import { leaveWord } from '../src/db/outbox.ts';
import type { Dependencies } from './dependencies.ts';

/** How late a lead must be before the sweep looks after it. */
const LATE = '15 minutes';
const REWORK_LATE = '8 days';
const MOST = 1_000;

/** The sweep: finds leads that the engine may have forgotten. It never sends anything itself. */
export function sweepActivities({ database }: Dependencies) {
  return {
    /** Leaves word for every overdue lead: its workflow is started if it is gone, and told to look at the clock. */
    sweepOverdueLeads: async (): Promise<{ overdue: number }> => {
      const overdue = await database.query<{ tenant_id: string; id: string }>(
        'select tenant_id, id from overdue_leads($1, $2, $3)',
        [LATE, REWORK_LATE, MOST],
      );
      const byTenant = Map.groupBy(overdue, (lead) => lead.tenant_id);
      for (const [tenantId, leads] of byTenant) {
        await database.tenant(tenantId, async (rows) => {
          const starts = await rows.query<{ id: string; consultantId: string | null; origin: string }>(
            `select id, consultant_id as "consultantId", origin from lead where id = any ($1) and stage <> 'closed'`,
            [leads.map((lead) => lead.id)],
          );
          await leaveWord(
            rows,
            starts.flatMap(({ id: leadId, ...start }) => [
              { leadId, kind: 'start' as const, payload: { tenantId, leadId, ...start } },
              { leadId, kind: 'signal' as const, payload: { type: 'overdue' as const } },
            ]),
          );
        });
      }
      return { overdue: overdue.length };
    },
  };
}
