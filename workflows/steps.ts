import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  getCurrentDetails,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  type RetryPolicy,
  sleep,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { say } from './standing.ts';

/** Looking something up: soon again, and as long as it takes. */
const LOOK_UP: RetryPolicy = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' };

/** Writing something that is safe to repeat. */
const WRITE: RetryPolicy = { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' };

/** Sending: each run of it goes through the gate, which lets no attempt begin twice. */
const SEND: RetryPolicy = { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10m' };

/** What the Temporal UI calls each step, and how it is retried. */
const STEPS = {
  openChapter: ['Ler a indicação', LOOK_UP],
  findOrCreateContact: ['Achar ou criar o contato no Chatwoot', WRITE],
  updateContact: ['Atualizar o contato no Chatwoot', WRITE],
  linkWhatsAppId: ['Ligar o número do WhatsApp ao contato', WRITE],
  createConversation: ['Criar a conversa no Chatwoot e anotar a indicação', WRITE],
  adoptConversation: ['Assumir a conversa do contato no Chatwoot', WRITE],
  noteReferral: ['Anotar a indicação na conversa', WRITE],
  assignConsultant: ['Atribuir a conversa ao consultor', WRITE],
  tellFormerConsultant: ['Avisar o consultor anterior', WRITE],
  planWake: ['Marcar o D+3', WRITE],
  announceRework: ['Avisar o consultor na véspera', WRITE],
  postponeRework: ['Adiar o retrabalho', WRITE],
  tellNoWhatsApp: ['Avisar que o número não tem WhatsApp', WRITE],
  settleSend: ['Esclarecer o envio desconhecido', LOOK_UP],
  checkConversion: ['Verificar se o lead converteu', LOOK_UP],
  labelRework: ['Marcar a conversa como retrabalho', WRITE],
  closeLead: ['Encerrar o lead', WRITE],
  closeCancelled: ['Encerrar o lead cancelado', WRITE],
  labelOptOut: ['Marcar o descadastro no Chatwoot', WRITE],
} as const satisfies Partial<Record<keyof Activities, readonly [string, RetryPolicy]>>;

type StepName = keyof typeof STEPS;

/** Runs one step of the journey until it is done; throws only where it was refused for good, or cancelled. */
export type Step<Name extends StepName> = Activities[Name];

/**
 * Every step, safe to repeat, runs as a local activity first, at half the cost; where that fails within seconds,
 * as an ordinary one, whose attempts and last error ops see in the Temporal UI.
 */
export const steps = Object.fromEntries(
  Object.entries(STEPS).map(([name, [summary, retry]]) => {
    const once = proxyLocalActivities<Activities>({
      startToCloseTimeout: '15s',
      retry: { maximumAttempts: 1 },
      summary,
    });
    const untilDone = proxyActivities<Activities>({
      startToCloseTimeout: '30s',
      retry,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      summary,
    });
    return [name, firstLocally(summary, once[name as StepName], untilDone[name as StepName])];
  }),
) as { [Name in StepName]: Step<Name> };

function firstLocally(summary: string, once: unknown, untilDone: unknown): unknown {
  const run = once as (argument: unknown) => Promise<unknown>;
  const again = untilDone as (argument: unknown) => Promise<unknown>;
  return async (argument: unknown) => {
    try {
      return await run(argument);
    } catch (error) {
      if (isCancellation(error) || isRefusal(error)) throw error;
      const before = getCurrentDetails();
      say(`${waitsFor(error)} (${summary})`);
      try {
        const wait = askedToWait(error);
        if (wait !== null) await sleep(wait, { summary: 'Esperar o tempo que o Chatwoot pediu' });
        return await again(argument);
      } finally {
        say(before);
      }
    }
  };
}

/** How long (milliseconds) the other side asked not to be called; null where it did not say. */
function askedToWait(error: unknown): number | null {
  const [said] = (failureOf(error)?.details ?? []) as { retryAfterMs?: number }[];
  return said?.retryAfterMs ?? null;
}

/** In words for ops, what a step that failed is tried again for. */
function waitsFor(error: unknown): string {
  switch (failureOf(error)?.type) {
    case 'ChatwootUnavailable':
      return 'Esperando o Chatwoot voltar';
    case 'ChatwootUnauthorized':
      return 'O Chatwoot recusou o token: esperando um que valha';
    case 'ChatwootRateLimited':
      return 'O Chatwoot pediu para esperar';
    default:
      return 'Tentando de novo';
  }
}

/** Whether a step was refused for good: trying again would not help. */
export function isRefusal(error: unknown): boolean {
  const failure = failureOf(error);
  return failure !== null && (failure.nonRetryable === true || failure.type === 'ChatwootRefused');
}

/** What an activity failed with: a local one fails with it as it is, an ordinary one wraps it. */
function failureOf(error: unknown): ApplicationFailure | null {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure ? failure : null;
}

/**
 * The send, always an ordinary activity on the queue of sends: the engine paces it by channel and lets first
 * messages go before rework. A cancel waits for its result, so that the clean-up knows it.
 */
export function sendOn(
  queue: string,
  channel: { channelId: string; messagesPerSecond: number },
  stage: 'main' | 'rework',
): Activities['sendTemplate'] {
  return proxyActivities<Pick<Activities, 'sendTemplate'>>({
    taskQueue: queue,
    startToCloseTimeout: '20s',
    retry: SEND,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: {
      priorityKey: stage === 'main' ? 1 : 2,
      fairnessKey: channel.channelId,
      fairnessWeight: channel.messagesPerSecond,
    },
    summary: stage === 'main' ? 'Enviar o template' : 'Enviar o template de retrabalho',
  }).sendTemplate;
}
