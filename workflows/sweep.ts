import { isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

const { sweepOverdueLeads } = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '5s', maximumAttempts: 10 },
  summary: 'Procurar leads atrasados',
});

const { sweepConversations } = proxyActivities<Activities>({
  startToCloseTimeout: '20m',
  retry: { initialInterval: '30s', maximumAttempts: 2 },
  summary: 'Perguntar ao Chatwoot o que mudou',
});

const { sweepNumbers } = proxyActivities<Activities>({
  startToCloseTimeout: '20m',
  retry: { initialInterval: '30s', maximumAttempts: 2 },
  summary: 'Perguntar ao WhatsApp por números e templates',
});

/** What each part found; null for one that failed. */
type Swept = {
  overdue: number;
  conversations: Awaited<ReturnType<Activities['sweepConversations']>> | null;
  numbers: Awaited<ReturnType<Activities['sweepNumbers']>> | null;
};

/**
 * Every hour at a quarter past, which is 09:15 wherever a tenant is: looks after leads the engine forgot, and asks
 * what webhooks that were lost should have told. A part that fails is tried again in an hour, and fails no other.
 */
export async function sweep(): Promise<Swept> {
  const { overdue } = await sweepOverdueLeads();
  const [conversations, numbers] = await Promise.all([
    unlessFailing(sweepConversations()),
    unlessFailing(sweepNumbers()),
  ]);
  return { overdue, conversations, numbers };
}

async function unlessFailing<Result>(part: Promise<Result>): Promise<Result | null> {
  try {
    return await part;
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('a part of the sweep failed', { error: String(error) });
    return null;
  }
}
