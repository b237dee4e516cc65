import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Database } from '../db/database.ts';
import { claimOutbox, type OutboxEntry, PACED_PER_SECOND, settleOutbox } from '../db/outbox.ts';
import { askForAttention } from '../db/steps.ts';
import { HAPPENED, type LeadHappening, type LeadStart } from '../domain/happening.ts';
import { NO_CONSULTANT, SEARCH_ATTRIBUTES } from '../domain/search-attributes.ts';
import { workflowIdOf } from './ids.ts';
import { cohortOf } from './pacing.ts';
import { keyword } from './search-attributes.ts';

/** Words taken at a time, leads worked on at once, and for how long a word taken is nobody else's. */
const BATCH = 200;
const AT_ONCE = 24;
const LEASE_SECONDS = 20;

/** How many paced words may be told now. */
export class Turns {
  #left = PACED_PER_SECOND;
  #at = performance.now();

  left(): number {
    const now = performance.now();
    this.#left = Math.min(PACED_PER_SECOND, this.#left + ((now - this.#at) / 1000) * PACED_PER_SECOND);
    this.#at = now;
    return Math.floor(this.#left);
  }

  take(count: number): void {
    this.#left -= count;
  }
}

/** A word that could not be told is tried again after so long at most: leads wait for it. */
const MOST_WAIT_SECONDS = 10;

/**
 * Tells the engine what the outbox holds: starts, signals (all of a lead in one) and cancels, in their order for
 * each lead; of paced ones as many as it is the turn of. A word that could not be told comes again, later each time.
 * Returns how many were taken.
 */
export async function dispatchOutbox(
  database: Database,
  client: Client,
  taskQueue: string,
  turns: Turns,
  onFailed?: (entry: OutboxEntry, error: Error) => void,
): Promise<number> {
  const entries = await claimOutbox(database, {
    limit: BATCH,
    paced: turns.left(),
    leaseSeconds: LEASE_SECONDS,
  });
  if (entries.length === 0) return 0;
  turns.take(entries.filter(({ paced }) => paced).length);
  const told: number[] = [];
  const failed: { id: number; error: string; seconds: number }[] = [];
  const leads = [...Map.groupBy(entries, (entry) => entry.leadId).values()];
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, leads.length) }, async () => {
      for (let words = leads.shift(); words; words = leads.shift()) {
        const untold = await tellLead(database, client, taskQueue, words);
        for (const word of words) {
          if (!untold?.words.includes(word)) {
            told.push(word.id);
            continue;
          }
          onFailed?.(word, untold.error);
          const seconds = Math.min(MOST_WAIT_SECONDS, 2 ** Math.min(word.attempts, 6));
          failed.push({ id: word.id, error: untold.error.message.slice(0, 500), seconds });
        }
      }
    }),
  );
  await settleOutbox(database, told, failed);
  return entries.length;
}

/** Tells one lead's words in their order; what could not be told comes back with the reason. */
async function tellLead(
  database: Database,
  client: Client,
  taskQueue: string,
  words: readonly OutboxEntry[],
): Promise<{ words: OutboxEntry[]; error: Error } | null> {
  const left = [...words];
  try {
    for (let word = left[0]; word; word = left[0]) {
      if (word.kind === 'start') {
        await start(client, taskQueue, word.payload);
        left.shift();
      } else if (word.kind === 'cancel') {
        const told = client.workflow.getHandle(workflowIdOf(word.leadId)).cancel();
        if (!(await unlessGone(told))) await startAnew(database, client, taskQueue, word);
        left.shift();
      } else {
        const other = left.findIndex((next) => next.kind !== 'signal');
        const signals = left.slice(0, other === -1 ? left.length : other) as (OutboxEntry & {
          kind: 'signal';
        })[];
        await signal(
          database,
          client,
          taskQueue,
          word,
          signals.map((next) => next.payload),
        );
        left.splice(0, signals.length);
      }
    }
    return null;
  } catch (error) {
    return { words: left, error: error as Error };
  }
}

/** Returns false where the workflow runs, or ran to its end before: the tables say how. */
async function start(client: Client, taskQueue: string, lead: LeadStart): Promise<boolean> {
  try {
    await client.workflow.start('lead', {
      taskQueue,
      workflowId: workflowIdOf(lead.leadId),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [lead],
      priority: { fairnessKey: cohortOf(lead.leadId) },
      typedSearchAttributes: new TypedSearchAttributes([
        { key: keyword(SEARCH_ATTRIBUTES.tenant), value: lead.tenantId },
        { key: keyword(SEARCH_ATTRIBUTES.stage), value: 'main' },
        { key: keyword(SEARCH_ATTRIBUTES.consultant), value: lead.consultantId ?? NO_CONSULTANT },
        { key: keyword(SEARCH_ATTRIBUTES.origin), value: lead.origin },
      ]),
      staticSummary: 'Lead',
    });
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return false;
  }
}

async function signal(
  database: Database,
  client: Client,
  taskQueue: string,
  word: OutboxEntry,
  news: LeadHappening[],
): Promise<void> {
  const tell = () => unlessGone(client.workflow.getHandle(workflowIdOf(word.leadId)).signal(HAPPENED, news));
  if (!(await tell()) && (await startAnew(database, client, taskQueue, word))) await tell();
}

/**
 * No workflow heard the word. Of a lead that is closed the tables hold its effect; for one that is open the engine
 * has lost its workflow, which is started again and goes on by the tables, or somebody ended it, which people are
 * shown. Returns whether it was started.
 */
async function startAnew(
  database: Database,
  client: Client,
  taskQueue: string,
  { tenantId, leadId }: OutboxEntry,
): Promise<boolean> {
  const [open] = await database.tenant(tenantId, ({ query }) =>
    query<{ consultantId: string | null; origin: string }>(
      `select consultant_id as "consultantId", origin from lead where id = $1 and stage <> 'closed'`,
      [leadId],
    ),
  );
  if (!open) return false;
  if (await start(client, taskQueue, { tenantId, leadId, ...open })) return true;
  await database.tenant(tenantId, (rows) => askForAttention(rows, leadId, 'workflow_gone'));
  return false;
}

/** Whether somebody heard it. */
async function unlessGone(told: Promise<unknown>): Promise<boolean> {
  try {
    await told;
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
