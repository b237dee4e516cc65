import { CancellationScope, defineSignal, isCancellation, patched, setHandler } from '@temporalio/workflow';
import type { Chapter } from '../activities/index.ts';
import { HAPPENED, type LeadHappening, type LeadStart } from '../src/domain/happening.ts';
import type { Outcome } from '../src/domain/lead.ts';
import { contactForRework, contactPerson, unlessRefused } from './contact.ts';
import { Journey } from './journey.ts';
import { followRework, postpone, restUntilRework } from './rest.ts';
import { enter, finish, handTo, say } from './standing.ts';
import { steps } from './steps.ts';

/** What happened to the lead since the last such signal; the tables hold its effect already. */
export const happened = defineSignal<[LeadHappening[]]>(HAPPENED);

/**
 * The life of a lead: contact, rest until D+3, rework if it has not converted, close. A referral that joins
 * opens a new chapter of the same life; an opt-out cancels it.
 */
export async function lead(start: LeadStart): Promise<Outcome> {
  const journey = new Journey(start);
  setHandler(happened, (news) => journey.hear(news));
  try {
    return await live(journey, start.consultantId);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cleanUp(journey));
    throw error;
  }
}

async function live(journey: Journey, consultantId: string | null): Promise<Outcome> {
  for (let first = true; ; first = false) {
    // What is heard before the first chapter is said of it: the engine may have lost the lead, and heard it since.
    if (!first || !journey.stirred || !patched('hears-from-the-start')) journey.turnPage();
    const chapter = await steps.openChapter(journey.lead);
    if (chapter.outcome) return chapter.outcome;
    journey.carries(chapter.referralId);
    if (chapter.consultantId !== consultantId) handTo(chapter.consultantId);
    consultantId = chapter.consultantId;

    journey.messagesPerSecond = chapter.messagesPerSecond;
    const outcome = chapter.over ?? (await carry(journey, chapter));
    if (outcome === null) continue; // a referral joined
    const closedAs = await steps.closeLead({
      ...journey.lead,
      outcome,
      referralCount: chapter.referralCount,
    });
    if (closedAs === null) continue; // one came in between
    finish(journey, closedAs);
    await tellWhy(journey, chapter, closedAs);
    return closedAs;
  }
}

/** The consultant reads in the conversation why the person is written to no more. */
async function tellWhy(journey: Journey, chapter: Chapter, closedAs: Outcome): Promise<void> {
  const of = { ...journey.lead, referralId: chapter.referralId, stage: 'main' as const };
  // Who had opted out before they were first referred has no conversation of this lead.
  const talked = chapter.over === null || chapter.referralCount > 1;
  await unlessRefused(async () => {
    if (closedAs === 'no_whatsapp') await steps.tellNoWhatsApp(of);
    if (closedAs === 'opted_out' && talked) await steps.labelOptOut(of);
  });
}

/** One referral, from first contact to what became of it; null where another joined meanwhile. */
async function carry(journey: Journey, chapter: Chapter): Promise<Outcome | null> {
  const refused = await contactPerson(journey, chapter);
  if (refused) return refused;

  const of = { ...journey.lead, referralId: chapter.referralId };
  let plan = await steps.planWake({ ...of, stage: 'main' });
  for (;;) {
    const wake = await restUntilRework(journey, chapter, plan);
    if (wake === 'referred') return null;
    if (wake !== 'due') return wake;

    say('Verificando se converteu');
    const byHand = journey.reworkNow;
    journey.reworkNow = false;
    const check = await steps.checkConversion({ ...of, stage: 'rework', byHand });
    journey.messagesPerSecond = check.messagesPerSecond;
    if (check.verdict === 'labelled' || check.verdict === 'active') {
      const why = check.verdict === 'active' ? 'active' : 'label';
      plan = (await postpone(journey, chapter, why)) ?? { ...plan, noticeAt: null };
    } else if (check.verdict !== 'rework') {
      return check.verdict;
    } else {
      return rework(journey, chapter, check.contactMissing);
    }
  }
}

/** The second message, and what becomes of it. */
async function rework(journey: Journey, chapter: Chapter, contactMissing: boolean): Promise<Outcome | null> {
  enter(journey, 'rework');
  const ended = await contactForRework(journey, chapter, contactMissing);
  return ended ?? (await followRework(journey, chapter));
}

/** The person opted out, ops cancelled, or another lead goes on for this one: nothing is sent any more. */
async function cleanUp(journey: Journey): Promise<void> {
  const { optedOut, merged, referralId } = await steps.closeCancelled(journey.lead);
  const outcome = optedOut ? 'opted_out' : 'not_converted';
  finish(journey, merged ? 'merged' : outcome);
  if (optedOut) await steps.labelOptOut({ ...journey.lead, referralId, stage: 'main' });
}
