import { condition } from '@temporalio/workflow';
import type { Chapter, WakePlan } from '../activities/index.ts';
import type { Outcome } from '../src/domain/lead.ts';
import { endOf, send, unlessRefused } from './contact.ts';
import type { Journey } from './journey.ts';
import { enter, say } from './standing.ts';
import { steps } from './steps.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Why a rest ended: its time came, a label was set, another referral joined, or the journey is over. */
type Wake = 'due' | 'labelled' | 'referred' | Outcome;

/** A time to rest until (milliseconds), what the Temporal UI calls it, and what it says meanwhile. */
type Rest = { until: number; summary: string; line: string };

/**
 * Sleeps until the lead wakes, or until something ends the rest. The day before, the consultant is told; a label
 * that postpones the rework is obeyed at once.
 */
export async function restUntilRework(
  journey: Journey,
  chapter: Chapter,
  planned: WakePlan,
): Promise<Exclude<Wake, 'labelled'>> {
  const of = { ...journey.lead, referralId: chapter.referralId, stage: 'main' as const };
  let { wakeAt, noticeAt, told } = planned;
  for (;;) {
    const line = `Aguardando o D+3: acorda em ${told}`;
    enter(journey, 'waiting', line);
    const eve = noticeAt !== null;
    const summary = eve ? 'Dormir até a véspera' : 'Dormir até o D+3';
    const wake = await rest(journey, chapter, { until: noticeAt ?? wakeAt, summary, line }, () => {
      if (journey.reworkNow) return 'due';
      return journey.labelled ? 'labelled' : null;
    });
    if (wake === 'labelled') {
      journey.labelled = false;
      ({ wakeAt, noticeAt, told } = (await postpone(journey, chapter, 'label')) ?? {
        wakeAt,
        noticeAt,
        told,
      });
    } else if (wake === 'due' && eve && !journey.reworkNow) {
      await unlessRefused(async () => {
        await steps.announceRework({ ...of, round: journey.round });
      });
      noticeAt = null;
    } else {
      return wake;
    }
  }
}

/** Puts the rework off where it still is to be; null where there is no such label (any more). */
export async function postpone(
  journey: Journey,
  chapter: Chapter,
  why: 'label' | 'active',
): Promise<WakePlan | null> {
  const of = { ...journey.lead, referralId: chapter.referralId, stage: 'main' as const };
  const plan = await steps.postponeRework({ ...of, round: journey.round, why });
  if (plan) journey.round += 1;
  return plan;
}

/** Follows the rework's message until it is read, answered, failed, or a week has gone by. */
export async function followRework(journey: Journey, chapter: Chapter): Promise<Outcome | null> {
  const line = `Retrabalho enviado: acompanhando por ${chapter.followReworkDays} dias`;
  journey.replied = false;
  const until = Date.now() + chapter.followReworkDays * DAY;
  const wake = await rest(journey, chapter, { until, summary: 'Acompanhar o retrabalho', line }, () =>
    journey.replied || journey.reworkDelivery === 'read' || journey.reworkDelivery === 'failed'
      ? 'due'
      : null,
  );
  if (wake === 'referred') return null;
  return wake === 'due' || wake === 'labelled' ? 'not_converted' : wake;
}

/** Rests, settling meanwhile what was sent without anybody knowing whether it left. */
async function rest(
  journey: Journey,
  chapter: Chapter,
  { until, summary, line }: Rest,
  rouse: () => Wake | null,
): Promise<Wake> {
  for (;;) {
    if (journey.unsettled) {
      const outcome = await settle(journey, chapter);
      if (outcome) return outcome;
    }
    say(journey.unsettled ? 'Envio sem resposta: esperando o WhatsApp dizer se ele saiu' : line);
    const wake = over(journey) ?? rouse();
    if (wake) return wake;
    if (Date.now() >= until) return 'due';
    journey.stirred = false;
    const look = Math.min(until, journey.unsettled?.lookAt ?? until);
    await condition(() => journey.stirred, Math.max(1, look - Date.now()), {
      summary: look < until ? 'Esperar notícia do envio desconhecido' : summary,
    });
  }
}

/** The journey's own end, or a new chapter, whatever it is resting for. */
function over(journey: Journey): Wake | null {
  return journey.referredAgain && !journey.converted ? 'referred' : endOf(journey);
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
