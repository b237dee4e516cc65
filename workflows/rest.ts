import { condition } from '@temporalio/workflow';
import type { Chapter } from '../activities/index.ts';
import type { Outcome } from '../src/domain/lead.ts';
import { outcomeOfError, send } from './contact.ts';
import type { Journey } from './journey.ts';
import { enter, say } from './standing.ts';
import { steps } from './steps.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Why a rest ended: its time came, another referral joined, or the journey is over. */
type Wake = 'due' | 'referred' | Outcome;

/** Sleeps until D+3, or until something happens that ends the rest. */
export async function restUntilRework(journey: Journey, chapter: Chapter): Promise<Wake> {
  const of = { ...journey.lead, referralId: chapter.referralId, stage: 'main' as const };
  const wakeAt = await steps.planWake(of);
  enter(journey, 'waiting', `Aguardando o D+3: acorda em ${new Date(wakeAt).toISOString()}`);
  return rest(journey, chapter, wakeAt, 'Dormir até o D+3', () => {
    if (journey.reworkNow) {
      journey.reworkNow = false;
      return 'due';
    }
    return null;
  });
}

/** Follows the rework's message until it is read, answered, failed, or a week has gone by. */
export async function followRework(journey: Journey, chapter: Chapter): Promise<Outcome | null> {
  const until = Date.now() + chapter.followReworkDays * DAY;
  say(`Retrabalho enviado: acompanhando até ${new Date(until).toISOString()}`);
  journey.replied = false;
  const wake = await rest(journey, chapter, until, 'Acompanhar o retrabalho', () =>
    journey.replied || journey.reworkDelivery === 'read' || journey.reworkDelivery === 'failed'
      ? 'due'
      : null,
  );
  if (wake === 'referred') return null;
  return wake === 'due' ? 'not_converted' : wake;
}

/** Rests until `until` (milliseconds), settling meanwhile what was sent without anybody knowing whether it left. */
async function rest(
  journey: Journey,
  chapter: Chapter,
  until: number,
  what: string,
  rouse: () => Wake | null,
): Promise<Wake> {
  for (;;) {
    if (journey.unsettled) {
      const outcome = await settle(journey, chapter);
      if (outcome) return outcome;
    }
    const wake = over(journey) ?? rouse();
    if (wake) return wake;
    if (Date.now() >= until) return 'due';
    journey.stirred = false;
    const look = Math.min(until, journey.unsettled?.lookAt ?? until);
    const summary = look < until ? 'Esperar notícia do envio desconhecido' : what;
    await condition(() => journey.stirred, Math.max(1, look - Date.now()), { summary });
  }
}

/** The journey's own end, or a new chapter, whatever it is resting for. */
function over(journey: Journey): Wake | null {
  if (journey.converted) return 'converted';
  if (journey.referredAgain) return 'referred';
  return journey.failure === null ? null : outcomeOfError(journey.failure, 'main');
}

/** Finds out about the open attempt; sends again what was not sent, and looks again later while nobody knows. */
async function settle(journey: Journey, chapter: Chapter): Promise<Outcome | null> {
  const { unsettled } = journey;
  if (!unsettled || (unsettled.lookAt > Date.now() && !journey.isSettled(unsettled.attemptId))) return null;
  const { attemptId, stage, wait } = unsettled;
  const of = { ...journey.lead, referralId: chapter.referralId, stage, attemptId };
  switch (await steps.settleSend(of)) {
    case 'undecided':
      journey.unsettled = { ...unsettled, lookAt: Date.now() + wait, wait: Math.min(wait * 2, HOUR) };
      return null;
    case 'not_sent':
    case 'refused':
      journey.unsettled = null;
      return send(journey, chapter, stage);
    case 'accepted':
      journey.unsettled = null;
      return null;
  }
}
