import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { askForAttention } from '../src/db/steps.ts';
import { ChatwootError } from '../src/providers/chatwoot/client.ts';
import type { Dependencies } from './dependencies.ts';

/** How long to wait after a refused token, in milliseconds: a person has to mend it. */
const MEND_MS = 60_000;

/** Attempts after which a step that does not succeed is shown to people. */
const SHOW_AFTER = 4;

type Named = { tenantId: string; leadId: string };

/**
 * Runs one activity and turns whatever it throws into a failure fit for a history: a type, codes, no personal
 * data. What the caller did wrong is final; what may pass is tried again, after the time the other side asked for.
 */
export async function failSafely<Result>(
  deps: Dependencies,
  named: Named,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failure = failureOf(error);
    const attempt = Context.current().info.attempt;
    deps.log[failure.category ? 'debug' : 'warn'](
      { err: error, leadId: named.leadId, activity: Context.current().info.activityType, attempt },
      failure.message,
    );
    const code = attentionOf(failure, attempt);
    if (code) {
      await deps.database
        .tenant(named.tenantId, (rows) => askForAttention(rows, named.leadId, code))
        .catch((problem) => deps.log.warn({ err: problem }, 'attention could not be asked for'));
    }
    throw failure;
  }
}

function attentionOf(failure: ApplicationFailure, attempt: number): string | null {
  if (failure.type === 'ChatwootUnauthorized') return 'chatwoot_unauthorized';
  if (failure.type === 'ChatwootRefused') return 'chatwoot_refused';
  if (failure.category === ApplicationFailureCategory.BENIGN || attempt < SHOW_AFTER) return null;
  return failure.type === 'ChatwootUnavailable' ? 'chatwoot_unavailable' : 'step_failing';
}

function failureOf(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ChatwootError) {
    const { message, retryAfterMs } = error;
    switch (error.kind) {
      case 'unauthorized':
        return ApplicationFailure.create({ type: 'ChatwootUnauthorized', message, nextRetryDelay: MEND_MS });
      case 'rate_limited':
      case 'unavailable':
        return ApplicationFailure.create({
          type: error.kind === 'unavailable' ? 'ChatwootUnavailable' : 'ChatwootRateLimited',
          message,
          // Told twice: the engine keeps the delay for itself, and the workflow too may be the one to try again.
          ...(retryAfterMs === null ? {} : { nextRetryDelay: retryAfterMs, details: [{ retryAfterMs }] }),
        });
      default:
        return ApplicationFailure.nonRetryable(message, 'ChatwootRefused');
    }
  }
  const { name, code } = error as { name?: string; code?: string };
  return ApplicationFailure.create({
    type: name ?? 'Error',
    message: [name ?? 'Error', code].filter(Boolean).join(' '),
  });
}
