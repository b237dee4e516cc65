import { contactActivities } from './contacts.ts';
import { conversationSweepActivities } from './conversation-sweep.ts';
import { conversationActivities } from './conversations.ts';
import type { Dependencies } from './dependencies.ts';
import { journeyActivities } from './journeys.ts';
import { numberSweepActivities } from './number-sweep.ts';
import { sendActivities } from './sends.ts';
import { sweepActivities } from './sweep.ts';
import { wakingActivities } from './waking.ts';

export type { StepOf } from './dependencies.ts';
export type { Chapter, Verdict } from './journeys.ts';
export type { Sent } from './sends.ts';
export type { WakePlan } from './waking.ts';

/** Every side effect of the workflows. */
export function createActivities(deps: Dependencies) {
  return {
    ...contactActivities(deps),
    ...conversationActivities(deps),
    ...conversationSweepActivities(deps),
    ...journeyActivities(deps),
    ...numberSweepActivities(deps),
    ...sendActivities(deps),
    ...sweepActivities(deps),
    ...wakingActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
