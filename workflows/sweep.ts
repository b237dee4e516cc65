import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

const { sweepOverdueLeads } = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '5s', maximumAttempts: 10 },
  summary: 'Procurar leads atrasados',
});

/** Every hour at a quarter past, which is 09:15 wherever a tenant is: looks after leads the engine forgot. */
export async function sweep(): Promise<{ overdue: number }> {
  return sweepOverdueLeads();
}
