import { leaveWord } from '../src/db/outbox.ts';
import type { Dependencies } from './dependencies.ts';

/** How late a lead must be before the sweep looks after it. */
const LATE = '15 minutes';
const REWORK_LATE = '8 days';
const MOST = 1_000;

/** The sweep: finds leads that the engine may have forgotten. It never sends anything itself. */
export function sweepActivities({ database }: Dependencies) {
  return {
    /** Leaves word for every overdue lead that it look at the clock; where its workflow is gone, that starts it again. */
    sweepOverdueLeads: async (): Promise<{ overdue: number }> => {
      const overdue = await database.query<{ tenant_id: string; id: string }>(
        'select tenant_id, id from overdue_leads($1, $2, $3)',
        [LATE, REWORK_LATE, MOST],
      );
      const byTenant = Map.groupBy(overdue, (lead) => lead.tenant_id);
      for (const [tenantId, leads] of byTenant) {
        const overdueOf = ({ id: leadId }: { id: string }) => ({
          leadId,
          kind: 'signal' as const,
          payload: { type: 'overdue' as const },
        });
        await database.tenant(tenantId, (rows) => leaveWord(rows, leads.map(overdueOf)));
      }
      return { overdue: overdue.length };
    },
  };
}
